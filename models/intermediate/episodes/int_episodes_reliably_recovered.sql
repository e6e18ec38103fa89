{# One row per episode: did the person recover, and reliably improve too. Source of the rule: report 3.6.1; M193. #}
with recovered as (

    select * from {{ ref('int_episodes_recovered') }}

),

reliable_change as (

    select * from {{ ref('int_episodes_reliable_change') }}

),

mark_reliably_recovered as (

    select
        recovered.referral_key,
        recovered.is_recovered and coalesce(reliable_change.is_reliably_improved, false) as is_reliably_recovered
    from recovered
    left join reliable_change
        on recovered.referral_key = reliable_change.referral_key

)

select * from mark_reliably_recovered
