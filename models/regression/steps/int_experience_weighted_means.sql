{#
    One row per question of a questionnaire, ethnic classification and ethnic group: the mean answer as given, and weighted
    by the inverse of the chance of having answered, each with its standard error. Answers that stand for no number, as not
    applicable, are left out, and people without a valid category.
    Source of the rule: ratio (Hajek) mean; its error by linearisation, which is that of a sandwich estimator with the
    weights taken as known. With weights that are estimated, as here, it is on the safe side (Robins, Rotnitzky and Zhao
    1994, Journal of the American Statistical Association 89:846).
#}
with weights as (

    select * from {{ ref('int_experience_weights') }}

),

asked as (

    select * from {{ ref('int_experience_asked') }}
    where answer_value is not null

),

classifications as (

    select * from {{ ref('int_ethnic_classifications') }}
    where ethnic_classification in ('ethnic_group', 'high_level_ethnic_group', 'minoritised', 'total')

),

answers as (

    select
        asked.referral_id,
        weights.analysis,
        weights.fitted_model,
        asked.questionnaire,
        asked.question_code,
        classifications.ethnic_classification,
        classifications.ethnic_group,
        classifications.is_reference_included,
        cast(asked.answer_value as double) as answer_value,
        weights.answer_weight
    from asked
    inner join weights
        on
            asked.referral_id = weights.referral_id
            and asked.measure = weights.measure
    inner join classifications
        on asked.ethnicity_key = classifications.ethnicity_key

),

sum_answers as (

    select
        analysis,
        fitted_model,
        questionnaire,
        question_code,
        ethnic_classification,
        ethnic_group,
        is_reference_included,
        count(*) as answered_count,
        count(answer_weight) as weighted_count,
        avg(answer_value) as mean_value,
        sum(answer_weight) as weight_sum,
        sum(answer_weight * answer_weight) as weight_square_sum,
        max(answer_weight) as largest_weight,
        sum(answer_weight * answer_value) / sum(answer_weight) as weighted_mean
    from answers
    group by all

),

sum_deviations as (

    select
        sum_answers.question_code,
        sum_answers.ethnic_classification,
        sum_answers.ethnic_group,
        sum(power(answers.answer_value - sum_answers.mean_value, 2)) as square_sum,
        sum(power(answers.answer_weight * (answers.answer_value - sum_answers.weighted_mean), 2))
            as weighted_square_sum
    from answers
    inner join sum_answers
        on
            answers.question_code = sum_answers.question_code
            and answers.ethnic_classification = sum_answers.ethnic_classification
            and answers.ethnic_group = sum_answers.ethnic_group
    group by all

),

-- Where all answer alike the spread is not known: there is no error, not one of nothing.
measure_errors as (

    select
        sum_answers.*,
        sqrt(nullif(sum_deviations.square_sum, 0) / nullif(sum_answers.answered_count - 1, 0))
        / sqrt(sum_answers.answered_count) as mean_error,
        sqrt(
            nullif(sum_deviations.weighted_square_sum, 0)
            * sum_answers.weighted_count
            / nullif(sum_answers.weighted_count - 1, 0)
        )
        / sum_answers.weight_sum as weighted_error
    from sum_answers
    left join sum_deviations
        on
            sum_answers.question_code = sum_deviations.question_code
            and sum_answers.ethnic_classification = sum_deviations.ethnic_classification
            and sum_answers.ethnic_group = sum_deviations.ethnic_group

)

select * from measure_errors
