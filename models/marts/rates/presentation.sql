{#
    One row per sample, period, area, ethnic classification, ethnic group, characteristic and category: who is referred,
    who accesses and who has a course of treatment, and how the group differs from White British.
    Source of the rule: report, section 3.5 and Appendices 1.3 and 1.4; the interval of a gap joins those of both figures
    (macro joined_interval); macro standardised_difference. No interval and no standardised difference for a group that
    White British people are part of.
#}
with figures as (

    select * from {{ ref('int_presentation_figures') }}

),

pick_reference as (

    select * from figures
    where ethnic_classification = 'minoritised' and is_reference_included

),

compare_with_reference as (

    select
        figures.sample,
        figures.period_kind,
        figures.period,
        figures.is_complete,
        figures.area_level,
        figures.area_code,
        figures.area_name,
        figures.ethnic_classification,
        figures.ethnic_group,
        figures.characteristic,
        figures.category,
        figures.statistic,
        figures.unit,
        figures.known_count,
        figures.missing_count,
        figures.category_count,
        figures.figure,
        figures.figure_low,
        figures.figure_high,
        figures.standard_deviation,
        figures.figure - pick_reference.figure as difference_to_white_british,
        case
            when not figures.is_reference_included
                then {{ joined_interval_low(
                    'figures.figure', 'figures.figure_low', 'pick_reference.figure', 'pick_reference.figure_high'
                ) }}
        end as difference_low,
        case
            when not figures.is_reference_included
                then {{ joined_interval_high(
                    'figures.figure', 'figures.figure_high', 'pick_reference.figure', 'pick_reference.figure_low'
                ) }}
        end as difference_high,
        case
            when figures.is_reference_included then null
            when figures.statistic = 'mean'
                then {{ standardised_difference_of_means('figures', 'pick_reference') }}
            else {{ standardised_difference_of_shares('figures.figure', 'pick_reference.figure') }}
        end as standardised_difference,
        figures.outside_window_count,
        figures.too_recent_count
    from figures
    left join pick_reference
        on
            figures.sample = pick_reference.sample
            and figures.period_kind = pick_reference.period_kind
            and figures.period = pick_reference.period
            and figures.area_level = pick_reference.area_level
            and figures.area_code = pick_reference.area_code
            and figures.characteristic = pick_reference.characteristic
            and figures.category = pick_reference.category

)

select * from compare_with_reference
