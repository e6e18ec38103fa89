{#
    A hash of whom or what a row of an entity is about, which a later load of the same submission says again. A contact
    is told by its request and day, as the numbers of appointments of version 1.5 are given by the load.
#}
{% macro load_subject(entity) -%}
    {%- set subjects = {
        'people': ['patient_key'],
        'employment_statuses': ['patient_key'],
        'care_contacts': ['service_request_id', 'contact_date'],
        'care_activities': ['care_contact_key'],
        'activity_scores': ['care_activity_key'],
    } -%}
    {{ row_hash(*subjects.get(entity, ['service_request_id'])) }}
{%- endmacro %}
