{#
    One row per period, area, ethnic classification, ethnic group and measure of the patient experience questionnaires: a
    single year, or the complete years of the area together. Source of the rule: report, section 3.8.
#}
with rates as (

    select * from {{ ref('int_rates') }}

),

select_columns as (

    select
        * exclude (measure_kind, characteristic, characteristic_value, is_reference_included)
        replace (cast(year_count as integer) as year_count)
    from rates
    where measure_kind = 'experience'

)

select * from select_columns
