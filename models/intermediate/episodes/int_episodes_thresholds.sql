{# One row per episode, with the thresholds of its two measures. Source of the rule: seed outcome_thresholds. #}
with episodes as (

    select * from {{ ref('int_episodes') }}

),

thresholds as (

    select * from {{ ref('outcome_thresholds') }}

),

join_thresholds as (

    select
        episodes.*,
        depression.caseness_threshold as phq9_caseness_threshold,
        depression.reliable_change_threshold as phq9_change_threshold,
        anxiety.caseness_threshold as anxiety_caseness_threshold,
        anxiety.reliable_change_threshold as anxiety_change_threshold,
        anxiety.source_status as anxiety_threshold_source_status
    from episodes
    left join thresholds as depression
        on
            not depression.is_anxiety_measure
            and episodes.discharge_date >= coalesce(depression.valid_from_date, date '-infinity')
            and episodes.discharge_date <= coalesce(depression.valid_to_date, date 'infinity')
    left join thresholds as anxiety
        on
            episodes.anxiety_measure = anxiety.measure
            and episodes.discharge_date >= coalesce(anxiety.valid_from_date, date '-infinity')
            and episodes.discharge_date <= coalesce(anxiety.valid_to_date, date 'infinity')

)

select * from join_thresholds
