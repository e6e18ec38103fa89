{#
One row per finding of the report, measure, group, group compared with, and models: what must be compared to answer it.
Sets of groups, measures and models are spelt out; a name that is no set stands for itself.
Source of the rule: the seeds report_statements and report_statement_sets.
#}
with statements as (

    select * from {{ ref('report_statements') }}

),

sets as (

    select
        set_name,
        member
    from {{ ref('report_statement_sets') }}

),

spell_out_sets as (

    select
        statements.finding_id,
        statements.comparison,
        coalesce(measures.member, statements.measures) as measure,
        coalesce(named_groups.member, statements.groups) as ethnic_group,
        coalesce(comparators.member, statements.comparators) as comparator,
        statements.direction,
        -- None where each year is compared with the year before it.
        cast(nullif(left(statements.baseline, 4), 'prev') as integer) as baseline_start_year,
        cast(left(statements.first_year, 4) as integer) as first_start_year,
        cast(left(statements.last_year, 4) as integer) as last_start_year,
        coalesce(named_models.member, statements.models) as fitted_model,
        statements.baseline_models as baseline_model,
        statements.estimator,
        statements.baseline_estimator,
        statements.term,
        statements.term_level
    from statements
    left join sets as measures
        on statements.measures = measures.set_name
    left join sets as named_groups
        on statements.groups = named_groups.set_name
    left join sets as comparators
        on statements.comparators = comparators.set_name
    left join sets as named_models
        on statements.models = named_models.set_name

)

select * from spell_out_sets
