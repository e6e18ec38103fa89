{# One row per financial year of receipt and high-level group: referrals by our reading, and by the one that puts
   unstated codes under a group. Source of the rule: the seed ethnicity_unstated_readings; referrals are those of which
   access_rates says how many got in (seed outcome_rules). #}
with referrals as (

    select * from {{ ref('fct_referrals') }}

),

unstated_readings as (

    select * from {{ ref('ethnicity_unstated_readings') }}

),

read_both_ways as (

    select
        referrals.referral_financial_year,
        coalesce(referrals.high_level_ethnic_group, '{{ var("unknown_ethnic_group") }}') as our_group,
        coalesce(
            unstated_readings.other_reading_group,
            referrals.high_level_ethnic_group,
            '{{ var("unknown_ethnic_group") }}'
        ) as other_reading_group,
        count(*) as record_count,
        count(*) filter (where referrals.is_accessed) as accessed_count
    from referrals
    left join unstated_readings
        on referrals.ethnicity_recording_status = unstated_readings.ethnicity_recording_status
    where referrals.is_received_in_window and referrals.has_enough_follow_up
    group by all

),

list_readings as (

    select
        referral_financial_year,
        unnest([our_group, other_reading_group]) as high_level_ethnic_group,
        unnest([record_count, 0]) as referral_count,
        unnest([accessed_count, 0]) as accessed_count,
        unnest([0, record_count]) as other_reading_referral_count,
        unnest([0, accessed_count]) as other_reading_accessed_count
    from read_both_ways

),

add_up as (

    select
        referral_financial_year,
        high_level_ethnic_group,
        cast(sum(referral_count) as bigint) as referral_count,
        cast(sum(accessed_count) as bigint) as accessed_count,
        cast(sum(other_reading_referral_count) as bigint) as other_reading_referral_count,
        cast(sum(other_reading_accessed_count) as bigint) as other_reading_accessed_count
    from list_readings
    group by all

)

select * from add_up
