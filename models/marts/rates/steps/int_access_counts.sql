{#
    One row per referral year, commissioner, ethnic category (null: none valid) and measure: how many of how many, and how
    many more are left out. Source of the rule: report Table 4; access out of referrals, course of treatment out of those
    who accessed; which rows count: seed outcome_rules.
#}
with referrals as (

    select * from {{ ref('fct_referrals') }}

),

outcome_rules as (

    select * from {{ ref('int_outcome_rules') }}

),

outcome_measures as (

    select * from {{ ref('outcome_measures') }}
    where source_model = 'fct_referrals'

),

count_alike as (

    select
        referral_financial_year as financial_year,
        commissioner_code,
        ethnic_category_code,
        is_received_in_window,
        has_enough_follow_up,
        has_enough_follow_up_for_course,
        is_accessed,
        is_course_of_treatment,
        count(*) as referral_count
    from referrals
    group by all

),

find_fates as (

    select
        count_alike.*,
        outcome_measures.measure,
        case outcome_measures.measure
            when 'access' then count_alike.is_accessed
            when 'course_of_treatment' then count_alike.is_course_of_treatment
        end as has_outcome,
        min_by(outcome_rules.row_fate, outcome_rules.rule_order) as row_fate
    from count_alike
    cross join outcome_measures
    left join outcome_rules
        on
            outcome_measures.measure = outcome_rules.measure
            and outcome_rules.column_value is not distinct from case outcome_rules.column_name
                when 'is_received_in_window' then count_alike.is_received_in_window
                when 'has_enough_follow_up' then count_alike.has_enough_follow_up
                when 'has_enough_follow_up_for_course' then count_alike.has_enough_follow_up_for_course
                when 'is_accessed' then count_alike.is_accessed
            end
    group by all

),

add_up_fates as (

    select
        financial_year,
        commissioner_code,
        ethnic_category_code,
        measure,
        {{ count_by_fate('referral_count') }}
    from find_fates
    group by all

)

select * from add_up_fates
