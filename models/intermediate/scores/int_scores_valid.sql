{#
    One row per score inside the range of its tool. Source of the rule: docs/rules.md, 11; 12 for scores on contacts that
    were not attended (variable count_scores_of_missed_contacts), and for those recorded twice.
#}
with scores as (

    select * from {{ ref('int_scores') }}

),

assessment_tools as (

    select * from {{ ref('assessment_tools') }}

),

keep_valid as (

    select scores.*
    from scores
    inner join assessment_tools
        on scores.measure = assessment_tools.measure
    where
        scores.score between assessment_tools.minimum_score and assessment_tools.maximum_score
        and (not assessment_tools.is_whole_number or scores.score = trunc(scores.score))
        and (scores.is_contact_attended or {{ true_or_false('count_scores_of_missed_contacts') }})
        and not scores.is_in_contact_too

)

select * from keep_valid
