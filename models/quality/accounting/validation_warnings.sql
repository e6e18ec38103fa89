{#
    One row per version, field, reason, provider and month: how many kept rows deserve a look.
    Source of the rules: seed validation_rules, severity warn.
#}
with warnings as (

    select * from {{ ref('int_validation_warnings') }}

),

rules as (

    select * from {{ ref('validation_rules') }}
    where severity = 'warn'

),

fields as (

    select * from {{ ref('validation_fields') }}

),

name_fields as (

    select
        warnings.mds_version,
        fields.source_table,
        fields.field,
        rules.reason_code,
        warnings.provider_code,
        warnings.reporting_month,
        warnings.record_count
    from warnings
    inner join rules
        on
            warnings.entity = rules.entity
            and warnings.rule = rules.rule
    inner join fields
        on
            warnings.mds_version = fields.mds_version
            and rules.entity = fields.entity
            and rules.column_name = fields.column_name

)

select * from name_fields
