{{ config(materialized='table') }}
{#
    One row per identifier that stands on more records of one month than a person or a pathway can have, or with more
    dates of birth than one has; none where all is well. Source of the rule: docs/rules.md, 34 (seed submission_rules).
    What a system writes where it knows nothing, such as the hash of an empty field, looks like any other identifier, and
    would make one person or referral of all who have it.
#}
with people as (

    select * from {{ ref('int_checked_people') }}

),

referrals as (

    select * from {{ ref('int_checked_referrals') }}

),

rules as (

    select
        max(rule_value) filter (where rule = 'most_records_of_an_identifier') as most_records,
        max(rule_value) filter (where rule = 'most_births_of_an_identifier') as most_births
    from {{ ref('submission_rules') }}

),

list_identifiers as (

    select
        'pseudonymised_person_id' as identifier_kind,
        pseudonymised_person_id as identifier,
        reporting_month,
        birth_date
    from people
    where refusal is null and pseudonymised_person_id is not null
    union all
    select
        'person_id' as identifier_kind,
        person_id as identifier,
        reporting_month,
        birth_date
    from people
    where refusal is null and person_id is not null
    union all
    select
        'pathway_id' as identifier_kind,
        pathway_id as identifier,
        reporting_month,
        cast(null as date) as birth_date
    from referrals
    where refusal is null and pathway_id is not null

),

find_many as (

    select
        identifier_kind,
        identifier
    from list_identifiers
    group by identifier_kind, identifier, reporting_month
    having count(*) > (select rules.most_records from rules)
    union
    select
        identifier_kind,
        identifier
    from list_identifiers
    group by identifier_kind, identifier
    having count(distinct birth_date) > (select rules.most_births from rules)

)

select * from find_many
