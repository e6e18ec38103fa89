{#
    One row per sample, period, area, ethnic classification, ethnic group, characteristic and category: the mean or share,
    with its interval. Source of the rule: macros mean_interval (Student) and wilson_interval.
#}
with cells as (

    select * from {{ ref('int_presentation_cells') }}

),

characteristics as (

    select * from {{ ref('presentation_characteristics') }}

),

measure_figures as (

    select
        cells.*,
        characteristics.statistic,
        characteristics.unit,
        case characteristics.statistic
            when 'mean' then cells.value_sum / nullif(cells.known_count, 0)
            else {{ rate('cells.category_count', 'cells.known_count') }}
        end as figure,
        {{ standard_deviation('cells.known_count', 'cells.value_sum', 'cells.square_sum') }} as standard_deviation
    from cells
    inner join characteristics
        on cells.characteristic = characteristics.characteristic

),

bound_figures as (

    select
        *,
        case statistic
            when 'mean' then {{ mean_interval_low('known_count', 'figure', 'standard_deviation') }}
            else {{ wilson_interval_low('category_count', 'known_count') }}
        end as figure_low,
        case statistic
            when 'mean' then {{ mean_interval_high('known_count', 'figure', 'standard_deviation') }}
            else {{ wilson_interval_high('category_count', 'known_count') }}
        end as figure_high
    from measure_figures

)

select * from bound_figures
