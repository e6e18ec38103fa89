{#
    One row per analysis, outcome, model and ethnic group: how the contrast with White British moves from one year to the
    next, on a straight line through all years. Below zero the odds fall behind those of White British.
    Source of the rule: report sections 3.4.1 to 3.4.4 (changes over time); joint tests stand in gap_change_tests.
#}
with regressions as (

    select * from {{ ref('py_regressions') }}

),

level_labels as (

    select * from {{ ref('int_level_labels') }}

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
        unpack_changes.*,
        level_labels.level_label,
        exp(unpack_changes.change_per_year) as odds_ratio_factor,
        exp(unpack_changes.confidence_low) as odds_ratio_factor_low,
        exp(unpack_changes.confidence_high) as odds_ratio_factor_high
    from unpack_changes
    left join level_labels
        on unpack_changes.level = level_labels.ethnic_category_code

)

select * from label_levels
