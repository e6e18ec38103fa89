{# One row per financial year of receipt, provider (and all of them) and stage: referrals by whether the person's ethnic
   category is known. Source of the rule: stages in the seed ethnicity_recording_stages; referrals are those of which
   access_rates says how many got in (seed outcome_rules), since one received before the window may have been seen before
   it, and one received at its end may be seen yet: neither is never seen. #}
with referrals as (

    select * from {{ ref('fct_referrals') }}

),

stages as (

    select * from {{ ref('ethnicity_recording_stages') }}

),

count_by_provider as (

    select
        referral_financial_year,
        provider_code,
        ethnicity_recording_status,
        care_contact_count > 0 as is_seen,
        is_accessed,
        count(*) as record_count
    from referrals
    where is_received_in_window and has_enough_follow_up
    group by all

),

reach_stages as (

    select
        * exclude (provider_code),
        unnest([provider_code, '{{ var("national_area_code") }}']) as provider_code
    from count_by_provider

),

count_referrals as (

    select
        reach_stages.referral_financial_year,
        reach_stages.provider_code,
        stages.stage,
        stages.display_order,
        {{ count_of_records('true') }} as referral_count,
        {{ count_of_records("reach_stages.ethnicity_recording_status = 'valid'") }} as valid_count,
        {{ count_of_records("reach_stages.ethnicity_recording_status = 'not_stated'") }} as not_stated_count
    from reach_stages
    inner join stages
        on
            stages.stage = 'referred'
            or (stages.stage = 'never_seen' and not reach_stages.is_seen)
            or (stages.stage = 'seen' and reach_stages.is_seen)
            or (stages.stage = 'treated' and reach_stages.is_accessed)
    group by all

)

select * from count_referrals
