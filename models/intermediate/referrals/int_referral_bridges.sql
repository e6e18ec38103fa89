{{ config(materialized='table') }}
{#
    One row per referral that goes on under another identifier, and the latest one of it.
    Source of the rule: docs/rules.md, 23 and 25. A chain of changes is followed to its end.
#}
with recursive version_bridges as (

    select * from {{ ref('int_version_bridges') }}

),

provider_bridges as (

    select * from {{ ref('int_provider_bridges') }}

),

unite_bridges as (

    select * from version_bridges
    union all
    select * from provider_bridges

),

keep_certain as (

    select
        from_referral_id,
        min(to_referral_id) as to_referral_id,
        min(bridge_kind) as bridge_kind
    from unite_bridges
    where
        from_referral_id <> to_referral_id
        and ((candidate_count = 1 and rival_count = 1) or has_equal_identifiers)
    group by from_referral_id

),

follow_chains as (

    select
        from_referral_id,
        to_referral_id,
        bridge_kind,
        1 as step
    from keep_certain
    union all
    select
        follow_chains.from_referral_id,
        keep_certain.to_referral_id,
        follow_chains.bridge_kind,
        follow_chains.step + 1 as step
    from follow_chains
    inner join keep_certain
        on follow_chains.to_referral_id = keep_certain.from_referral_id
    where follow_chains.step < {{ rule_value('code_changes_maximum') }}

),

take_ends as (

    select
        from_referral_id,
        bridge_kind,
        max_by(to_referral_id, step) as to_referral_id
    from follow_chains
    group by from_referral_id, bridge_kind

)

select * from take_ends
