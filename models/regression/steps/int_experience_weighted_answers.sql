{#
    One row per referral that answered a question, and classification that it is counted in: the answer as a number, and
    its weight. Answers that stand for no number, as not applicable, are left out, and people without a valid category.
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

join_weights as (

    select
        asked.referral_id,
        weights.analysis,
        weights.model,
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

)

select * from join_weights
