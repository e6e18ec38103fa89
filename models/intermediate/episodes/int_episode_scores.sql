{{ config(materialized='table') }}
{#
    One row per episode, which is a finished course of treatment: the scores that its outcomes rest on.
    Source of the rule: PHQ-9 and one anxiety measure are used as a pair (docs/rules.md, 14; M198 to M202).
#}
with courses as (

    select * from {{ ref('int_courses_of_treatment') }}

),

scores as (

    select * from {{ ref('int_first_and_last_scores') }}

),

anxiety_scores as (

    select * from {{ ref('int_anxiety_scores') }}

),

assessment_tools as (

    select * from {{ ref('assessment_tools') }}

),

pair_scores as (

    select
        courses.referral_key,
        phq9.first_score as phq9_first,
        phq9.last_score as phq9_last,
        gad7.first_score as gad7_first,
        gad7.last_score as gad7_last,
        coalesce(anxiety_scores.anxiety_measure, default_measure.measure) as anxiety_measure,
        anxiety_scores.anxiety_first,
        anxiety_scores.anxiety_last,
        phq9.last_score is not null and anxiety_scores.anxiety_last is not null as is_paired
    from courses
    inner join assessment_tools as default_measure
        on default_measure.measure_role = 'anxiety_default'
    left join scores as phq9
        on courses.referral_key = phq9.referral_key and phq9.measure_role = 'depression'
    left join scores as gad7
        on courses.referral_key = gad7.referral_key and gad7.measure_role = 'anxiety_default'
    left join anxiety_scores
        on courses.referral_key = anxiety_scores.referral_key
    where courses.is_finished_course

)

select * from pair_scores
