{#
    One row per measure and condition that decides whether a row counts in it, for rates and regressions alike: the seed
    outcome_rules, read as the variables `unknown_outcomes` and `recovery_out_of` have it. The first condition that holds
    decides; a row of which none holds counts. What the seed names no other reading of stays as it is.
#}
with outcome_rules as (

    select * from {{ ref('outcome_rules') }}

),

apply_reading as (

    select
        measure,
        rule_order,
        column_name,
        column_value,
        case
            when row_fate = 'unknown' and other_reading is not null and {{ counts_unknown_as_no() }}
                then 'counted_as_no'
            -- Who was not at caseness has not recovered, as recovery is defined.
            when row_fate = 'not_at_risk' and other_reading is not null and {{ counts_recovery_out_of_all() }}
                then 'counted_as_no'
            else row_fate
        end as row_fate
    from outcome_rules

)

select * from apply_reading
