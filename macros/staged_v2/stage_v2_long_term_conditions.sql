{# One row per long-term condition (or its explicit absence), referral and submission. Source of the rule: IDS602. #}
{% macro stage_v2_long_term_conditions(source_name) -%}
with source as (

    select * from {{ source(source_name, 'IDS602LongTermCondition') }}

),

rename_columns as (

    select
        uniquesubmissionid as submission_id,
        {{ blank_to_null('servicerequestid') }} as service_request_id,
        {{ clean_code('longtermcondition') }} as long_term_condition_code,
        source_file,
        source_row
    from source

)

select * from rename_columns
{%- endmacro %}
