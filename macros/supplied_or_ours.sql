{#
    A field as the marts show it: that of the relation `supplied` where it is joined and its file holds the field, else
    ours. An empty field that is sent is an answer; one that is not sent is none.
#}
{% macro supplied_or_ours(field, ours) -%}
    case
        when supplied.referral_key is null or array_contains(supplied.absent_fields, '{{ field }}')
            then {{ ours }}.{{ field }}
        else supplied.{{ field }}
    end as {{ field }}
{%- endmacro %}
