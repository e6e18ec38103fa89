{#
    One row per single-level fit after the first and ethnic group: how the contrast changed from the model before.
    Source of the rule: report section 3.6.2 (attenuation from model to model), with an interval.
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
        estimator,
        unnest(coefficient_changes, recursive := true)  -- noqa: AL03
    from regressions

),

label_levels as (

    select
        unpack_changes.*,
        level_labels.level_label
    from unpack_changes
    left join level_labels
        on unpack_changes.level = level_labels.ethnic_category_code

)

select * from label_levels
