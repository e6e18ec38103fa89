{#
    One row per analysis, outcome and ethnic group: what ten percentage points more of the own group in the area go with,
    in each group, and how far that lies from White British.
    Source of the rule: the seed regression_added_terms (is_also_by_group); report, appendix 1.7.
#}
with additions as (

    select * from {{ ref('py_regression_additions') }}

),

level_labels as (

    select * from {{ ref('int_level_labels') }}

),

unpack_slopes as (

    select
        analysis,
        outcome,
        unnest(group_slopes, recursive := true)  -- noqa: AL03
    from additions

),

rename_columns as (

    select * rename (slope_estimator as estimator)
    from unpack_slopes

),

label_levels as (

    select
        rename_columns.*,
        level_labels.level_label
    from rename_columns
    left join level_labels
        on rename_columns.level = level_labels.ethnic_category_code

)

select * from label_levels
