{# No silent huge number: an estimate stands exactly where its status says so, with a positive error inside its interval. #}
with estimates as (

    select * from {{ ref('estimates') }}

),

find_unmarked as (

    select
        outcome,
        model,
        estimator,
        term,
        level,
        estimate_status,
        estimate
    from estimates
    where
        (estimate_status in ('estimated', 'small_group')) is distinct from (estimate is not null)
        or (estimate is not null and not coalesce(standard_error > 0, false))
        or (estimate is not null and not coalesce(estimate between confidence_low and confidence_high, false))
        or (starts_with(estimator, 'linear') and odds_ratio is not null)
        or (starts_with(estimator, 'logistic') and (odds_ratio is null) is distinct from (estimate is null))
        or (term = 'ethnic_group' and estimate is not null and p_value_holm < p_value)

)

select * from find_unmarked
