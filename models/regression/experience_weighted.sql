{#
    One row per question of a patient experience questionnaire, ethnic classification and ethnic group: the mean answer (of
    yes and no the share of yes) as given, and weighted for who answers, with the gap of each to White British.
    Source of the rule: report, section 3.9: there may be biases in score availability, which would warrant investigation.
#}
with means as (

    select * from {{ ref('int_experience_weighted_means') }}

),

experience_questions as (

    select * from {{ ref('experience_questions') }}

),

experience_answers as (

    select * from {{ ref('experience_answers') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

find_reference as (

    select means.*
    from means
    inner join ethnic_categories
        on means.ethnic_group = ethnic_categories.ethnic_group and ethnic_categories.is_reference_group
    where means.ethnic_classification = 'ethnic_group'

),

find_limits as (

    select
        answer_scale,
        min(answer_value) as lowest_value,
        max(answer_value) as highest_value
    from experience_answers
    group by answer_scale

),

compare_with_reference as (

    select
        means.*,
        experience_questions.question,
        experience_questions.answer_scale,
        find_limits.lowest_value,
        find_limits.highest_value,
        find_reference.mean_value as reference_mean,
        find_reference.weighted_mean as reference_weighted_mean,
        -- White British people are part of everybody and of the White group: two samples that are not apart.
        case
            when not means.is_reference_included
                then
                    sqrt(
                        means.weighted_error * means.weighted_error
                        + find_reference.weighted_error * find_reference.weighted_error
                    )
        end as difference_error
    from means
    inner join experience_questions
        on means.question_code = experience_questions.question_code
    inner join find_limits
        on experience_questions.answer_scale = find_limits.answer_scale
    left join find_reference
        on means.question_code = find_reference.question_code

),

{% set z = confidence_z() %}
{% set mean = ['answered_count', 'mean_value', 'standard_deviation'] %}
{% set limits = ['lowest_value', 'highest_value'] %}
measure_intervals as (

    select
        analysis,
        fitted_model,
        questionnaire,
        question,
        question_code,
        answer_scale,
        ethnic_classification,
        ethnic_group,
        cast(answered_count as bigint) as answered_count,
        cast(weighted_count as bigint) as weighted_count,
        weight_sum * weight_sum / weight_square_sum as effective_count,
        largest_weight,
        mean_value,
        {{ within_limits(mean_interval_low(*mean), *limits) }} as mean_low,
        {{ within_limits(mean_interval_high(*mean), *limits) }} as mean_high,
        weighted_mean,
        {{ within_limits('weighted_mean - ' ~ z ~ ' * weighted_error', *limits) }} as weighted_mean_low,
        {{ within_limits('weighted_mean + ' ~ z ~ ' * weighted_error', *limits) }} as weighted_mean_high,
        mean_value - reference_mean as difference_to_white_british,
        weighted_mean - reference_weighted_mean as weighted_difference,
        weighted_mean - reference_weighted_mean - {{ z }} * difference_error as weighted_difference_low,
        weighted_mean - reference_weighted_mean + {{ z }} * difference_error as weighted_difference_high
    from compare_with_reference

)

select * from measure_intervals
