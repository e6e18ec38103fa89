{{ config(materialized='table') }}
{#
    One row per identifier that stands on more records of one month than a person or a pathway can have; none where all
    is well. Source of the rule: docs/rules.md, 34 (seed submission_rules). What a system writes where it knows nothing, such as the
    hash of an empty field, looks like any other identifier, and would make one person or referral of all who have it.
#}
with people as (

    select * from {{ ref('int_checked_people') }}

),

referrals as (

    select * from {{ ref('int_checked_referrals') }}

),

rules as (

    select rule_value as most_records from {{ ref('submission_rules') }}
    where rule = 'most_records_of_an_identifier'

),

count_records as (

    select
        'pseudonymised_person_id' as identifier_kind,
        people.pseudonymised_person_id as identifier
    from people
    cross join rules
    where people.refusal is null and people.pseudonymised_person_id is not null
    group by people.pseudonymised_person_id, people.reporting_month, rules.most_records
    having count(*) > rules.most_records
    union all
    select
        'person_id' as identifier_kind,
        people.person_id as identifier
    from people
    cross join rules
    where people.refusal is null and people.person_id is not null
    group by people.person_id, people.reporting_month, rules.most_records
    having count(*) > rules.most_records
    union all
    select
        'pathway_id' as identifier_kind,
        referrals.pathway_id as identifier
    from referrals
    cross join rules
    where referrals.refusal is null and referrals.pathway_id is not null
    group by referrals.pathway_id, referrals.reporting_month, rules.most_records
    having count(*) > rules.most_records

),

name_once as (

    select distinct
        identifier_kind,
        identifier
    from count_records

)

select * from name_once
