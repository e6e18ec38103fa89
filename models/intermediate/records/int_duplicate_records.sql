{{ config(materialized='table') }}
{#
    One row per entity and repeated key: the first row of the submission that has it, by file and row; it stays.
    Entities without a repeated key are not read again.
#}
{%- set found = [] if execute else entities_with_keys() %}
{%- if execute and load_relation(ref('int_repeated_keys')) %}
    {%- for row in run_query('select distinct entity from ' ~ ref('int_repeated_keys') ~ ' order by entity').rows %}
        {%- do found.append(row[0]) %}
    {%- endfor %}
{%- endif %}
with repeated_keys as (

    select * from {{ ref('int_repeated_keys') }}

),

find_first as (
    {% for entity in entities_with_keys() if entity in found %}
    select
        '{{ entity }}' as entity,
        {{ record_key(entity) }} as record_key,
        min({'source_file': staged.source_file, 'source_row': staged.source_row}) as first_row
    from (
        {{ valid_records(entity, is_whole=true) }}
    ) as staged
    semi join repeated_keys
        on {{ key_group(entity).key }} = repeated_keys.group_key and repeated_keys.entity = '{{ entity }}'
    group by all
    having count(*) > 1
    union all
    {%- endfor %}
    select
        entity,
        group_key as record_key,
        cast(null as struct(source_file varchar, source_row bigint)) as first_row
    from repeated_keys
    where false

),

name_first_rows as (

    select
        find_first.entity,
        find_first.record_key,
        find_first.first_row.source_file,
        find_first.first_row.source_row
    from find_first

)

select * from name_first_rows
