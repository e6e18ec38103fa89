{#
    One row per referral that answered a questionnaire, and measure of it: the chance of having answered by the largest
    model of who answers, and the weight, which is one over it. Not trimmed: a weight cut short would bring back a part of
    the bias, and the effective number of people says what the large ones cost. The reference level has no estimate and is
    worth nothing, and so is a collinear one; where a term is missing or its estimate has no finite value there is no
    weight.
    Source of the rule: inverse probability weighting, Seaman and White 2013, Statistical Methods in Medical Research 22:278;
    seeds regression_outcomes and regression_terms.
#}
with fates as (

    select * from {{ ref('int_experience_fates') }}
    where has_outcome and row_fate is null and measure like '%_questionnaire'

),

experience as (

    select * from {{ ref('fct_experience') }}
    where ethnic_category_code is not null

),

outcomes as (

    select * from {{ ref('regression_outcomes') }}

),

terms as (

    select
        *,
        max(first_model) over (partition by analysis) as last_model
    from {{ ref('regression_terms') }}

),

estimates as (

    select * from {{ ref('estimates') }}
    where estimator = 'logistic'

),

read_terms as (

    select
        fates.referral_id,
        fates.measure,
        outcomes.analysis,
        outcomes.outcome,
        concat('model_', terms.last_model) as fitted_model,
        terms.term,
        terms.kind,
        terms.unit,
        case
            when terms.kind = 'categorical'
                then
                    coalesce(
                        case terms.source_column
                            when 'ethnic_category_code' then experience.ethnic_category_code
                            when 'gender' then experience.gender
                            when 'referral_financial_year' then experience.referral_financial_year
                            when 'imd_decile' then cast(experience.imd_decile as varchar)
                        end,
                        '{{ var("not_known_label") }}'
                    )
        end as level_name,
        case terms.source_column
            when 'age_at_referral' then experience.age_at_referral
            when 'days_referral_to_assessment' then experience.days_referral_to_assessment
        end as term_value
    from fates
    inner join experience
        on fates.referral_id = experience.referral_id
    inner join outcomes
        on fates.measure = outcomes.measure
    inner join terms
        on outcomes.analysis = terms.analysis

),

weigh_terms as (

    select
        read_terms.referral_id,
        read_terms.measure,
        read_terms.analysis,
        read_terms.outcome,
        read_terms.fitted_model,
        read_terms.term,
        case
            when read_terms.kind = 'numeric' then estimates.estimate * read_terms.term_value / read_terms.unit
            when estimates.term is null or estimates.estimate_status = 'collinear' then 0
            else estimates.estimate
        end as log_odds
    from read_terms
    left join estimates
        on
            read_terms.analysis = estimates.analysis
            and read_terms.outcome = estimates.outcome
            and read_terms.fitted_model = estimates.model
            and read_terms.term = estimates.term
            and read_terms.level_name is not distinct from estimates.level

),

sum_terms as (

    select
        referral_id,
        measure,
        analysis,
        outcome,
        fitted_model,
        -- A sum passes over what is null.
        case when count(log_odds) = count(*) then sum(log_odds) end as log_odds
    from weigh_terms
    group by referral_id, measure, analysis, outcome, fitted_model

),

weigh_referrals as (

    select
        sum_terms.referral_id,
        sum_terms.measure,
        sum_terms.analysis,
        sum_terms.fitted_model,
        1 / (1 + exp(-(estimates.estimate + sum_terms.log_odds))) as answer_chance,
        -- As a decimal: sums of it are the same in whatever order.
        try_cast(1 + exp(-(estimates.estimate + sum_terms.log_odds)) as decimal(18, 9)) as answer_weight
    from sum_terms
    left join estimates
        on
            sum_terms.analysis = estimates.analysis
            and sum_terms.outcome = estimates.outcome
            and sum_terms.fitted_model = estimates.model
            and estimates.term = 'intercept'

)

select * from weigh_referrals
