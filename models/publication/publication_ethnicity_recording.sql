{{ config(alias='ethnicity_recording') }}
{#
    One row per provider, reporting month and way in which ethnicity is recorded: records, and their share of all of the
    month, as it may leave.
#}
with recording as (

    select * from {{ ref('int_publication_recording') }}

),

protected_counts as (

    select * from {{ ref('protected_counts') }}

),

statuses as (

    select * from {{ ref('figure_statuses') }}

),

join_counts as (

    select
        recording.* exclude (record_count, status_count),
        status_counts.published_count as status_count,
        status_counts.status as status_count_status,
        record_counts.published_count as record_count,
        record_counts.status as record_count_status,
        {{ published_share('recording.status_count', 'recording.record_count') }} as true_share,
        case
            when record_counts.published_count = 0 then 'no_data'
            when status_counts.published_count = 0 then 'suppressed_small_number'
            else {{ joint_status(['status_counts.status', 'record_counts.status']) }}
        end as figure_status
    from recording
    inner join protected_counts as status_counts
        on recording.figure_name || '.status' = status_counts.cell_id
    inner join protected_counts as record_counts
        on recording.record_name || '.record' = record_counts.cell_id

),

show_shares as (

    select
        found.provider_code,
        found.financial_year,
        found.period,
        found.ethnicity_recording_status,
        found.status_count,
        found.status_count_status,
        found.record_count,
        found.record_count_status,
        case when found.figure_status = 'shown' then found.true_share end as status_share,
        found.figure_status,
        coalesce(statuses.figure_marker, '') as figure_marker
    from join_counts as found
    inner join statuses
        on found.figure_status = statuses.figure_status

)

select * from show_shares
