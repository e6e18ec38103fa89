{{ config(materialized='table') }}
{#
    One row per submission of every version of the data set, and whether the marts use it.
    Source of the rule: one latest file per provider and month; a Refresh replaces the Primary (docs/rules.md, 1).
#}
with submissions as (

    {{ union_versions('submissions') }}

),

rank_submissions as (

    select
        *,
        row_number() over (
            partition by provider_code, reporting_month
            order by submission_window = 'refresh' desc, created_at desc nulls last, submission_id desc
        ) as submission_rank
    from submissions

),

mark_accepted as (

    select
        * exclude (submission_rank),
        submission_rank = 1 as is_accepted
    from rank_submissions

)

select * from mark_accepted
