{#
    One row per measure and condition that decides whether a row counts in it, for rates and regressions alike: the seed
    outcome_rules, read as the variable `unknown_outcomes` has it. The first condition that holds decides; a row of which
    none holds counts. What the seed names no other reading of, such as a share of no sessions, stays unknown.
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
        {% if counts_unknown_as_no() == 'true' -%}
        case
            when row_fate = 'unknown' and other_reading is not null then 'counted_as_no'
            else row_fate
        end as row_fate
        {%- else -%}
        row_fate
        {%- endif %}
    from outcome_rules

)

select * from apply_reading
