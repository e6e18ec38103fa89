{#
A group's median less a reference group's, with an interval joined from the intervals of the two medians.

    median_difference(group, reference, name)

`group` and `reference` name relations with the columns `name`, `name`_low and `name`_high. Result: the columns
`name`_difference, `name`_difference_low and `name`_difference_high, as doubles. Interval: joined_interval. Null where a median or a limit that it needs is null; no interval for a group that the reference is part of.
#}
{% macro median_difference(group, reference, name) -%}
    {%- set median = group ~ '.' ~ name -%}
    {%- set other = reference ~ '.' ~ name -%}
    cast({{ median }} - {{ other }} as double) as {{ name }}_difference,
    case
        when not {{ group }}.is_reference_included
            then cast({{ joined_interval_low(median, median ~ '_low', other, other ~ '_high') }} as double)
    end as {{ name }}_difference_low,
    case
        when not {{ group }}.is_reference_included
            then cast({{ joined_interval_high(median, median ~ '_high', other, other ~ '_low') }} as double)
    end as {{ name }}_difference_high
{%- endmacro %}
