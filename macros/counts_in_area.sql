{#
    Whether counts of a provider and commissioner (alias `counts`) belong to a row of int_areas (named `areas`): crossed with
    a characteristic or by month, only to levels of the variable crossed_area_levels, as below them a cell would hold a handful.
#}
{% macro counts_in_area(counts) -%}
    {{ counts }}.provider_code = areas.provider_code
    and {{ counts }}.commissioner_code is not distinct from areas.commissioner_code
    and (
        {{ counts }}.characteristic = 'all'
        or areas.area_level in ({{ crossed_area_levels() }})
    )
{%- endmacro %}
