{{ config(materialized='table') }}
{#
    One row per episode, which is a finished course of treatment: the scores that its outcomes rest on.
    Source of the rule: PHQ-9 and one anxiety measure are used as a pair (docs/rules.md, 14; M198 to M202). The anxiety
    measure is that of the problem descriptor where it has a first and a last score, else GAD-7 (docs/rules.md, 13; M204;
    Clark 2018, Table 2). A descriptor may have several (PCL-5 before IES-R); one without a known threshold is passed
    over.
#}
with courses as (

    select * from {{ ref('int_courses_of_treatment') }}
    where is_finished_course

),

problem_descriptors as (

    select * from {{ ref('int_problem_descriptor') }}

),

measures_by_problem as (

    select * from {{ ref('anxiety_measures_by_problem') }}

),

thresholds as (

    select * from {{ ref('outcome_thresholds') }}

),

scores as (

    select * from {{ ref('int_first_and_last_scores') }}

),

assessment_tools as (

    select * from {{ ref('assessment_tools') }}

),

find_specific_measures as (

    select
        problem_descriptors.referral_key,
        measures_by_problem.measure,
        length(measures_by_problem.problem_code_prefix) as prefix_length,
        measures_by_problem.measure_order
    from problem_descriptors
    inner join measures_by_problem
        on starts_with(problem_descriptors.problem_code, measures_by_problem.problem_code_prefix)
    where measures_by_problem.measure in (select thresholds.measure from thresholds)

),

choose_anxiety_measure as (

    select
        scores.referral_key,
        scores.measure,
        scores.first_score,
        scores.last_score
    from scores
    left join find_specific_measures
        on
            scores.referral_key = find_specific_measures.referral_key
            and scores.measure = find_specific_measures.measure
    where
        scores.measure_role = 'anxiety_default'
        or (find_specific_measures.measure is not null and scores.last_score is not null)
    qualify
        row_number() over (
            partition by scores.referral_key
            order by
                coalesce(find_specific_measures.prefix_length, 0) desc,
                find_specific_measures.measure_order asc,
                scores.measure asc
        ) = 1

),

pair_scores as (

    select
        courses.referral_key,
        phq9.first_score as phq9_first,
        phq9.last_score as phq9_last,
        gad7.first_score as gad7_first,
        gad7.last_score as gad7_last,
        coalesce(anxiety.measure, default_measure.measure) as anxiety_measure,
        anxiety.first_score as anxiety_first,
        anxiety.last_score as anxiety_last,
        phq9.last_score is not null and anxiety.last_score is not null as is_paired
    from courses
    inner join assessment_tools as default_measure
        on default_measure.measure_role = 'anxiety_default'
    left join scores as phq9
        on courses.referral_key = phq9.referral_key and phq9.measure_role = 'depression'
    left join scores as gad7
        on courses.referral_key = gad7.referral_key and gad7.measure_role = 'anxiety_default'
    left join choose_anxiety_measure as anxiety
        on courses.referral_key = anxiety.referral_key

)

select * from pair_scores
