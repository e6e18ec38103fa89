{#
    One row per discharge year, commissioner, ethnic category (null: none valid) and measure: how many of how many.
    Source of the rule: docs/rules.md, 22; recovery and reliable recovery out of finished courses less those not at
    caseness at the start, the others out of all finished courses, with or without a pair of scores.
#}
with episodes as (

    select * from {{ ref('fct_episodes') }}

),

count_episodes as (

    select
        discharge_financial_year as financial_year,
        commissioner_code,
        ethnic_category_code,
        count(*) as finished_count,
        count(*) filter (where is_at_caseness is distinct from false) as finished_less_not_at_caseness_count,
        count(*) filter (where is_recovered) as recovery,
        count(*) filter (where is_reliably_recovered) as reliable_recovery,
        count(*) filter (where is_reliably_improved) as reliable_improvement,
        count(*) filter (where is_reliably_deteriorated) as reliable_deterioration,
        count(*) filter (where is_dropped_out) as dropout
    from episodes
    group by all

),

list_measures as (

    unpivot count_episodes
    on recovery, reliable_recovery, reliable_improvement, reliable_deterioration, dropout
    into name measure value numerator_count

),

choose_denominator as (

    select
        list_measures.financial_year,
        list_measures.commissioner_code,
        list_measures.ethnic_category_code,
        list_measures.measure,
        list_measures.numerator_count,
        if(
            outcome_measures.is_out_of_caseness,
            list_measures.finished_less_not_at_caseness_count,
            list_measures.finished_count
        ) as denominator_count
    from list_measures
    inner join {{ ref('outcome_measures') }} as outcome_measures
        on list_measures.measure = outcome_measures.measure

)

select * from choose_denominator
