{# One row per care activity and submission. Source of the rule: IDS202. #}
with source as (

    select * from {{ source('mds_v2_1', 'IDS202CareActivity') }}

),

rename_columns as (

    select
        uniquesubmissionid as submission_id,
        {{ text_hash('careactid', 'uniquesubmissionid') }} as care_activity_key,
        {{ text_hash('carecontactid', 'uniquesubmissionid') }} as care_contact_key,
        {{ clean_code('codeprocandprocstatus') }} as procedure_code
    from source

)

select * from rename_columns
