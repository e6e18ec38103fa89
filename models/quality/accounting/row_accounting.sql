{#
    One row per version, table and file: rows read, and what became of them; each column is counted on its own.
    Source of the rule: nothing lost, so that rows read = rows kept + superseded + quarantined.
#}
with input_files as (

    select * from {{ ref('stg_input_files__files') }}

),

entity_tables as (

    select * from {{ ref('entity_tables') }}

),

kept as (

    select * from {{ ref('int_kept_row_counts') }}

),

superseded as (

    select * from {{ ref('int_superseded_row_counts') }}

),

quarantine as (

    select * from {{ ref('quarantine') }}

),

unite_counts as (

    select
        mds_version,
        source_table,
        source_file,
        row_count as read_count,
        0 as kept_count,
        0 as superseded_count,
        0 as quarantined_count
    from input_files
    union all
    select
        kept.mds_version,
        entity_tables.source_table,
        kept.source_file,
        0 as read_count,
        kept.row_count as kept_count,
        0 as superseded_count,
        0 as quarantined_count
    from kept
    inner join entity_tables
        on
            kept.mds_version = entity_tables.mds_version
            and kept.entity = entity_tables.entity
    union all
    select
        superseded.mds_version,
        entity_tables.source_table,
        superseded.source_file,
        0 as read_count,
        0 as kept_count,
        superseded.row_count as superseded_count,
        0 as quarantined_count
    from superseded
    inner join entity_tables
        on
            superseded.mds_version = entity_tables.mds_version
            and superseded.entity = entity_tables.entity
    union all
    select
        mds_version,
        source_table,
        source_file,
        0 as read_count,
        0 as kept_count,
        0 as superseded_count,
        count(*) as quarantined_count
    from quarantine
    group by mds_version, source_table, source_file

),

add_counts as (

    select
        mds_version,
        source_table,
        source_file,
        cast(sum(read_count) as bigint) as read_count,
        cast(sum(kept_count) as bigint) as kept_count,
        cast(sum(superseded_count) as bigint) as superseded_count,
        cast(sum(quarantined_count) as bigint) as quarantined_count
    from unite_counts
    group by mds_version, source_table, source_file

)

select * from add_counts
