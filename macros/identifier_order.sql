{#
    What identifiers are put in order by: their text with every number in it as a number, so that 1000 comes after 999,
    LOAD 1,000 after LOAD 999 and LOAD-10-A after LOAD-9-A, and the identifier itself, since 7 and 007 are two. No part
    is null.
#}
{% macro identifier_order(column) -%}
    ({{ padded_numbers("replace(" ~ column ~ ", ',', '')") }}, {{ column }})
{%- endmacro %}
