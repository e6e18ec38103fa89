{# One row per disability of a patient and submission. Source of the rule: IDS007. #}
{% macro stage_v2_disabilities(source_name) -%}
{{ config(tags=['quality']) }}
with source as (

    select * from {{ source(source_name, 'IDS007DisabilityType') }}

),

rename_columns as (

    select
        uniquesubmissionid as submission_id,
        {{ local_key('localpatientid') }} as patient_key,
        {{ clean_padded_code('disabcode') }} as disability_code,
        source_file,
        source_row
    from source

)

select * from rename_columns
{%- endmacro %}
