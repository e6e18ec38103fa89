{# With ethnic group alone the odds ratio is that of the two-by-two table, and the prediction is the observed share. #}
with estimates as (

    select * from {{ ref('estimates') }}

),

predicted_probabilities as (

    select * from {{ ref('predicted_probabilities') }}

),

episodes as (

    select * from {{ ref('fct_episodes') }}

),

count_groups as (

    select
        ethnic_category_code,
        count(*) as row_count,
        count(*) filter (where is_dropped_out) as event_count
    from episodes
    where
        ethnic_category_code is not null
        and is_received_in_window
        and (is_dropped_out is not null or {{ counts_unknown_as_no() }})
    group by ethnic_category_code

),

compare_with_white_british as (

    select
        count_groups.ethnic_category_code,
        count_groups.event_count / count_groups.row_count as observed_share,
        (count_groups.event_count / (count_groups.row_count - count_groups.event_count))
        / (reference_group.event_count / (reference_group.row_count - reference_group.event_count)) as odds_ratio
    from count_groups
    cross join count_groups as reference_group
    where reference_group.ethnic_category_code = 'A'

),

find_differences as (

    select
        estimates.level,
        estimates.odds_ratio,
        predicted_probabilities.prediction
    from estimates
    inner join compare_with_white_british
        on estimates.level = compare_with_white_british.ethnic_category_code
    left join predicted_probabilities
        on
            estimates.outcome = predicted_probabilities.outcome
            and estimates.model = predicted_probabilities.model
            and estimates.estimator = predicted_probabilities.estimator
            and estimates.level = predicted_probabilities.level
    where
        estimates.outcome = 'dropout'
        and estimates.model = 'model_1'
        and estimates.estimator = 'logistic'
        and estimates.term = 'ethnic_group'
        and estimates.estimate_status in ('estimated', 'small_group')
        and estimates.reference_level = 'A'
        and (
            abs(estimates.odds_ratio / compare_with_white_british.odds_ratio - 1) > 1e-9
            or predicted_probabilities.prediction is null
            or abs(predicted_probabilities.prediction - compare_with_white_british.observed_share) > 1e-9
        )

)

select * from find_differences
