{# One row per year, area, ethnic classification, ethnic group and measure; areas are England and each commissioner. #}
with access_counts as (

    select * from {{ ref('int_access_counts') }}

),

outcome_counts as (

    select * from {{ ref('int_outcome_counts') }}

),

classifications as (

    select * from {{ ref('int_ethnic_classifications') }}

),

unite_counts as (

    select * from access_counts
    union all by name
    select * from outcome_counts

),

sum_counts as (

    select
        unite_counts.financial_year,
        if(grouping(unite_counts.commissioner_code) = 1, 'national', 'commissioner') as area_level,
        if(
            grouping(unite_counts.commissioner_code) = 1, '{{ var("national_area_code") }}',
            coalesce(unite_counts.commissioner_code, '{{ var("unknown_area_code") }}')
        ) as area_code,
        classifications.ethnic_classification,
        classifications.ethnic_group,
        unite_counts.measure,
        sum(unite_counts.numerator_count) as numerator_count,
        sum(unite_counts.denominator_count) as denominator_count
    from unite_counts
    inner join classifications
        on unite_counts.ethnic_category_code is not distinct from classifications.ethnic_category_code
    group by grouping sets (
        (
            unite_counts.financial_year, classifications.ethnic_classification, classifications.ethnic_group,
            unite_counts.measure, unite_counts.commissioner_code
        ),
        (
            unite_counts.financial_year, classifications.ethnic_classification, classifications.ethnic_group,
            unite_counts.measure
        )
    )

)

select * from sum_counts
