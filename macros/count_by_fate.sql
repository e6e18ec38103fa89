{# The counts of a rate and of what it leaves out, where a row stands for several alike (columns row_fate, has_outcome). #}
{% macro count_by_fate(alike_count) -%}
    coalesce(sum({{ alike_count }}) filter (
        where coalesce(row_fate, 'counted_as_no') = 'counted_as_no' and has_outcome
    ), 0) as numerator_count,
    coalesce(sum({{ alike_count }}) filter (
        where coalesce(row_fate, 'counted_as_no') = 'counted_as_no'
    ), 0) as denominator_count,
    coalesce(sum({{ alike_count }}) filter (where row_fate = 'unknown'), 0) as unknown_count,
    coalesce(sum({{ alike_count }}) filter (where row_fate = 'outside_window'), 0) as outside_window_count,
    coalesce(sum({{ alike_count }}) filter (where row_fate = 'too_recent'), 0) as too_recent_count
{%- endmacro %}
