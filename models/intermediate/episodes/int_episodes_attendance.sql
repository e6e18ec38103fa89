{# One row per episode: the share of offered sessions that were attended. Source of the rule: report 3.6.2. #}
with episodes as (

    select * from {{ ref('int_episode_scores') }}

),

contact_counts as (

    select * from {{ ref('int_referral_contact_counts') }}

),

divide_attended as (

    select
        episodes.referral_key,
        contact_counts.attended_contact_count / nullif(contact_counts.offered_contact_count, 0) as proportion_attended
    from episodes
    inner join contact_counts
        on episodes.referral_key = contact_counts.referral_key

)

select * from divide_attended
