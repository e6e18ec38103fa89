{#
    One row per row of the questionnaires of version 1.5, which hang on a person and have no records of their own: the
    submission they came in, for the accounting.
#}
with questionnaire_rows as (

    select * from {{ ref('stg_v1_5__questionnaire_rows') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}
    where mds_version = 'v1_5'

),

find_submissions as (

    select
        questionnaire_rows.mds_version,
        questionnaire_rows.entity,
        questionnaire_rows.source_file,
        questionnaire_rows.source_row,
        submissions.provider_code,
        submissions.reporting_month,
        submissions.is_accepted
    from questionnaire_rows
    left join submissions
        on questionnaire_rows.submission_id = submissions.submission_id

)

select * from find_submissions
