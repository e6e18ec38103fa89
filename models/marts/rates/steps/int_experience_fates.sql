{{ config(materialized='table') }}
{#
    One row per referral that was asked for a questionnaire, and measure of it: the outcome, and what becomes of the row.
    Source of the rule: report, section 3.8; which rows count: seed outcome_rules.
#}
with experience as (

    select * from {{ ref('fct_experience') }}

),

outcome_rules as (

    select * from {{ ref('int_outcome_rules') }}

),

outcome_measures as (

    select * from {{ ref('outcome_measures') }}
    where measure_kind = 'experience'

),

{% set conditions = [
    'is_received_in_window', 'has_enough_follow_up', 'has_enough_follow_up_for_course', 'is_assessed', 'is_accessed',
    'is_course_of_treatment', 'is_finished_course', 'has_assessment_answers', 'has_treatment_answers',
    'has_enough_information'
] %}
name_cases as (

    select
        *,
        {{ row_hash(*conditions) }} as case_key
    from experience

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
        outcome_measures.source_model,
        case outcome_measures.measure
            when 'assessment_questionnaire' then list_cases.has_assessment_answers
            when 'assessment_questionnaire_of_accessed' then list_cases.has_assessment_answers
            when 'treatment_questionnaire' then list_cases.has_treatment_answers
            when 'treatment_questionnaire_of_courses' then list_cases.has_treatment_answers
            when 'enough_information' then list_cases.has_enough_information
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
                when 'is_assessed' then list_cases.is_assessed
                when 'is_accessed' then list_cases.is_accessed
                when 'is_course_of_treatment' then list_cases.is_course_of_treatment
                when 'is_finished_course' then list_cases.is_finished_course
                when 'has_enough_information' then list_cases.has_enough_information
            end
    group by all

),

judge_rows as (

    select
        name_cases.referral_id,
        case find_fates.source_model
            when 'fct_episodes' then name_cases.discharge_financial_year
            else name_cases.referral_financial_year
        end as financial_year,
        name_cases.provider_code,
        name_cases.commissioner_code,
        coalesce(name_cases.ethnic_category_code, name_cases.ethnicity_recording_status) as ethnicity_key,
        find_fates.measure_kind,
        find_fates.measure,
        find_fates.has_outcome,
        find_fates.row_fate
    from name_cases
    inner join find_fates
        on name_cases.case_key = find_fates.case_key

)

select * from judge_rows
