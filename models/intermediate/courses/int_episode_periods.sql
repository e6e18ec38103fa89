{#
    One row per service request (and month held) of an episode: whose it is, and when it was received.
    What is asked of episodes only is looked up for them alone.
#}
with periods as (

    select * from {{ ref('int_service_request_periods') }}

),

courses as (

    select * from {{ ref('int_courses_of_treatment') }}

),

keep_episodes as (

    select periods.*
    from periods
    inner join courses
        on periods.referral_key = courses.referral_key
    where courses.is_finished_course

)

select * from keep_episodes
