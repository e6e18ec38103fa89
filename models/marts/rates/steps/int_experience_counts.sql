{#
    One row per year, provider, commissioner, ethnicity and measure of the questionnaires: how many of how many, and how
    many more are left out. Not crossed with a characteristic: few answer.
#}
with fates as (

    select * from {{ ref('int_experience_fates') }}

),

add_up_fates as (

    select
        financial_year,
        provider_code,
        commissioner_code,
        ethnicity_key,
        'all' as characteristic,
        'all' as characteristic_value,
        measure_kind,
        measure,
        {{ count_by_fate(1) }}
    from fates
    -- Who was not asked is in no count, and may have been discharged in a year without a course, or not at all.
    where coalesce(row_fate, 'counts') <> 'not_at_risk' and financial_year is not null
    group by all

)

select * from add_up_fates
