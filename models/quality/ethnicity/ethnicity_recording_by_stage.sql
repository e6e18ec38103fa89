{# One row per financial year of receipt, provider and stage: for how many referrals the ethnic category is known
   among those referred, never seen, seen and treated, of whom access_rates says how many got in. Source of the rule:
   report, limitations (selection bias). #}
with stage_counts as (

    select * from {{ ref('int_ethnicity_stage_counts') }}

),

compare_with_referred as (

    select
        *,
        max(valid_count) filter (where stage = 'referred') over all_stages as referred_valid_count,
        max(referral_count) filter (where stage = 'referred') over all_stages as referred_count
    from stage_counts
    window all_stages as (partition by referral_financial_year, provider_code)

),

add_intervals as (

    select
        referral_financial_year,
        provider_code,
        stage,
        display_order,
        referral_count,
        valid_count,
        not_stated_count,
        {{ rate('valid_count', 'referral_count') }} as recorded_share,
        {{ wilson_interval_low('valid_count', 'referral_count') }} as recorded_share_low,
        {{ wilson_interval_high('valid_count', 'referral_count') }} as recorded_share_high,
        recorded_share - {{ rate('referred_valid_count', 'referred_count') }} as difference_to_referred
    from compare_with_referred

)

select * from add_intervals
