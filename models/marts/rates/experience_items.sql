{#
    One row per period, area, ethnic classification, ethnic group, question and answer of its scale: how many gave the
    answer, of those who answered the question, with a Wilson interval; the mean of answers that are numbers, with Student's;
    and how many answered the questionnaire without answering the question. Source of the rule: report, section 3.8 and Appendix 1.8.
#}
with counts as (

    select * from {{ ref('int_experience_item_counts') }}

),

experience_questions as (

    select * from {{ ref('experience_questions') }}

),

experience_answers as (

    select * from {{ ref('experience_answers') }}

),

sum_questions as (

    select
        financial_year,
        is_pooled,
        area_level,
        area_code,
        area_name,
        ethnic_classification,
        ethnic_group,
        question_code,
        cast(sum(people_count) as bigint) as asked_count,
        cast(coalesce(sum(people_count) filter (where answer_code is not null), 0) as bigint) as answered_count,
        sum(people_count) filter (where answer_value is not null) as valued_count,
        sum(people_count * answer_value) as value_sum,
        sum(people_count * answer_value * answer_value) as square_sum
    from counts
    group by all

),

measure_means as (

    select
        * exclude (valued_count, value_sum, square_sum),
        cast(asked_count - answered_count as bigint) as missing_count,
        cast(value_sum as double) / nullif(cast(valued_count as double), 0) as mean_value,
        valued_count,
        {{ standard_deviation('valued_count', 'value_sum', 'square_sum') }} as standard_deviation
    from sum_questions

),

find_limits as (

    select
        answer_scale,
        min(answer_value) as lowest_value,
        max(answer_value) as highest_value
    from experience_answers
    group by answer_scale

),

list_answers as (

    select
        measure_means.*,
        find_limits.lowest_value,
        find_limits.highest_value,
        experience_questions.questionnaire,
        experience_questions.question,
        experience_questions.answer_scale,
        experience_answers.answer_code,
        experience_answers.label as answer
    from measure_means
    inner join experience_questions
        on measure_means.question_code = experience_questions.question_code
    inner join experience_answers
        on experience_questions.answer_scale = experience_answers.answer_scale
    inner join find_limits
        on experience_questions.answer_scale = find_limits.answer_scale

),

count_answers as (

    select
        list_answers.*,
        cast(coalesce(counts.people_count, 0) as bigint) as answer_count
    from list_answers
    left join counts
        on
            list_answers.financial_year = counts.financial_year
            and list_answers.area_level = counts.area_level
            and list_answers.area_code = counts.area_code
            and list_answers.ethnic_classification = counts.ethnic_classification
            and list_answers.ethnic_group = counts.ethnic_group
            and list_answers.question_code = counts.question_code
            and list_answers.answer_code = counts.answer_code

),

{% set mean = ['valued_count', 'mean_value', 'standard_deviation'] %}
{% set limits = ['lowest_value', 'highest_value'] %}
measure_shares as (

    select
        financial_year,
        is_pooled,
        area_level,
        area_code,
        area_name,
        ethnic_classification,
        ethnic_group,
        questionnaire,
        question,
        question_code,
        answer_code,
        answer,
        asked_count,
        answered_count,
        missing_count,
        answer_count,
        {{ rate('answer_count', 'answered_count') }} as answer_share,
        {{ wilson_interval_low('answer_count', 'answered_count') }} as answer_share_low,
        {{ wilson_interval_high('answer_count', 'answered_count') }} as answer_share_high,
        case when answer_scale <> 'choice' then mean_value end as mean_value,
        case
            when answer_scale <> 'choice' then {{ within_limits(mean_interval_low(*mean), *limits) }}
        end as mean_low,
        case
            when answer_scale <> 'choice' then {{ within_limits(mean_interval_high(*mean), *limits) }}
        end as mean_high
    from count_answers

)

select * from measure_shares
