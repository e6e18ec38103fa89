{{ config(materialized='table') }}
{#
    One row per entity and group of keys of which one stands on more than one row of an accepted submission, whether or
    not the rows are valid by themselves. To look for a bit set twice, of a month or a tool, among the few rows of a
    patient, service request or activity is cheaper than to keep every key apart.
    Source of the rule: uniqueness within one file (NHS England reusable code library).
#}
with accepted_submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

tools as (

    select
        tool_code,
        row_number() over (order by tool_code) as tool_number
    from {{ ref('known_assessment_tools') }}

),

find_repeated as (
    {% for entity in entities_with_keys() %}
    {%- set group = key_group(entity) %}
    select
        '{{ entity }}' as entity,
        {{ group.key }} as group_key
    from (
        select
            staged.*,
            accepted_submissions.provider_code,
            accepted_submissions.reporting_month
        from ({{ union_versions(entity) }}) as staged
        inner join accepted_submissions
            on staged.submission_id = accepted_submissions.submission_id
    ) as staged
    {{ 'inner join tools on staged.tool_code = tools.tool_code' if group.bit == 'tools.tool_number' }}
    group by all
    having count(*) > {{ 'bit_count(bit_or(cast(1 as bigint) << ' ~ group.bit ~ '))' if group.bit else '1' }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

)

select * from find_repeated
