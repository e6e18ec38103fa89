{{ config(materialized='table') }}
{#
    One row per submission whose records are kept, with the fingerprint they were read under. Built last, so that a
    build that breaks off before is done again.
#}
{% for entity in kept_entities() %}
    -- depends_on: {{ ref('int_checked_' ~ entity) }}
{% endfor %}
with fingerprints as (

    select * from {{ ref('int_submission_fingerprints') }}

)

select * from fingerprints
