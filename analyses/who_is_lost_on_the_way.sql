{#
    Question: of the people of each ethnic group who were referred, how many access the service, how many of those
    have a course of treatment, and how far is each step from White British?
    One row per ethnic group, England, one referral year (change it below).
    On the demo set Bangladeshi people: 74.5% access the service, as others do, and 41.8% of those have a course of
    treatment, -15.3 points from White British people.
#}
with access_rates as (

    select * from {{ ref('access_rates') }}

),

keep_one_year as (

    select *
    from access_rates
    where
        area_level = 'national'
        and ethnic_classification = 'ethnic_group'
        and financial_year = '2016-17'

),

put_steps_side_by_side as (

    select
        ethnic_group,
        max(denominator_count) filter (where measure = 'access') as referral_count,
        round(100 * max(rate) filter (where measure = 'access'), 1) as access_percentage,
        round(100 * max(difference_to_white_british) filter (where measure = 'access'), 1) as access_gap,
        round(100 * max(rate) filter (where measure = 'course_of_treatment'), 1) as course_percentage,
        round(100 * max(difference_to_white_british) filter (where measure = 'course_of_treatment'), 1) as course_gap
    from keep_one_year
    group by ethnic_group

)

select *
from put_steps_side_by_side
order by access_gap, ethnic_group
