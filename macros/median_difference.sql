{#
A group's median less a reference group's, with an interval joined from the intervals of the two medians.

    median_difference(group, reference, name)

`group` and `reference` name relations with the columns `name`, `name`_low and `name`_high. Result: the columns
`name`_difference, `name`_difference_low and `name`_difference_high, as doubles. Interval: as Newcombe's method 10 joins
two Wilson intervals, by the distances of each median from its limits (Zou and Donner 2008, Statistics in Medicine
27:1693). Null where a median or a limit that it needs is null; no interval for a group that the reference is part of.
#}
{% macro median_difference(group, reference, name) -%}
    {%- set difference = 'cast(' ~ group ~ '.' ~ name ~ ' - ' ~ reference ~ '.' ~ name ~ ' as double)' -%}
    {{ difference }} as {{ name }}_difference,
    case
        when not {{ group }}.is_reference_included
            then
                {{ difference }} - sqrt(
                    power({{ group }}.{{ name }} - {{ group }}.{{ name }}_low, 2)
                    + power({{ reference }}.{{ name }}_high - {{ reference }}.{{ name }}, 2)
                )
    end as {{ name }}_difference_low,
    case
        when not {{ group }}.is_reference_included
            then
                {{ difference }} + sqrt(
                    power({{ group }}.{{ name }}_high - {{ group }}.{{ name }}, 2)
                    + power({{ reference }}.{{ name }} - {{ reference }}.{{ name }}_low, 2)
                )
    end as {{ name }}_difference_high
{%- endmacro %}
