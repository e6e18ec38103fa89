{#
    One row per service request (and month held) of an episode: whose it is, and when it was received.
    What is asked of episodes only is looked up for them alone.
#}
with periods as (

    select * from {{ ref('int_service_request_periods') }}

),

finished_courses as (

    select * from {{ ref('int_referrals_finished_course') }}

),

keep_episodes as (

    select periods.*
    from periods
    inner join finished_courses
        on periods.referral_key = finished_courses.referral_key
    where finished_courses.is_finished_course

)

select * from keep_episodes
