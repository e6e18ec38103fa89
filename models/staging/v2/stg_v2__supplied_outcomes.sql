{#
    One row per referral and submission that carries centrally derived fields. Source of the rule: IDS101. Flags come as
    true or nothing; in a row with counts, nothing is false.
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
        coalesce(source.completedtreatment_flag, false) as is_finished_course,
        cast(source.phq9_firstscore as decimal(9, 4)) as phq9_first,
        cast(source.phq9_lastscore as decimal(9, 4)) as phq9_last,
        cast(source.gad_firstscore as decimal(9, 4)) as gad7_first,
        cast(source.gad_lastscore as decimal(9, 4)) as gad7_last,
        {{ clean_code('source.adsm') }} as anxiety_measure_token,
        cast(source.adsm_firstscore as decimal(9, 4)) as anxiety_first,
        cast(source.adsm_lastscore as decimal(9, 4)) as anxiety_last,
        case when source.caseness_flag then true when source.notcaseness_flag then false end as is_at_caseness,
        coalesce(source.recovery_flag, false) as is_recovered,
        coalesce(source.reliableimprovement_flag, false) as is_reliably_improved,
        coalesce(source.reliabledeterioration_flag, false) as is_reliably_deteriorated,
        source.source_file,
        source.source_row
    from source
    where source.treatmentcarecontact_count is not null

)

select * from rename_columns
