{{ config(materialized='table') }}
{#
    One row per version, entity, file, provider, month and rule that refuses (null: kept): rows of submissions that are
    used, and of none.
#}
with unite_entities as (

    {%- for entity in counted_entities() %}
    select
        '{{ entity }}' as entity,
        mds_version,
        source_file,
        provider_code,
        reporting_month,
        refusal
    from {{ ref('int_checked_' ~ entity) }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

),

count_rows as (

    select
        entity,
        mds_version,
        source_file,
        provider_code,
        reporting_month,
        refusal,
        count(*) as row_count
    from unite_entities
    group by entity, mds_version, source_file, provider_code, reporting_month, refusal

)

select * from count_rows
