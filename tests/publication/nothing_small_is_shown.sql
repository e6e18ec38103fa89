{#
    No count under the smallest that the profile shows is published below England, but nought where the profile shows it;
    none is anything but a multiple of the rounding base, unless of England where it is exact. A count that is suppressed
    says nothing but that.
#}
with protected_counts as (

    select
        *,
        split_part(cell_id, '|', 1) as kind
    from {{ ref('protected_counts') }}

),

profile as (

    select * from {{ ref('disclosure_profiles') }}
    where profile_name = '{{ var("disclosure_profile") }}'

)

select protected_counts.*
from protected_counts
cross join profile
where
    (protected_counts.status = 'shown') <> (protected_counts.published_count is not null)
    or protected_counts.published_count between 1 and profile.smallest_count_shown - profile.rounding_base / 2 - 1
    or (profile.is_zero_suppressed and protected_counts.published_count = 0)
    or (
        protected_counts.published_count % profile.rounding_base <> 0
        and not (profile.is_england_exact and protected_counts.cell_id like '%|national|%')
    )
