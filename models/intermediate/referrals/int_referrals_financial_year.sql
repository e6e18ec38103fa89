{# One row per referral: the financial years of receipt and discharge. Source of the rule: NHS annual reports. #}
with referrals as (

    select * from {{ ref('int_referrals') }}

),

mark_financial_years as (

    select
        referral_key,
        {{ financial_year('referral_received_date') }} as referral_financial_year,
        {{ financial_year('discharge_date') }} as discharge_financial_year
    from referrals

)

select * from mark_financial_years
