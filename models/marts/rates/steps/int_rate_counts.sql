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

    select
        financial_year,
        commissioner_code,
        ethnic_category_code,
        'access' as measure_kind,
        measure,
        numerator_count,
        denominator_count,
        unknown_count,
        outside_window_count,
        too_recent_count
    from access_counts
    union all
    select
        financial_year,
        commissioner_code,
        ethnic_category_code,
        'outcome' as measure_kind,
        measure,
        numerator_count,
        denominator_count,
        unknown_count,
        outside_window_count,
        too_recent_count
    from outcome_counts

),

sum_by_commissioner as (

    select
        unite_counts.financial_year,
        'commissioner' as area_level,
        coalesce(unite_counts.commissioner_code, '{{ var("unknown_area_code") }}') as area_code,
        classifications.ethnic_classification,
        classifications.ethnic_group,
        classifications.is_reference_included,
        unite_counts.measure_kind,
        unite_counts.measure,
        sum(unite_counts.numerator_count) as numerator_count,
        sum(unite_counts.denominator_count) as denominator_count,
        sum(unite_counts.unknown_count) as unknown_count,
        sum(unite_counts.outside_window_count) as outside_window_count,
        sum(unite_counts.too_recent_count) as too_recent_count
    from unite_counts
    inner join classifications
        on unite_counts.ethnic_category_code is not distinct from classifications.ethnic_category_code
    group by all

),

add_national as (

    select * from sum_by_commissioner
    union all
    select
        financial_year,
        'national' as area_level,
        '{{ var("national_area_code") }}' as area_code,
        ethnic_classification,
        ethnic_group,
        is_reference_included,
        measure_kind,
        measure,
        sum(numerator_count) as numerator_count,
        sum(denominator_count) as denominator_count,
        sum(unknown_count) as unknown_count,
        sum(outside_window_count) as outside_window_count,
        sum(too_recent_count) as too_recent_count
    from sum_by_commissioner
    group by all

)

select * from add_national
