{#
    Whether a row of int_ethnic_classifications (named `classifications`) is crossed with a characteristic or a month in
    the area of counts (alias `counts`): below regions, only what the row says is (is_crossed_below_regions).
#}
{% macro groups_in_area(counts) -%}
    ({{ counts }}.area_level in ('national', 'region') or classifications.is_crossed_below_regions)
{%- endmacro %}
