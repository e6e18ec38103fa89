{#
    One row per kind of rows, provider and month from its first to its last: rows of the submission that is used, 0
    where there is none. Kinds are all rows (patients, referrals and contacts) and care contacts alone: these are a
    third of all, so that a month without any can hide among the others, and who was first seen in it counts as not
    seen.
    Source of the rule: chosen by this project.
#}
with submissions as (

    select * from {{ ref('int_submissions') }}
    where is_accepted

),

contact_tables as (

    select * from {{ ref('entity_tables') }}
    where entity = 'care_contacts'

),

list_months as (

    select distinct reporting_month from submissions

),

unite_kinds as (

    select
        'all' as row_kind,
        provider_code,
        reporting_month,
        mds_version,
        'all' as source_table,
        row_count
    from submissions
    union all
    select
        'care_contacts' as row_kind,
        submissions.provider_code,
        submissions.reporting_month,
        submissions.mds_version,
        contact_tables.source_table,
        submissions.contact_count as row_count
    from submissions
    inner join contact_tables
        on submissions.mds_version = contact_tables.mds_version

),

list_providers as (

    select
        row_kind,
        provider_code,
        min(reporting_month) as first_month,
        max(reporting_month) as last_month
    from unite_kinds
    group by row_kind, provider_code

),

fill_months as (

    select
        list_providers.row_kind,
        list_providers.provider_code,
        list_months.reporting_month,
        unite_kinds.mds_version,
        coalesce(unite_kinds.source_table, 'all') as source_table,
        coalesce(unite_kinds.row_count, 0) as row_count
    from list_providers
    inner join list_months
        on list_months.reporting_month between list_providers.first_month and list_providers.last_month
    left join unite_kinds
        on
            list_providers.row_kind = unite_kinds.row_kind
            and list_providers.provider_code = unite_kinds.provider_code
            and list_months.reporting_month = unite_kinds.reporting_month

)

select * from fill_months
