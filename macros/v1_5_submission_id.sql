{# The submission of a version 1.5 file. Its numbers and those of version 2 come from two systems and may meet. #}
{% macro v1_5_submission_id(header_id) -%}
    'v1_5-' || {{ header_id }}
{%- endmacro %}
