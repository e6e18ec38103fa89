{{ config(materialized='table') }}
{# One row per row that a reject rule refuses, of every entity. Source of the rules: seed validation_rules. #}
{%- set entities = [
    'submissions', 'people', 'employment_statuses', 'referrals', 'care_contacts', 'care_activities',
    'activity_scores', 'referral_scores', 'internet_therapy_logs', 'long_term_conditions', 'presenting_complaints',
    'disabilities', 'waiting_time_pauses', 'questionnaires',
] %}
with refused_rows as (
    {% for entity in entities %}
    select * from {{ ref('int_quarantined_' ~ entity) }}
    {%- if not loop.last %}
    union all by name
    {%- endif %}
    {%- endfor %}

)

select * from refused_rows
