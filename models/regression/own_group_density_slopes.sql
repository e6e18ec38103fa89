{#
    One row per analysis, outcome and ethnic group: what ten percentage points more of the own group in the area go with,
    in each group, and how far that lies from White British.
    Source of the rule: the seed regression_added_terms (is_also_by_group); report, appendix 1.7.
#}
with additions as (

    select * from {{ ref('py_regression_additions') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

unpack_slopes as (

    select
        analysis,
        outcome,
        unnest(group_slopes, recursive := true)  -- noqa: AL03
    from additions

),

label_levels as (

    select
        unpack_slopes.* rename (slope_estimator as estimator),
        ethnic_categories.ethnic_group as level_label
    from unpack_slopes
    left join ethnic_categories
        on unpack_slopes.level = ethnic_categories.ethnic_category_code

)

select * from label_levels
