{#
    One row per version and what the waits of an episode go by: how many episodes, and their share.
    Source of the rule: docs/rules.md, 19.
#}
with waits as (

    select * from {{ ref('int_episodes_waits') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

count_episodes as (

    select
        referrals.mds_version,
        waits.wait_basis,
        count(*) as episode_count,
        count(waits.days_assessment_to_next_treatment) as next_treatment_count
    from waits
    inner join referrals
        on waits.referral_key = referrals.referral_key
    group by referrals.mds_version, waits.wait_basis

),

add_shares as (

    select
        mds_version,
        wait_basis,
        episode_count,
        episode_count / sum(episode_count) over (partition by mds_version) as episode_share,
        next_treatment_count
    from count_episodes

)

select * from add_shares
