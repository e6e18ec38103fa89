{{ config(tags=['quality']) }}
{# One row per row of the experience questionnaires, for the accounting. Source of the rule: Treatments, Assessments. #}
with treatments as (

    select
        'treatments' as entity,
        iapt_record_number,
        source_file,
        source_row
    from {{ source('mds_v1_5', 'Treatments') }}

),

assessments as (

    select
        'assessments' as entity,
        iapt_record_number,
        source_file,
        source_row
    from {{ source('mds_v1_5', 'Assessments') }}

),

files as (

    select * from {{ ref('base_v1_5__files') }}

),

unite_questionnaires as (

    select * from treatments
    union all
    select * from assessments

),

find_submissions as (

    select
        'v1_5' as mds_version,
        unite_questionnaires.entity,
        files.submission_id,
        unite_questionnaires.source_file,
        unite_questionnaires.source_row
    from unite_questionnaires
    left join files
        on {{ text_hash('unite_questionnaires.iapt_record_number') }} = files.record_key

)

select * from find_submissions
