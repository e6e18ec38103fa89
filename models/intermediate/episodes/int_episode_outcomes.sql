{{ config(materialized='table') }}
{# One row per episode: what its rules say, side by side; without a pair of scores there is no reliable change. #}
with thresholds as (

    select * from {{ ref('int_episode_thresholds') }}

),

caseness as (

    select * from {{ ref('int_episodes_caseness') }}

),

recovered as (

    select * from {{ ref('int_episodes_recovered') }}

),

reliable_change as (

    select * from {{ ref('int_episodes_reliable_change') }}

),

reliably_recovered as (

    select * from {{ ref('int_episodes_reliably_recovered') }}

),

dropped_out as (

    select * from {{ ref('int_episodes_dropped_out') }}

),

attendance as (

    select * from {{ ref('int_episodes_attendance') }}

),

waits as (

    select * from {{ ref('int_episodes_waits') }}

),

join_outcomes as (

    select
        thresholds.referral_key,
        thresholds.anxiety_threshold_source_status,
        caseness.is_at_caseness,
        recovered.is_recovered,
        coalesce(reliable_change.is_reliably_improved, false) as is_reliably_improved,
        coalesce(reliable_change.is_reliably_deteriorated, false) as is_reliably_deteriorated,
        coalesce(reliable_change.has_mixed_reliable_change, false) as has_mixed_reliable_change,
        reliably_recovered.is_reliably_recovered,
        dropped_out.is_dropped_out,
        attendance.proportion_attended,
        waits.days_referral_to_assessment,
        waits.days_assessment_to_next_treatment
    from thresholds
    inner join caseness
        on thresholds.referral_key = caseness.referral_key
    inner join recovered
        on thresholds.referral_key = recovered.referral_key
    left join reliable_change
        on thresholds.referral_key = reliable_change.referral_key
    inner join reliably_recovered
        on thresholds.referral_key = reliably_recovered.referral_key
    inner join dropped_out
        on thresholds.referral_key = dropped_out.referral_key
    inner join attendance
        on thresholds.referral_key = attendance.referral_key
    inner join waits
        on thresholds.referral_key = waits.referral_key

)

select * from join_outcomes
