{{ config(materialized='table') }}
{#
    One row per discharge year, area, ethnicity, characteristic, its value and measure: how many of how many, and how many
    more are left out. Courses alike are added up by area before they are asked for each measure, since that makes many
    rows of one. Source of the rule: docs/rules.md, 22; which rows count: seed outcome_rules.
#}
with episodes as (

    select * from {{ ref('fct_episodes') }}

),

outcome_rules as (

    select * from {{ ref('int_outcome_rules') }}

),

outcome_measures as (

    select * from {{ ref('outcome_measures') }}
    where source_model = 'fct_episodes' and measure_kind is distinct from 'experience'

),

characteristics as (

    select * from {{ ref('rate_characteristics') }}

),

age_bands as (

    select * from {{ ref('age_bands') }}

),

areas as (

    select * from {{ ref('int_areas') }}

),

name_cases as (

    select
        *,
        {{ row_hash(
            'is_received_in_window', 'is_at_caseness', 'is_paired', 'has_mixed_reliable_change', 'is_recovered',
            'is_reliably_recovered', 'is_reliably_improved', 'is_reliably_deteriorated', 'is_dropped_out'
        ) }} as case_key
    from episodes

),

-- What becomes of a row turns on its conditions alone, of which few come together.
list_cases as (

    select distinct
        case_key,
        is_received_in_window,
        is_at_caseness,
        is_paired,
        has_mixed_reliable_change,
        is_recovered,
        is_reliably_recovered,
        is_reliably_improved,
        is_reliably_deteriorated,
        is_dropped_out
    from name_cases

),

find_fates as (

    select
        list_cases.case_key,
        outcome_measures.measure_kind,
        outcome_measures.measure,
        case outcome_measures.measure
            when 'recovery' then list_cases.is_recovered
            when 'reliable_recovery' then list_cases.is_reliably_recovered
            when 'reliable_improvement' then list_cases.is_reliably_improved
            when 'reliable_deterioration' then list_cases.is_reliably_deteriorated
            when 'dropout' then list_cases.is_dropped_out
            when 'not_at_caseness' then not list_cases.is_at_caseness
        end as has_outcome,
        min_by(outcome_rules.row_fate, outcome_rules.rule_order) as row_fate
    from list_cases
    cross join outcome_measures
    left join outcome_rules
        on
            outcome_measures.measure = outcome_rules.measure
            and outcome_rules.column_value is not distinct from case outcome_rules.column_name
                when 'is_received_in_window' then list_cases.is_received_in_window
                when 'is_at_caseness' then list_cases.is_at_caseness
                when 'is_paired' then list_cases.is_paired
                when 'has_mixed_reliable_change' then list_cases.has_mixed_reliable_change
                when 'is_dropped_out' then list_cases.is_dropped_out
            end
    group by all

),

count_alike as (

    select
        name_cases.discharge_financial_year as financial_year,
        name_cases.provider_code,
        name_cases.commissioner_code,
        coalesce(name_cases.ethnic_category_code, name_cases.ethnicity_recording_status) as ethnicity_key,
        characteristics.characteristic,
        {{ characteristic_value('name_cases', 'discharge_date') }} as characteristic_value,
        name_cases.case_key,
        count(*) as episode_count
    from name_cases
    cross join characteristics
    left join age_bands
        on name_cases.age_at_referral between age_bands.lowest_age and age_bands.highest_age
    group by all

),

sum_by_area as (

    select
        count_alike.financial_year,
        areas.area_level,
        areas.area_code,
        count_alike.ethnicity_key,
        count_alike.characteristic,
        count_alike.characteristic_value,
        count_alike.case_key,
        sum(count_alike.episode_count) as episode_count
    from count_alike
    inner join areas
        on {{ counts_in_area('count_alike') }}
    group by all

),

add_up_fates as (

    select
        sum_by_area.financial_year,
        sum_by_area.area_level,
        sum_by_area.area_code,
        sum_by_area.ethnicity_key,
        sum_by_area.characteristic,
        sum_by_area.characteristic_value,
        find_fates.measure_kind,
        find_fates.measure,
        {{ count_by_fate('sum_by_area.episode_count') }}
    from sum_by_area
    inner join find_fates
        on sum_by_area.case_key = find_fates.case_key
    group by all

)

select * from add_up_fates
