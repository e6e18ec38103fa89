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

ask_measures as (

    select
        experience.*,
        outcome_measures.measure_kind,
        outcome_measures.measure,
        case outcome_measures.source_model
            when 'fct_episodes' then experience.discharge_financial_year
            else experience.referral_financial_year
        end as financial_year,
        case outcome_measures.measure
            when 'assessment_questionnaire' then experience.has_assessment_answers
            when 'assessment_questionnaire_of_accessed' then experience.has_assessment_answers
            when 'treatment_questionnaire' then experience.has_treatment_answers
            when 'treatment_questionnaire_of_courses' then experience.has_treatment_answers
            when 'enough_information' then experience.has_enough_information
        end as has_outcome
    from experience
    cross join outcome_measures

),

find_fates as (

    select
        ask_measures.referral_id,
        any_value(ask_measures.financial_year) as financial_year,
        any_value(ask_measures.provider_code) as provider_code,
        any_value(ask_measures.commissioner_code) as commissioner_code,
        any_value(coalesce(ask_measures.ethnic_category_code, ask_measures.ethnicity_recording_status))
            as ethnicity_key,
        any_value(ask_measures.measure_kind) as measure_kind,
        ask_measures.measure,
        any_value(ask_measures.has_outcome) as has_outcome,
        min_by(outcome_rules.row_fate, outcome_rules.rule_order) as row_fate
    from ask_measures
    left join outcome_rules
        on
            ask_measures.measure = outcome_rules.measure
            and outcome_rules.column_value is not distinct from case outcome_rules.column_name
                when 'is_received_in_window' then ask_measures.is_received_in_window
                when 'has_enough_follow_up' then ask_measures.has_enough_follow_up
                when 'has_enough_follow_up_for_course' then ask_measures.has_enough_follow_up_for_course
                when 'is_assessed' then ask_measures.is_assessed
                when 'is_accessed' then ask_measures.is_accessed
                when 'is_course_of_treatment' then ask_measures.is_course_of_treatment
                when 'is_finished_course' then ask_measures.is_finished_course
                when 'has_enough_information' then ask_measures.has_enough_information
            end
    group by ask_measures.referral_id, ask_measures.measure

)

select * from find_fates
