{#
    One row per provider and kind of change (version of the data set, code of the provider): how many referrals open at
    the change were found again after it. Those not found stand as two referrals.
#}
with bridge_outcomes as (

    select * from {{ ref('int_bridge_outcomes') }}

),

count_outcomes as (

    select
        provider_code,
        bridge_kind,
        count(*) as open_referral_count,
        count(*) filter (where bridge_outcome = 'bridged') as bridged_count,
        count(*) filter (where bridge_outcome = 'ambiguous') as ambiguous_count,
        count(*) filter (where bridge_outcome = 'no_person_number') as no_person_number_count,
        count(*) filter (where bridge_outcome = 'no_counterpart') as no_counterpart_count
    from bridge_outcomes
    group by provider_code, bridge_kind

)

select * from count_outcomes
