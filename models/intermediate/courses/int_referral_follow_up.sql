{#
    One row per referral: whether it was received in the window, and observed long enough to count as not treated.
    Source of the rule: docs/rules.md, 28 and 29.
#}
with referral_windows as (

    select * from {{ ref('int_referral_windows') }}

),

follow_up as (

    select
        max(follow_up_days) filter (where follow_up_event = 'first_treatment') as access_days,
        max(follow_up_days) filter (where follow_up_event = 'second_treatment') as course_days
    from {{ ref('int_follow_up_days') }}

),

compare_days as (

    select
        referral_windows.referral_key,
        referral_windows.is_received_in_window,
        referral_windows.days_observed,
        referral_windows.days_observed >= follow_up.access_days as has_enough_follow_up,
        referral_windows.days_observed >= follow_up.course_days as has_enough_follow_up_for_course
    from referral_windows
    cross join follow_up

)

select * from compare_days
