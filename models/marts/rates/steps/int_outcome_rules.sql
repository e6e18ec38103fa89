{#
    One row per measure and condition that decides whether a row counts in it, for rates and regressions alike: the seed
    outcome_rules, read as the variable `unknown_outcomes` has it. The first condition that holds decides; a row of which
    none holds counts. A proportion has no value that could stand for no.
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
            when row_fate = 'unknown' and measure <> 'proportion_of_sessions_attended' then 'counted_as_no'
            else row_fate
        end as row_fate
        {%- else -%}
        row_fate
        {%- endif %}
    from outcome_rules

)

select * from apply_reading
