{{ config(materialized='table') }}
{#
    One row per person and file: the submission that a record number belongs to, and the age at the start of its month.
    Source of the rule: a record number is a person and provider within one month's file (NCDR definitions), so it
    leads the other tables to the submission. Repeated rows of a person in a file do not repeat what hangs on them.
    Where a Refresh gives its people the numbers that they had in its Primary, what hangs on them belongs to the
    Refresh, unless that holds under the share of people at which a file is truncated (seed submission_rules).
#}
with people as (

    select * from {{ source('mds_v1_5', 'Person') }}

),

submissions as (

    select * from {{ ref('stg_v1_5__submissions') }}

),

rules as (

    select rule_value as truncated_row_share from {{ ref('submission_rules') }}
    where rule = 'truncated_row_share'

),

name_submissions as (

    select
        iapt_record_number,
        {{ v1_5_submission_id("nullif(trim(header_id), '')") }} as submission_id,
        age_start_reporting_period
    from people

),

count_people as (

    select
        submission_id,
        count(*) as person_count
    from name_submissions
    group by submission_id

),

-- Of a submission that was loaded twice, the header of the latest load, as int_submission_headers has it.
take_one_header as (

    select
        submissions.submission_id,
        submissions.provider_code,
        submissions.reporting_month,
        submissions.submission_window,
        submissions.received_at,
        coalesce(count_people.person_count, 0) as person_count
    from submissions
    left join count_people
        on submissions.submission_id = count_people.submission_id
    where submissions.submission_id is not null
    qualify
        row_number() over (
            partition by submissions.submission_id
            order by
                submissions.audit_id desc nulls last,
                submissions.received_at desc nulls last,
                submissions.source_file asc,
                submissions.source_row asc
        ) = 1

),

find_primary as (

    select
        *,
        max(person_count)
        filter (where submission_window <> 'refresh')
            over (partition by provider_code, reporting_month) as primary_person_count
    from take_one_header

),

rank_submissions as (

    select
        find_primary.submission_id,
        find_primary.reporting_month,
        row_number() over (
            order by
                coalesce(
                    find_primary.submission_window = 'refresh'
                    and find_primary.person_count < rules.truncated_row_share * find_primary.primary_person_count,
                    false
                ) desc,
                find_primary.submission_window = 'refresh' asc,
                find_primary.received_at asc nulls first,
                {{ identifier_order('find_primary.submission_id') }} asc
        ) as submission_rank
    from find_primary
    cross join rules

),

find_submissions as (

    select
        {{ text_hash('name_submissions.iapt_record_number') }} as record_key,
        max_by(
            name_submissions.submission_id,
            (coalesce(rank_submissions.submission_rank, 0), name_submissions.submission_id)
        ) filter (where name_submissions.submission_id is not null) as submission_id,
        min(name_submissions.age_start_reporting_period) as age_at_month_start
    from name_submissions
    left join rank_submissions
        on name_submissions.submission_id = rank_submissions.submission_id
    where name_submissions.iapt_record_number is not null
    group by name_submissions.iapt_record_number

),

add_months as (

    select
        find_submissions.*,
        rank_submissions.reporting_month
    from find_submissions
    left join rank_submissions
        on find_submissions.submission_id = rank_submissions.submission_id

)

select * from add_months
