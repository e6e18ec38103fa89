{#
    One row per referral year, commissioner, ethnic category (null: none valid) and measure: how many of how many.
    Source of the rule: report Table 4; access out of referrals, course of treatment out of those who accessed.
#}
with referrals as (

    select * from {{ ref('fct_referrals') }}

),

count_referrals as (

    select
        referral_financial_year as financial_year,
        commissioner_code,
        ethnic_category_code,
        count(*) as referral_count,
        count(*) filter (where is_accessed) as accessed_count,
        count(*) filter (where is_course_of_treatment) as course_of_treatment_count
    from referrals
    group by all

),

list_measures as (

    select
        financial_year,
        commissioner_code,
        ethnic_category_code,
        'access' as measure,
        accessed_count as numerator_count,
        referral_count as denominator_count
    from count_referrals
    union all
    select
        financial_year,
        commissioner_code,
        ethnic_category_code,
        'course_of_treatment' as measure,
        course_of_treatment_count as numerator_count,
        accessed_count as denominator_count
    from count_referrals

)

select * from list_measures
