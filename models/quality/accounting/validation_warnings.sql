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

name_fields as (

    select
        warnings.mds_version,
        rules.source_table,
        rules.field,
        warnings.reason_code,
        warnings.provider_code,
        warnings.reporting_month,
        warnings.record_count
    from warnings
    inner join rules
        on
            warnings.mds_version = rules.mds_version
            and warnings.entity = rules.entity
            and warnings.column_name = rules.column_name
            and warnings.reason_code = rules.reason_code

)

select * from name_fields
