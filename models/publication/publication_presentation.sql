{{ config(alias='presentation') }}
{#
    One row per sample, year, area, ethnic classification, ethnic group, characteristic and category: who is referred, who
    accesses and who has a course of treatment, as it may leave.
    Source of the rule: a share is whole per cent and shown where both counts are; a mean has one decimal and is shown where
    the number of values behind it is (NHS Talking Therapies, Suppressed_Averages).
#}
with presentation as (

    select * from {{ ref('int_publication_presentation') }}

),

protected_counts as (

    select * from {{ ref('protected_counts') }}

),

statuses as (

    select * from {{ ref('figure_statuses') }}

),

join_counts as (

    select
        presentation.* exclude (known_count, category_count),
        known_counts.published_count as known_count,
        known_counts.status as known_status,
        category_counts.published_count as category_count,
        coalesce(category_counts.status, 'not_applicable') as category_status,
        {{ published_share('presentation.category_count', 'presentation.known_count') }} as true_share,
        {{ wilson_interval_low('category_counts.published_count', 'known_counts.published_count') }} as low_share,
        {{ wilson_interval_high('category_counts.published_count', 'known_counts.published_count') }} as high_share,
        presentation.area_level = 'national' and {{ profile_value('is_england_exact') }} as is_exact
    from presentation
    inner join protected_counts as known_counts
        on presentation.known_name || '.known' = known_counts.cell_id
    left join protected_counts as category_counts
        on presentation.figure_name || '.category' = category_counts.cell_id

),

find_statuses as (

    select
        *,
        case
            when known_count = 0 then 'no_data'
            when category_count = 0 and not is_exact then 'suppressed_small_number'
            else {{ joint_status(['category_status', 'known_status']) }}
        end as figure_status
    from join_counts

),

show_figures as (

    select
        found.sample,
        found.period,
        found.area_level,
        found.area_code,
        found.area_name,
        found.ethnic_classification,
        found.ethnic_group,
        found.characteristic,
        found.category,
        found.statistic,
        found.unit,
        found.known_count,
        found.known_status,
        found.category_count,
        found.category_status,
        case
            when found.figure_status <> 'shown' then null
            when found.statistic = 'share' then found.true_share
            else round(found.figure, 1)
        end as figure,
        case
            when found.figure_status <> 'shown' then null
            when found.statistic = 'share'
                then least({{ published_share_end('found.low_share', 'low') }}, found.true_share)
            else round(found.figure_low, 1)
        end as figure_low,
        case
            when found.figure_status <> 'shown' then null
            when found.statistic = 'share'
                then greatest({{ published_share_end('found.high_share', 'high') }}, found.true_share)
            else round(found.figure_high, 1)
        end as figure_high,
        found.figure_status,
        coalesce(statuses.figure_marker, '') as figure_marker,
        found.is_complete
    from find_statuses as found
    inner join statuses
        on found.figure_status = statuses.figure_status

)

select * from show_figures
