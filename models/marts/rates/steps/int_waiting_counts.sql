{{ config(materialized='table') }}
{#
    One row per month sent, area, ethnic classification, ethnic group and measure: how many referrals wait at its end, and
    how many have waited for long. Areas and groups are those of rates by month (int_rate_counts).
#}
with changes as (

    select * from {{ ref('int_waiting_changes') }}

),

areas as (

    select * from {{ ref('int_areas') }}
    where area_level in ({{ crossed_area_levels() }})

),

classifications as (

    select * from {{ ref('int_ethnic_classifications') }}

),

months as (

    select distinct reporting_month
    from {{ ref('int_accepted_submissions') }}

),

sum_by_area as (

    select
        areas.area_level,
        areas.area_code,
        areas.area_name,
        changes.ethnicity_key,
        changes.measure,
        changes.change_month,
        sum(changes.waiting_change) as waiting_change,
        sum(changes.long_waiting_change) as long_waiting_change
    from changes
    inner join areas
        on
            changes.provider_code = areas.provider_code
            and changes.commissioner_code is not distinct from areas.commissioner_code
    group by all

),

sum_by_group as (

    select
        sum_by_area.area_level,
        sum_by_area.area_code,
        sum_by_area.area_name,
        classifications.ethnic_classification,
        classifications.ethnic_group,
        classifications.is_reference_included,
        sum_by_area.measure,
        sum_by_area.change_month,
        sum(sum_by_area.waiting_change) as waiting_change,
        sum(sum_by_area.long_waiting_change) as long_waiting_change
    from sum_by_area
    inner join classifications
        on
            sum_by_area.ethnicity_key = classifications.ethnicity_key
            and {{ groups_in_area('sum_by_area') }}
    group by all

),

list_cells as (

    select distinct * exclude (change_month, waiting_change, long_waiting_change)
    from sum_by_group

),

-- Months without a change have a row as well.
list_months as (

    select
        list_cells.*,
        months.reporting_month as change_month,
        0 as waiting_change,
        0 as long_waiting_change
    from list_cells
    cross join months
    union all by name
    select * from sum_by_group

),

sum_by_month as (

    select
        * exclude (waiting_change, long_waiting_change),
        sum(waiting_change) as waiting_change,
        sum(long_waiting_change) as long_waiting_change
    from list_months
    group by all

),

add_up_changes as (

    select
        * exclude (waiting_change, long_waiting_change),
        sum(waiting_change) over until_month as waiting_count,
        sum(long_waiting_change) over until_month as long_waiting_count
    from sum_by_month
    window until_month as (
        partition by area_level, area_code, ethnic_classification, ethnic_group, measure
        order by change_month
    )

),

keep_months_sent as (

    select
        add_up_changes.* exclude (waiting_count, long_waiting_count),
        cast(add_up_changes.waiting_count as bigint) as waiting_count,
        cast(add_up_changes.long_waiting_count as bigint) as long_waiting_count
    from add_up_changes
    semi join months
        on add_up_changes.change_month = months.reporting_month
    where add_up_changes.waiting_count > 0

)

select * from keep_months_sent
