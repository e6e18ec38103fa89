{{ config(materialized='table') }}
{# One row per row that a reject rule refuses, of every entity. Source of the rules: seed validation_rules. #}
with refused_rows as (
    {% for entity in ['submissions', 'questionnaires'] + checked_entities() %}
    select * from {{ ref('int_quarantined_' ~ entity) }}
    {%- if not loop.last %}
    union all by name
    {%- endif %}
    {%- endfor %}

)

select * from refused_rows
