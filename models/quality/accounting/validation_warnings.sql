{#
    One row per version, field, reason, provider and month: how many kept rows deserve a look.
    Source of the rules: seed validation_rules, severity warn.
#}
with warned_people as (

    select * from {{ ref('int_warned_people') }}

),

warned_referrals as (

    select * from {{ ref('int_warned_referrals') }}

),

warned_circumstances as (

    select * from {{ ref('int_warned_circumstances') }}

),

warned_descriptions as (

    select * from {{ ref('int_warned_descriptions') }}

),

warned_contacts as (

    select * from {{ ref('int_warned_contacts') }}

),

rules as (

    select * from {{ ref('validation_rules') }}
    where severity = 'warn'

),

fields as (

    select * from {{ ref('validation_fields') }}

),

unite_warnings as (

    select * from warned_people
    union all
    select * from warned_referrals
    union all
    select * from warned_circumstances
    union all
    select * from warned_descriptions
    union all
    select * from warned_contacts

),

count_records as (

    select
        mds_version,
        entity,
        rule,
        provider_code,
        reporting_month,
        count(*) as record_count
    from unite_warnings
    group by mds_version, entity, rule, provider_code, reporting_month

),

name_fields as (

    select
        count_records.mds_version,
        fields.source_table,
        fields.field,
        rules.reason_code,
        count_records.provider_code,
        count_records.reporting_month,
        count_records.record_count
    from count_records
    inner join rules
        on
            count_records.entity = rules.entity
            and count_records.rule = rules.rule
    inner join fields
        on
            count_records.mds_version = fields.mds_version
            and rules.entity = fields.entity
            and rules.column_name = fields.column_name

)

select * from name_fields
