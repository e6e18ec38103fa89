{# A reason or a field that the rules do not know would be a reason without a meaning. #}
with quarantine as (

    select * from {{ ref('quarantine') }}
    where field is not null

),

rules as (

    select * from {{ ref('validation_rules') }}
    where severity = 'reject'

),

find_unknown as (

    select quarantine.*
    from quarantine
    left join rules
        on
            quarantine.mds_version = rules.mds_version
            and quarantine.source_table = rules.source_table
            and quarantine.field = rules.field
            and quarantine.reason_code = rules.reason_code
    where rules.reason_code is null

)

select * from find_unknown
