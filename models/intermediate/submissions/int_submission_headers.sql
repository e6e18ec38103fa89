{#
    One row per row of a header table: the rule that refuses it, if any (seed validation_rules; the first decides).
    Without submission, provider and month a file cannot be placed; a submission that comes twice keeps the header of its
    latest load, by AuditId, then by the day it was received; the first by file and row where neither says.
#}
with headers_v1_5 as (

    select * from {{ ref('stg_v1_5__submissions') }}

),

headers_v2 as (

    select * from {{ ref('stg_v2__submissions') }}

),

unite_versions as (

    select * from headers_v1_5
    union all
    select * from headers_v2

),

number_headers as (

    select
        *,
        row_number() over (
            partition by mds_version, submission_id
            order by audit_id desc nulls last, received_at desc nulls last, source_file asc, source_row asc
        ) as header_number
    from unite_versions

),

check_headers as (

    select
        *,
        case
            when submission_id is null then 'submission_id_blank'
            when provider_code is null then 'provider_code_blank'
            when is_reporting_month_unreadable then 'reporting_month_unreadable'
            when reporting_month is null then 'reporting_month_blank'
            when header_number > 1 then 'submission_id_repeated'
        end as refusal
    from number_headers

)

select * from check_headers
