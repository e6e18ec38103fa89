{# One row per count of records that is published of a provider's month: all, and by how ethnicity is recorded. #}
with recording as (

    select * from {{ ref('int_publication_recording') }}

),

unite_counts as (

    select
        figure_name || '.status' as cell_id,
        record_name || '.record' as denominator_cell_id,
        status_count as true_count,
        provider_code as area_code,
        financial_year,
        period,
        'ethnicity_recording_status' as characteristic,
        ethnicity_recording_status as characteristic_value
    from recording
    union all
    select distinct
        record_name || '.record' as cell_id,
        cast(null as varchar) as denominator_cell_id,
        record_count as true_count,
        provider_code as area_code,
        financial_year,
        period,
        'all' as characteristic,
        'all' as characteristic_value
    from recording

),

add_keys as (

    select
        *,
        'recording' as block,
        'month' as period_kind,
        'provider' as area_level,
        'total' as ethnic_classification,
        '{{ var("all_ethnic_groups") }}' as ethnic_group
    from unite_counts

)

select * from add_keys
