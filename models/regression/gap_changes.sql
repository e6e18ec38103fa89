{#
    One row per analysis, outcome, model and ethnic group: how the contrast with White British moves from one year to the
    next, on a straight line through all years. Below zero the odds fall behind those of White British.
    Source of the rule: report sections 3.4.1 to 3.4.4 (changes over time); joint tests stand in gap_change_tests.
#}
with regressions as (

    select * from {{ ref('py_regressions') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

unpack_changes as (

    select
        analysis,
        outcome,
        model,
        unnest(year_changes, recursive := true)  -- noqa: AL03
    from regressions

),

label_levels as (

    select
        unpack_changes.analysis,
        unpack_changes.outcome,
        unpack_changes.model,
        unpack_changes.level,
        ethnic_categories.ethnic_group as level_label,
        unpack_changes.reference_level,
        unpack_changes.estimate as change_per_year,
        unpack_changes.standard_error,
        unpack_changes.confidence_low,
        unpack_changes.confidence_high,
        exp(unpack_changes.estimate) as odds_ratio_factor,
        exp(unpack_changes.confidence_low) as odds_ratio_factor_low,
        exp(unpack_changes.confidence_high) as odds_ratio_factor_high,
        unpack_changes.p_value,
        unpack_changes.p_value_holm,
        unpack_changes.estimate_status,
        unpack_changes.level_observation_count,
        unpack_changes.level_event_count
    from unpack_changes
    left join ethnic_categories
        on unpack_changes.level = ethnic_categories.ethnic_category_code

)

select * from label_levels
