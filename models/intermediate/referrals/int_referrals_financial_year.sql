{# One row per referral: the financial year of its receipt. Source of the rule: NHS annual reports, 1 April to 31 March. #}
with referrals as (

    select * from {{ ref('int_referrals_finished_course') }}

),

mark_financial_year as (

    select
        *,
        {{ financial_year('referral_received_date') }} as referral_financial_year
    from referrals

)

select * from mark_financial_year
