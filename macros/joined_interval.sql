{#
The interval of a figure less an independent other one, joined from the intervals of both by their distances from their
limits (MOVER; Zou and Donner 2008, Statistics in Medicine 27:1693-1702). For two rates with Wilson intervals it is
Newcombe's method 10.

    joined_interval_low(figure, figure_low, other, other_high)
    joined_interval_high(figure, figure_high, other, other_low)

All take SQL expressions. Null where one that it needs is null.
#}
{% macro joined_interval_low(figure, figure_low, other, other_high) -%}
    ({{ figure }}) - ({{ other }})
    - sqrt(power(({{ figure }}) - ({{ figure_low }}), 2) + power(({{ other_high }}) - ({{ other }}), 2))
{%- endmacro %}


{% macro joined_interval_high(figure, figure_high, other, other_low) -%}
    ({{ figure }}) - ({{ other }})
    + sqrt(power(({{ figure_high }}) - ({{ figure }}), 2) + power(({{ other }}) - ({{ other_low }}), 2))
{%- endmacro %}
