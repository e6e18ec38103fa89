{# Those who wait at the end of a month, counted one by one for every March, are those of waiting_at_month_end. #}
with referrals as (

    select
        referrals.*,
        windows.seen_from_date,
        windows.observed_until_date
    from {{ ref('fct_referrals') }} as referrals
    inner join {{ ref('int_provider_windows') }} as windows
        on referrals.provider_code = windows.provider_code

),

month_ends as (

    select distinct last_day(reporting_month) as month_end
    from {{ ref('int_accepted_submissions') }}
    where month(reporting_month) = 3

),

count_again as (

    select
        substr(cast(month_ends.month_end as varchar), 1, 7) as waiting_month,
        count(*) as waiting_count,
        count(*) filter (where month_ends.month_end - referrals.referral_received_date > 126) as long_waiting_count
    from month_ends
    inner join referrals
        on
            month_ends.month_end between referrals.seen_from_date and referrals.observed_until_date
            and referrals.referral_received_date <= month_ends.month_end
    where
        (referrals.first_treatment_date is null or referrals.first_treatment_date > month_ends.month_end)
        and (referrals.discharge_date is null or referrals.discharge_date > month_ends.month_end)
        and not (referrals.is_accessed and referrals.first_treatment_date is null)
    group by waiting_month

),

held as (

    select
        waiting_month,
        waiting_count,
        long_waiting_count
    from {{ ref('waiting_at_month_end') }}
    where
        area_level = 'national' and ethnic_classification = 'total' and right(waiting_month, 2) = '03'
        and measure = 'waiting_for_treatment_over_18_weeks'

)

(select * from count_again except select * from held)
union all
(select * from held except select * from count_again)
