{#
    One row per analysis, outcome and ethnic group: what ten percentage points more of the own group in the area go with,
    in each group, and how far that lies from White British; and what one standard deviation of the group goes with, since
    small groups nowhere live among ten points more or less.
    Source of the rule: the seed regression_added_terms (is_also_by_group); report, appendix 1.7; the standard deviation as
    a step is ours.
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

take_deviations_as_steps as (

    select
        * rename (slope_estimator as estimator),
        slope * level_deviation / unit as deviation_slope,
        standard_error * level_deviation / unit as deviation_standard_error,
        confidence_low * level_deviation / unit as deviation_low,
        confidence_high * level_deviation / unit as deviation_high
    from unpack_slopes

),

label_levels as (

    select
        slopes.*,
        level_labels.level_label,
        cast(cast(100 * slopes.level_deviation as decimal(5, 2)) as varchar) || ' percentage points' as deviation_label,
        {{ odds_ratio('slopes', 'deviation_slope') }} as odds_ratio,
        {{ odds_ratio('slopes', 'deviation_low') }} as odds_ratio_low,
        {{ odds_ratio('slopes', 'deviation_high') }} as odds_ratio_high
    from take_deviations_as_steps as slopes
    left join level_labels
        on slopes.level = level_labels.ethnic_category_code

)

select * from label_levels
