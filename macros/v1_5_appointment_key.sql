{# The key of a version 1.5 appointment: its identifier within the submission; without one, the row that it came in. #}
{% macro v1_5_appointment_key(submission_id, source) -%}
    if(
        nullif(trim({{ source }}.appointment_id), '') is null,
        hash({{ submission_id }}, {{ source }}.source_file, {{ source }}.source_row),
        {{ text_hash(source ~ '.appointment_id', submission_id) }}
    )
{%- endmacro %}
