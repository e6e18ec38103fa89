{{ config(materialized='table') }}
{#
    One row per episode with a presenting complaint: the problem descriptor that counts.
    Source of the rule: M203: primary before secondary before any other, over the months; then that of the latest month,
    the latest recorded, where a day after the month that reports it is none, and the one with the highest identifier.
#}
with presenting_complaints as (

    select * from {{ ref('int_records_presenting_complaints') }}

),

periods as (

    select * from {{ ref('int_service_request_periods') }}

),

courses as (

    select * from {{ ref('int_courses_of_treatment') }}
    where is_finished_course

),

coding_significance_codes as (

    select * from {{ ref('coding_significance_codes') }}

),

-- A complaint without a day or an identifier comes before any that has one.
fill_blanks as (

    select
        * replace (
            case
                when recorded_date <= last_day(reporting_month) then recorded_date else date '0001-01-01'
            end as recorded_date,
            coalesce(complaint_id, '') as complaint_id
        )
    from presenting_complaints

),

choose_descriptor as (

    select
        periods.referral_key,
        max_by(
            complaints.problem_code,
            (
                case
                    when coding_significance_codes.is_primary then 2
                    when coding_significance_codes.coding_significance_code is not null then 1
                    else 0
                end,
                complaints.reporting_month,
                complaints.recorded_date,
                {{ identifier_order('complaints.complaint_id') }},
                complaints.problem_code
            )
        ) as problem_code
    from fill_blanks as complaints
    inner join periods
        on
            complaints.service_request_key = periods.service_request_key
            and coalesce(periods.held_month, complaints.reporting_month)
            = complaints.reporting_month
    inner join courses
        on periods.referral_key = courses.referral_key
    left join coding_significance_codes
        on complaints.coding_significance_code = coding_significance_codes.coding_significance_code
    group by periods.referral_key

)

select * from choose_descriptor
