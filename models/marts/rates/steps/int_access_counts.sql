{{ config(materialized='table') }}
{#
    One row per referral year, area, ethnicity, characteristic, its value and measure: how
    many of how many, and how many more are left out. Referrals alike are added up by area before they are asked for each
    measure, since that makes many rows of one. Source of the rule: report Table 4; access out of referrals, course of treatment
    out of those who accessed; ended without being seen or treated, or after one
    treatment, out of those that ended (M073 to M075); repeated, out of those with a year held before; waits of 6 and 18 weeks up to and with their last day (M036, M037), of more than 90 days
    between treatments without it (M047), out of those who came to the end of the wait; which rows count: seed
    outcome_rules.
#}
with referrals as (

    select * from {{ ref('fct_referrals') }}

),

repeat_referrals as (

    select * from {{ ref('int_repeat_referrals') }}

),

outcome_rules as (

    select * from {{ ref('int_outcome_rules') }}

),

outcome_measures as (

    select * from {{ ref('outcome_measures') }}
    where source_model = 'fct_referrals' and measure_kind is distinct from 'experience'

),

characteristics as (

    select * from {{ ref('rate_characteristics') }}

),

compare_waits as (

    select
        referrals.*,
        repeat_referrals.is_repeat_referral,
        referrals.is_accessed or referrals.days_referral_to_assessment is not null as is_seen,
        referrals.care_contact_count = 0 and not referrals.is_accessed as is_unseen,
        referrals.care_contact_count > 0 and not referrals.is_accessed as is_seen_without_treatment,
        referrals.is_accessed and not referrals.is_course_of_treatment as is_treated_once,
        referrals.days_referral_to_assessment <= {{ rule_value('wait_of_6_weeks_days') }} as is_assessed_within_6_weeks,
        referrals.days_referral_to_assessment <= {{ rule_value('wait_of_18_weeks_days') }}
            as is_assessed_within_18_weeks,
        referrals.days_referral_to_first_treatment <= {{ rule_value('wait_of_6_weeks_days') }}
            as is_treated_within_6_weeks,
        referrals.days_referral_to_first_treatment <= {{ rule_value('wait_of_18_weeks_days') }}
            as is_treated_within_18_weeks,
        referrals.days_first_to_second_treatment > {{ rule_value('long_wait_between_treatments_days') }}
            as has_long_wait_between_treatments
    from referrals
    left join repeat_referrals
        on referrals.referral_id = repeat_referrals.referral_id

),

{% set conditions = [
    'is_received_in_window', 'has_enough_follow_up', 'has_enough_follow_up_for_course', 'is_seen', 'is_unseen',
    'is_seen_without_treatment', 'is_accessed', 'is_course_of_treatment', 'is_treated_once', 'is_discharged',
    'is_assessed_within_6_weeks', 'is_assessed_within_18_weeks', 'is_treated_within_6_weeks',
    'is_treated_within_18_weeks', 'has_long_wait_between_treatments', 'is_repeat_referral'
] %}
name_cases as (

    select
        *,
        {{ row_hash(*conditions) }} as case_key
    from compare_waits

),

-- What becomes of a row turns on its conditions alone, of which few come together.
list_cases as (

    select distinct
        case_key,
        {{ conditions | join(', ') }}
    from name_cases

),

find_fates as (

    select
        list_cases.case_key,
        outcome_measures.measure_kind,
        outcome_measures.measure,
        case outcome_measures.measure
            when 'access' then list_cases.is_accessed
            when 'course_of_treatment' then list_cases.is_course_of_treatment
            when 'ended_unseen' then list_cases.is_unseen
            when 'ended_seen_without_treatment' then list_cases.is_seen_without_treatment
            when 'treated_once' then list_cases.is_treated_once
            when 'repeat_referral' then list_cases.is_repeat_referral
            when 'assessed_within_6_weeks' then list_cases.is_assessed_within_6_weeks
            when 'assessed_within_18_weeks' then list_cases.is_assessed_within_18_weeks
            when 'treated_within_6_weeks' then list_cases.is_treated_within_6_weeks
            when 'treated_within_18_weeks' then list_cases.is_treated_within_18_weeks
            when 'second_treatment_after_90_days' then list_cases.has_long_wait_between_treatments
        end as has_outcome,
        min_by(outcome_rules.row_fate, outcome_rules.rule_order) as row_fate
    from list_cases
    cross join outcome_measures
    left join outcome_rules
        on
            outcome_measures.measure = outcome_rules.measure
            and outcome_rules.column_value is not distinct from case outcome_rules.column_name
                when 'is_received_in_window' then list_cases.is_received_in_window
                when 'has_enough_follow_up' then list_cases.has_enough_follow_up
                when 'has_enough_follow_up_for_course' then list_cases.has_enough_follow_up_for_course
                when 'is_seen' then list_cases.is_seen
                when 'is_accessed' then list_cases.is_accessed
                when 'is_course_of_treatment' then list_cases.is_course_of_treatment
                when 'is_discharged' then list_cases.is_discharged
                when 'is_repeat_referral' then list_cases.is_repeat_referral
                when 'is_assessed_within_6_weeks' then list_cases.is_assessed_within_6_weeks
                when 'is_assessed_within_18_weeks' then list_cases.is_assessed_within_18_weeks
                when 'is_treated_within_6_weeks' then list_cases.is_treated_within_6_weeks
                when 'is_treated_within_18_weeks' then list_cases.is_treated_within_18_weeks
                when 'has_long_wait_between_treatments' then list_cases.has_long_wait_between_treatments
            end
    group by all

),

count_alike as (

    select
        name_cases.referral_financial_year as financial_year,
        name_cases.provider_code,
        name_cases.commissioner_code,
        coalesce(name_cases.ethnic_category_code, name_cases.ethnicity_recording_status) as ethnicity_key,
        characteristics.characteristic,
        {{ characteristic_value('name_cases', 'referral_received_date') }} as characteristic_value,
        name_cases.case_key,
        count(*) as referral_count
    from name_cases
    cross join characteristics
    left join {{ ref('age_bands') }} as age_bands
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
        sum(count_alike.referral_count) as referral_count
    from count_alike
    inner join {{ ref('int_areas') }} as areas
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
        {{ count_by_fate('sum_by_area.referral_count') }}
    from sum_by_area
    inner join find_fates
        on sum_by_area.case_key = find_fates.case_key
    group by all

)

select * from add_up_fates
