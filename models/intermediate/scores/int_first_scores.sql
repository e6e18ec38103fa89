{{ config(materialized='table') }}
{#
    One row per referral with a valid score: its first PHQ-9, GAD-7 and WSAS, whether the course is finished or not.
    Source of the rule: docs/rules.md, 12. WSAS is the sum of the first scores of its five questions, 0 to 40 (Mundt and
    others 2002, British Journal of Psychiatry 180:461); where work does not apply the other four stand for it (our
    reading), and where a question was never answered there is none.
#}
with scores as (

    select * from {{ ref('int_first_and_last_scores') }}

),

assessment_tools as (

    select * from {{ ref('assessment_tools') }}

),

mark_applicable as (

    select
        scores.referral_key,
        scores.measure_role,
        scores.first_score,
        case
            when not assessment_tools.is_highest_not_applicable or scores.first_score < assessment_tools.maximum_score
                then scores.first_score
        end as applicable_score
    from scores
    inner join assessment_tools
        on scores.measure = assessment_tools.measure

),

count_questions as (

    select count(*) as question_count
    from assessment_tools
    where measure_role = 'impairment'

),

name_scores as (

    select
        referral_key,
        max(first_score) filter (where measure_role = 'depression') as phq9_first,
        max(first_score) filter (where measure_role = 'anxiety_default') as gad7_first,
        sum(applicable_score) filter (where measure_role = 'impairment') as impairment_sum,
        count(applicable_score) filter (where measure_role = 'impairment') as applicable_count,
        count(*) filter (where measure_role = 'impairment') as answered_count
    from mark_applicable
    group by referral_key

),

add_up_questions as (

    select
        name_scores.referral_key,
        name_scores.phq9_first,
        name_scores.gad7_first,
        case
            when name_scores.answered_count = count_questions.question_count
                then name_scores.impairment_sum * count_questions.question_count / name_scores.applicable_count
        end as wsas_first
    from name_scores
    cross join count_questions

)

select * from add_up_questions
