{#
One row per outcome: share of the variance between commissioners as the report prints it, and what rounds to it.
Source of the rule: report section 3.7, as the seed report_statements has it (comparison clustering).
#}
with statements as (

    select * from {{ ref('report_statements') }}
    where comparison = 'clustering'

),

statement_sets as (

    select * from {{ ref('report_statement_sets') }}

),

list_outcomes as (

    select
        statements.finding_id,
        statements.page,
        statements.source,
        coalesce(statement_sets.member, statements.measures) as outcome,
        statements.printed_low,
        statements.printed_high,
        statements.printed_low - 0.5 * power(10, -statements.printed_low_decimals) as agrees_from,
        statements.printed_high + 0.5 * power(10, -statements.printed_high_decimals) as agrees_to
    from statements
    left join statement_sets
        on statements.measures = statement_sets.set_name

)

select * from list_outcomes
