{#
    One row per referral and submission: its centrally derived fields. Source of the rule: IDS101. Flags come as true or
    nothing, and a file may lack any of the fields: what nothing means is said where they are used.
#}
with source as (

    select * from {{ source('mds_v2', 'IDS101Referral') }}

),

rename_columns as (

    select
        source.mds_version,
        source.uniquesubmissionid as submission_id,
        source.servicerequestid as service_request_id,
        {{ local_key('source.localpatientid') }} as patient_key,
        source.assessment_firstdate as first_assessment_date,
        source.therapysession_firstdate as first_treatment_date,
        source.therapysession_seconddate as second_treatment_date,
        source.therapysession_lastdate as last_treatment_date,
        source.carecontact_count as care_contact_count,
        source.treatmentcarecontact_count as treatment_contact_count,
        source.completedtreatment_flag as is_finished_course,
        cast(source.phq9_firstscore as decimal(9, 4)) as phq9_first,
        cast(source.phq9_lastscore as decimal(9, 4)) as phq9_last,
        cast(source.gad_firstscore as decimal(9, 4)) as gad7_first,
        cast(source.gad_lastscore as decimal(9, 4)) as gad7_last,
        {{ clean_code('source.adsm') }} as anxiety_measure_token,
        cast(source.adsm_firstscore as decimal(9, 4)) as anxiety_first,
        cast(source.adsm_lastscore as decimal(9, 4)) as anxiety_last,
        source.caseness_flag as is_caseness_flagged,
        source.notcaseness_flag as is_not_caseness_flagged,
        source.recovery_flag as is_recovered,
        source.reliableimprovement_flag as is_reliably_improved,
        source.reliabledeterioration_flag as is_reliably_deteriorated,
        source.source_file,
        source.source_row
    from source

)

select * from rename_columns
