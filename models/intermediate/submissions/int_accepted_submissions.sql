{# One row per provider and reporting month: the submission that the marts use. #}
with submissions as (

    select * from {{ ref('int_submissions') }}

),

keep_accepted as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        submission_window,
        created_at
    from submissions
    where is_accepted

)

select * from keep_accepted
