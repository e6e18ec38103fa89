{#
    One row per measure, period, area, ethnic classification, ethnic group, characteristic and its value: the rate as it
    may leave, and its gap to White British people of the same period, area and characteristic.
    Source of the rule: the gap and its interval (macro joined_interval) are made of the rates and intervals that are
    published, so that they tell nothing more.
#}
with figures as (

    select * from {{ ref('int_publication_rate_figures') }}

),

groups as (

    select distinct
        ethnic_classification,
        ethnic_group,
        is_reference_included
    from {{ ref('int_ethnic_classifications') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

statuses as (

    select * from {{ ref('figure_statuses') }}

),

pick_reference as (

    select figures.*
    from figures
    inner join ethnic_categories
        on figures.ethnic_group = ethnic_categories.ethnic_group and ethnic_categories.is_reference_group
    where figures.ethnic_classification = 'minoritised'

),

find_difference_statuses as (

    select
        figures.*,
        pick_reference.rate as reference_rate,
        pick_reference.rate_low as reference_low,
        pick_reference.rate_high as reference_high,
        case
            when groups.is_reference_included then 'not_applicable'
            when figures.figure_status = 'no_data' or pick_reference.figure_status is null then 'no_data'
            when pick_reference.figure_status = 'no_data' then 'no_data'
            else {{ joint_status(['figures.figure_status', 'pick_reference.figure_status']) }}
        end as difference_status
    from figures
    inner join groups
        on
            figures.ethnic_classification = groups.ethnic_classification
            and figures.ethnic_group = groups.ethnic_group
    left join pick_reference
        on
            figures.measure_kind = pick_reference.measure_kind
            and figures.measure = pick_reference.measure
            and figures.financial_year = pick_reference.financial_year
            and figures.period = pick_reference.period
            and figures.area_level = pick_reference.area_level
            and figures.area_code = pick_reference.area_code
            and figures.characteristic = pick_reference.characteristic
            and figures.characteristic_value = pick_reference.characteristic_value

),

measure_gaps as (

    select
        found.measure_kind,
        found.measure,
        found.financial_year,
        found.period_kind,
        found.period,
        found.area_level,
        found.area_code,
        found.area_name,
        found.ethnic_classification,
        found.ethnic_group,
        found.characteristic,
        found.characteristic_value,
        found.numerator_count,
        found.numerator_status,
        found.denominator_count,
        found.denominator_status,
        found.rate,
        found.rate_low,
        found.rate_high,
        case when found.difference_status = 'shown' then found.rate - found.reference_rate end
            as difference_to_white_british,
        case
            when found.difference_status = 'shown'
                then {{ joined_interval_low(
                    'found.rate', 'found.rate_low', 'found.reference_rate', 'found.reference_high'
                ) }}
        end as difference_low,
        case
            when found.difference_status = 'shown'
                then {{ joined_interval_high(
                    'found.rate', 'found.rate_high', 'found.reference_rate', 'found.reference_low'
                ) }}
        end as difference_high,
        found.difference_status,
        found.figure_status,
        coalesce(statuses.figure_marker, '') as figure_marker,
        found.is_complete
    from find_difference_statuses as found
    inner join statuses
        on found.figure_status = statuses.figure_status

)

select * from measure_gaps
