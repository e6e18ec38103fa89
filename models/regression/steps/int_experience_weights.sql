{#
    One row per referral that answered a questionnaire, and measure of it: the chance of having answered by the model of who
    answers, and the weight, which is one over it. Not trimmed: a weight cut short would bring back a part of the bias, and
    the effective number of people says what the large ones cost.
    Source of the rule: inverse probability weighting, Seaman and White 2013, Statistical Methods in Medical Research 22:278.
#}
with terms as (

    select * from {{ ref('int_experience_terms') }}

),

estimates as (

    select * from {{ ref('estimates') }}
    where estimator = 'logistic' and term = 'intercept'

),

sum_terms as (

    select
        referral_id,
        measure,
        analysis,
        outcome,
        model,
        -- A sum passes over what is null.
        case when count(log_odds) = count(*) then sum(log_odds) end as log_odds
    from terms
    group by referral_id, measure, analysis, outcome, model

),

weigh_referrals as (

    select
        sum_terms.referral_id,
        sum_terms.measure,
        sum_terms.analysis,
        sum_terms.model,
        1 / (1 + exp(-(estimates.estimate + sum_terms.log_odds))) as answer_chance,
        1 + exp(-(estimates.estimate + sum_terms.log_odds)) as answer_weight
    from sum_terms
    left join estimates
        on
            sum_terms.analysis = estimates.analysis
            and sum_terms.outcome = estimates.outcome
            and sum_terms.model = estimates.model

)

select * from weigh_referrals
