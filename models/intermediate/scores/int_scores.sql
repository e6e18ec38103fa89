{# One row per dated score within its referral, from both tables of the data set. #}
with referral_scores as (

    select * from {{ ref('int_referral_scores') }}

),

activity_scores as (

    select * from {{ ref('int_activity_scores') }}

),

unite_scores as (

    select
        *,
        false as is_recorded_in_contact
    from referral_scores
    union all
    select
        *,
        true as is_recorded_in_contact
    from activity_scores

)

select * from unite_scores
