{{ config(materialized='table') }}
{#
    One row per person and file: the submission that a record number belongs to, and the age at the start of its month.
    Source of the rule: a record number is a person and provider within one month's file (NCDR definitions), so it
    leads the other tables to the submission. Repeated rows of a person in a file do not repeat what hangs on them.
#}
with people as (

    select * from {{ source('mds_v1_5', 'Person') }}

),

submissions as (

    select * from {{ ref('stg_v1_5__submissions') }}

),

find_submissions as (

    select
        {{ text_hash('iapt_record_number') }} as record_key,
        {{ v1_5_submission_id("min(nullif(trim(header_id), ''))") }} as submission_id,
        min(age_start_reporting_period) as age_at_month_start
    from people
    where iapt_record_number is not null
    group by iapt_record_number

),

add_months as (

    select
        find_submissions.*,
        submissions.reporting_month
    from find_submissions
    left join submissions
        on find_submissions.submission_id = submissions.submission_id

)

select * from add_months
