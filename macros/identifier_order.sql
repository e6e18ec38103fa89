{#
    What identifiers are put in order by: the text before the number at their end, the number as a number, so that 1000
    comes after 999, and the identifier itself, since 7 and 007 are two. No part is null.
#}
{% macro identifier_order(column) -%}
    (
        regexp_replace({{ column }}, '[0-9]+$', ''),
        coalesce(try_cast(regexp_extract({{ column }}, '[0-9]+$', 0) as decimal(38, 0)), -1),
        {{ column }}
    )
{%- endmacro %}
