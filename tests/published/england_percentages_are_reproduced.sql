{#
Fails on a percentage printed for England, where counts are exact, that numerator and denominator do not give to its one
decimal, rounded half up. At caseness as the denominator of recovery would fail here.
#}
select *
from {{ ref('published_outcomes') }}
where
    not is_count_rounded
    and not is_summed_from_categories
    and published_percentage is not null
    and {{ printed_percentage('numerator_count', 'denominator_count', 1) }} is distinct from published_percentage
