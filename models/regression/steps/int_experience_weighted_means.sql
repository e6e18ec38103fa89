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
        cast(asked.answer_value as decimal(1, 0)) as answer_value,
        cast(weights.answer_weight as decimal(18, 9)) as answer_weight
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
        cast(sum(answer_value) as double) as value_sum,
        cast(sum(answer_value * answer_value) as double) as value_square_sum,
        min(answer_value) < max(answer_value) as is_spread,
        cast(sum(answer_weight) as double) as weight_sum,
        cast(sum(answer_weight * answer_value) as double) as weighted_value_sum,
        cast(sum(answer_weight * answer_weight) as double) as weight_square_sum,
        cast(sum(answer_weight * answer_weight * answer_value) as double) as square_weighted_sum,
        cast(sum(answer_weight * answer_weight * answer_value * answer_value) as double) as square_weighted_square_sum,
        cast(max(answer_weight) as double) as largest_weight,
        min(answer_value) filter (where answer_weight is not null)
        < max(answer_value) filter (where answer_weight is not null) as is_weighted_spread
    from answers
    group by all

),

measure_means as (

    select
        *,
        value_sum / answered_count as mean_value,
        weighted_value_sum / nullif(weight_sum, 0) as weighted_mean
    from sum_answers

),

-- Where all answer alike the spread is not known: there is no error, not one of nothing.
measure_errors as (

    select
        * exclude (
            value_sum, value_square_sum, is_spread, weighted_value_sum, square_weighted_sum,
            square_weighted_square_sum, is_weighted_spread
        ),
        case
            when is_spread then {{ standard_deviation('answered_count', 'value_sum', 'value_square_sum') }}
        end as standard_deviation,
        case
            when is_weighted_spread
                then
                    sqrt(
                        (
                            square_weighted_square_sum - 2 * weighted_mean * square_weighted_sum
                            + weighted_mean * weighted_mean * weight_square_sum
                        ) * weighted_count / (weighted_count - 1)
                    )
                    / weight_sum
        end as weighted_error
    from measure_means

)

select * from measure_errors
