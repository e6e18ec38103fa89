{#
    One row per referral with a first anxiety score: the measure used for outcomes, and its first and last score.
    Source of the rule: M204, Clark 2018 Table 2: the measure of the problem descriptor where it has a first and a last
    score, else GAD-7. A descriptor may have several (PCL-5 before IES-R); one without a known threshold is passed over.
#}
with problem_descriptors as (

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

find_specific_measure as (

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

rank_measures as (

    select
        scores.referral_key,
        scores.measure as anxiety_measure,
        scores.first_score as anxiety_first,
        scores.last_score as anxiety_last,
        coalesce(find_specific_measure.prefix_length, 0) as prefix_length,
        find_specific_measure.measure_order
    from scores
    left join find_specific_measure
        on
            scores.referral_key = find_specific_measure.referral_key
            and scores.measure = find_specific_measure.measure
    where
        scores.measure_role = 'anxiety_default'
        or (find_specific_measure.measure is not null and scores.last_score is not null)

),

choose_measure as (

    select * exclude (prefix_length, measure_order)
    from rank_measures
    qualify
        row_number() over (
            partition by referral_key order by prefix_length desc, measure_order asc, anxiety_measure asc
        ) = 1

)

select * from choose_measure
