{#
Fails on a monthly percentage of England, where counts are exact, that the counts do not give to its one decimal, rounded
half up: the publisher's own percentages against the numerators and denominators of the seed.
#}
select *
from {{ ref('published_monthly') }}
where
    not is_count_rounded
    and counts_status = 'published'
    and value_status = 'published'
    and {{ printed_percentage('numerator_count', 'denominator_count', 1) }} is distinct from measure_value
