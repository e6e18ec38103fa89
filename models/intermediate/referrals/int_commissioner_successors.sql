{{ config(materialized='table') }}
{#
    One row per commissioner whose code changed: the latest code that came after it.
    Source of the rule: NHS England's dashboards restate history to the commissioners of today (ComCodeChanges). A chain
    of changes is followed to its end; one that runs in a circle ends (seed clinical_rules). Of several successors the first by code.
#}
with recursive successors as (

    select * from {{ ref('stg_reference__commissioner_successors') }}

),

keep_one as (

    select
        commissioner_code,
        min(successor_commissioner_code) as successor_commissioner_code
    from successors
    where commissioner_code <> successor_commissioner_code
    group by commissioner_code

),

follow_chains as (

    select
        commissioner_code,
        successor_commissioner_code,
        1 as step
    from keep_one
    union all
    select
        follow_chains.commissioner_code,
        keep_one.successor_commissioner_code,
        follow_chains.step + 1 as step
    from follow_chains
    inner join keep_one
        on follow_chains.successor_commissioner_code = keep_one.commissioner_code
    where follow_chains.step < {{ rule_value('code_changes_maximum') }}

),

take_ends as (

    select
        commissioner_code,
        max_by(successor_commissioner_code, step) as successor_commissioner_code
    from follow_chains
    group by commissioner_code

)

select * from take_ends
