{# One row per submission that the last release of the marts was made of. Source: the warehouse file. #}
with source as (

    select * from {{ source('last_release', 'last_used_submissions') }}

),

select_columns as (

    select
        mds_version,
        submission_id,
        provider_code,
        reporting_month,
        content_hash
    from source

)

select * from select_columns
