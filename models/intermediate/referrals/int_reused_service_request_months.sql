{{ config(materialized='table') }}
{#
    One row per month in which a patient held a service request identifier that others held too; none otherwise.
    Source of the rule: docs/rules.md, 24; contacts name the identifier alone, so the month must tell whose they are.
    A patient holds it from the first month sent to the last; where two overlap, the later holder has the month.
#}
with service_requests as (

    select * from {{ ref('int_service_request_records') }}

),

list_months as (

    select
        request_key,
        service_request_key,
        holder_number,
        first_reporting_month,
        cast(unnest(generate_series(first_reporting_month, reporting_month, interval 1 month)) as date) as held_month
    from service_requests
    where holder_number is not null

),

give_month_to_one as (

    select
        request_key,
        held_month
    from list_months
    qualify
        row_number() over (
            partition by service_request_key, held_month
            order by holder_number desc, first_reporting_month desc, request_key desc
        ) = 1

)

select * from give_month_to_one
