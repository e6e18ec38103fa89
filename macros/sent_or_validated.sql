{#
    An ethnic category as sent; where that is blank, as national cleaning validated it. Its marks: -1 stands for nothing
    sent and is blank here, -3 for a code of no list and stays one. In a file with the validated category alone both are
    that column; a -1 that somebody sent would be validated as -3.
#}
{% macro sent_or_validated(sent, validated) -%}
    case
        when trim({{ sent }}) = '-1' and trim({{ validated }}) = '-1' then null
        when trim({{ sent }}) <> '' then {{ sent }}
        else nullif(trim({{ validated }}), '-1')
    end
{%- endmacro %}
