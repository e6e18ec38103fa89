{# A value that cannot lie beyond two limits, such as the end of an interval of a mean on a scale; null stays null. #}
{% macro within_limits(value, lowest, highest) -%}
    case when {{ value }} is not null then least(greatest({{ value }}, {{ lowest }}), {{ highest }}) end
{%- endmacro %}
