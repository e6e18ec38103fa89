{#
    One row per discharge year, provider, commissioner, ethnic category (null: none valid) and measure: how many of how
    many, and how many more are left out. Source of the rule: docs/rules.md, 22; which rows count: seed outcome_rules.
#}
with episodes as (

    select * from {{ ref('fct_episodes') }}

),

outcome_rules as (

    select * from {{ ref('int_outcome_rules') }}

),

outcome_measures as (

    select * from {{ ref('outcome_measures') }}
    where source_model = 'fct_episodes'

),

count_alike as (

    select
        discharge_financial_year as financial_year,
        provider_code,
        commissioner_code,
        ethnic_category_code,
        is_received_in_window,
        is_at_caseness,
        is_paired,
        has_mixed_reliable_change,
        is_recovered,
        is_reliably_recovered,
        is_reliably_improved,
        is_reliably_deteriorated,
        is_dropped_out,
        count(*) as episode_count
    from episodes
    group by all

),

find_fates as (

    select
        count_alike.*,
        outcome_measures.measure_kind,
        outcome_measures.measure,
        case outcome_measures.measure
            when 'recovery' then count_alike.is_recovered
            when 'reliable_recovery' then count_alike.is_reliably_recovered
            when 'reliable_improvement' then count_alike.is_reliably_improved
            when 'reliable_deterioration' then count_alike.is_reliably_deteriorated
            when 'dropout' then count_alike.is_dropped_out
        end as has_outcome,
        min_by(outcome_rules.row_fate, outcome_rules.rule_order) as row_fate
    from count_alike
    cross join outcome_measures
    left join outcome_rules
        on
            outcome_measures.measure = outcome_rules.measure
            and outcome_rules.column_value is not distinct from case outcome_rules.column_name
                when 'is_received_in_window' then count_alike.is_received_in_window
                when 'is_at_caseness' then count_alike.is_at_caseness
                when 'is_paired' then count_alike.is_paired
                when 'has_mixed_reliable_change' then count_alike.has_mixed_reliable_change
                when 'is_dropped_out' then count_alike.is_dropped_out
            end
    group by all

),

add_up_fates as (

    select
        financial_year,
        provider_code,
        commissioner_code,
        ethnic_category_code,
        measure_kind,
        measure,
        {{ count_by_fate('episode_count') }}
    from find_fates
    group by all

)

select * from add_up_fates
