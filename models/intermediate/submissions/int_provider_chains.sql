{{ config(materialized='table') }}
{#
    One row per provider and code that it has or had later, itself among them.
    Source of the rule: docs/rules.md, 28. A chain of changes is followed to its end; one that runs in a circle ends, too (seed
    clinical_rules).
#}
with recursive submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

successors as (

    select * from {{ ref('stg_reference__provider_successors') }}

),

follow_successors as (

    select distinct
        provider_code,
        provider_code as later_provider_code,
        0 as step
    from submissions
    union all
    select
        follow_successors.provider_code,
        successors.successor_provider_code as later_provider_code,
        follow_successors.step + 1 as step
    from follow_successors
    inner join successors
        on follow_successors.later_provider_code = successors.provider_code
    where follow_successors.step < {{ rule_value('code_changes_maximum') }}

),

list_codes as (

    select distinct
        provider_code,
        later_provider_code
    from follow_successors

)

select * from list_codes
