{#
    One row per referral and submission: its centrally derived fields (IC_*). Source of the rule: Referral. Flags come as Y
    or nothing, and a file may lack any of the fields: what nothing means is said where they are used.
#}
with source as (

    select * from {{ source('mds_v1_5', 'Referral') }}

),

files as (

    select * from {{ ref('base_v1_5__files') }}

),

rename_columns as (

    select
        'v1_5' as mds_version,
        files.submission_id,
        source.pserviceid as service_request_id,
        {{ local_key('source.iapt_person_id', "'v1_5'") }} as patient_key,
        source.ic_date_first_assessment as first_assessment_date,
        source.ic_date_first_therapeutic_session as first_treatment_date,
        source.ic_date_second_therapeutic_session as second_treatment_date,
        source.ic_date_last_therapeutic_session as last_treatment_date,
        source.ic_count_appointments as care_contact_count,
        source.ic_count_treatment_appointments as treatment_contact_count,
        source.ic_completed_treatment_flag as is_finished_course,
        cast(source.ic_first_phq9 as decimal(9, 4)) as phq9_first,
        cast(source.ic_last_phq9 as decimal(9, 4)) as phq9_last,
        cast(source.ic_first_gad7 as decimal(9, 4)) as gad7_first,
        cast(source.ic_last_gad7 as decimal(9, 4)) as gad7_last,
        {{ clean_code('source.ic_adsm') }} as anxiety_measure_token,
        cast(source.ic_first_adsm_score as decimal(9, 4)) as anxiety_first,
        cast(source.ic_last_adsm_score as decimal(9, 4)) as anxiety_last,
        source.ic_caseness_flag as is_caseness_flagged,
        source.ic_not_caseness_flag as is_not_caseness_flagged,
        source.ic_recovery_flag as is_recovered,
        source.ic_reliable_improv_flag as is_reliably_improved,
        source.ic_reliable_deter_flag as is_reliably_deteriorated,
        source.source_file,
        source.source_row
    from source
    left join files
        on {{ text_hash('source.iapt_record_number') }} = files.record_key

)

select * from rename_columns
