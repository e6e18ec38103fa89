{# One row per episode, which is a finished course of treatment, with the scores that its outcomes rest on. #}
with referrals as (

    select * from {{ ref('int_referrals_financial_year') }}

),

scores as (

    select * from {{ ref('int_first_and_last_scores') }}

),

anxiety_scores as (

    select * from {{ ref('int_anxiety_scores') }}

),

join_scores as (

    select
        referrals.*,
        phq9.first_score as phq9_first,
        phq9.last_score as phq9_last,
        gad7.first_score as gad7_first,
        gad7.last_score as gad7_last,
        anxiety_scores.anxiety_measure,
        anxiety_scores.anxiety_first,
        anxiety_scores.anxiety_last,
        phq9.last_score is not null and anxiety_scores.anxiety_last is not null as is_paired
    from referrals
    left join scores as phq9
        on referrals.referral_key = phq9.referral_key and phq9.measure = 'PHQ9'
    left join scores as gad7
        on referrals.referral_key = gad7.referral_key and gad7.measure = 'GAD7'
    left join anxiety_scores
        on referrals.referral_key = anxiety_scores.referral_key
    where referrals.is_finished_course

)

select * from join_scores
