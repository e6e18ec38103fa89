{#
    One row per version of the data set and centrally derived field: how many referrals have it sent with their latest
    record, and of how many it is derived here for want of it. Source of the rule: docs/rules.md, 27; what the marts show
    is the variable trusted_outcomes.
#}
with supplied as (

    select * from {{ ref('int_supplied_outcomes') }}

),

supplied_fields as (

    select * from {{ ref('supplied_fields') }}

),

list_fields as (

    select distinct
        case when field in ('is_caseness_flagged', 'is_not_caseness_flagged') then 'is_at_caseness' else field end
            as field
    from supplied_fields

),

count_referrals as (

    select
        supplied.mds_version,
        list_fields.field,
        count(*) as referral_count,
        count(*) filter (where not array_contains(supplied.absent_fields, list_fields.field)) as sent_count,
        count(*) filter (where array_contains(supplied.absent_fields, list_fields.field)) as not_sent_count,
        count(*) filter (where not supplied.is_plausible) as not_plausible_count,
        count(*) filter (
            where
            {{ trusts_supplied() }}
            and supplied.is_plausible
            and not array_contains(supplied.absent_fields, list_fields.field)
        ) as shown_as_supplied_count
    from supplied
    cross join list_fields
    group by supplied.mds_version, list_fields.field

)

select * from count_referrals
