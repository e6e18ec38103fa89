{#
    One row per financial year, commissioner, ethnic group and measure of the annual statistics: between which ends the count
    lies. Commissioners are CCGs or their successors where the year has them, else integrated care boards.
    Source of the rule: the seed published_parameters, for what a suppressed count can be.
#}
with counts as (

    select * from {{ ref('published_counts') }}
    where
        ethnic_category_code is not null
        and organisation_level in ('place', 'system')
        and count_status in ('published', 'suppressed')

),

parameters as (

    select * from {{ ref('published_parameters') }}
    where parameter = 'suppressed_count_highest'

),

-- 'place' comes before 'system'.
bound_counts as (

    select
        counts.financial_year,
        counts.organisation_type,
        counts.organisation_code,
        counts.ethnic_category_code,
        counts.measure,
        counts.count_status = 'suppressed' as is_suppressed,
        coalesce(counts.count_value, 0) as lowest_count,
        coalesce(counts.count_value, cast(parameters.parameter_value as bigint)) as highest_count
    from counts
    cross join parameters
    qualify
        counts.organisation_level = min(counts.organisation_level) over (partition by counts.financial_year)

)

select * from bound_counts
