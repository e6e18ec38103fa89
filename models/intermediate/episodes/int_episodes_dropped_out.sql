{#
    One row per episode: did the person drop out; null where that is not known.
    Source of the rule: report footnote j, read on the end codes (seed end_codes). No code, one that is not in the list
    and one that says not known say nothing about dropout (docs/rules.md, 17).
#}
with episodes as (

    select * from {{ ref('int_episode_scores') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

end_codes as (

    select * from {{ ref('end_codes') }}

),

mark_dropped_out as (

    select
        episodes.referral_key,
        end_codes.is_dropped_out
    from episodes
    inner join referrals
        on episodes.referral_key = referrals.referral_key
    left join end_codes
        on referrals.end_code = end_codes.end_code

)

select * from mark_dropped_out
