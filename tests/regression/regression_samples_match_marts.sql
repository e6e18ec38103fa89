{#
    Model 1 takes exactly the rows and events that the marts hold for each ethnic group, counted here without the engine:
    referrals and courses in the window, those who had time, and of each outcome those of whom it is known.
#}
with referrals as (

    select * from {{ ref('fct_referrals') }}

),

episodes as (

    select * from {{ ref('fct_episodes') }}

),

estimates as (

    select * from {{ ref('estimates') }}

),

count_marts as (

    select
        'accessed' as outcome,
        ethnic_category_code,
        count(*) as row_count,
        count(*) filter (where is_accessed) as event_count
    from referrals
    where is_received_in_window and has_enough_follow_up
    group by ethnic_category_code
    union all
    select
        'course_of_treatment' as outcome,
        ethnic_category_code,
        count(*) as row_count,
        count(*) filter (where is_course_of_treatment) as event_count
    from referrals
    where is_received_in_window and has_enough_follow_up_for_course and is_accessed
    group by ethnic_category_code
    union all
    select
        'recovery' as outcome,
        ethnic_category_code,
        count(*) as row_count,
        count(*) filter (where is_recovered) as event_count
    from episodes
    where
        is_received_in_window
        and coalesce(is_at_caseness or {{ counts_recovery_out_of_all() }}, {{ counts_unknown_as_no() }})
    group by ethnic_category_code
    union all
    select
        'reliable_improvement' as outcome,
        ethnic_category_code,
        count(*) as row_count,
        count(*) filter (where is_reliably_improved) as event_count
    from episodes
    where is_received_in_window and (is_paired or {{ counts_unknown_as_no() }})
    group by ethnic_category_code
    union all
    select
        'reliable_deterioration' as outcome,
        ethnic_category_code,
        count(*) as row_count,
        count(*) filter (where is_reliably_deteriorated) as event_count
    from episodes
    where is_received_in_window and not has_mixed_reliable_change and (is_paired or {{ counts_unknown_as_no() }})
    group by ethnic_category_code
    union all
    select
        'dropout' as outcome,
        ethnic_category_code,
        count(*) as row_count,
        count(*) filter (where is_dropped_out) as event_count
    from episodes
    where is_received_in_window and (is_dropped_out is not null or {{ counts_unknown_as_no() }})
    group by ethnic_category_code

),

find_differences as (

    select
        estimates.outcome,
        estimates.level,
        estimates.level_observation_count,
        estimates.level_event_count,
        count_marts.row_count,
        count_marts.event_count
    from estimates
    left join count_marts
        on
            estimates.outcome = count_marts.outcome
            and estimates.level = count_marts.ethnic_category_code
    where
        estimates.model = 'model_1'
        and estimates.term = 'ethnic_group'
        and estimates.estimator = 'logistic'
        and estimates.outcome in (select listed.outcome from count_marts as listed)
        and (
            estimates.level_observation_count is distinct from coalesce(count_marts.row_count, 0)
            or estimates.level_event_count is distinct from coalesce(count_marts.event_count, 0)
        )

)

select * from find_differences
