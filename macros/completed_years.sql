{#
    Age in completed years. Whoever was born on 29 February completes a year on 1 March of a common year; DuckDB's own
    datesub() gives it a day early, and datediff() counts calendar years.
#}
{% macro completed_years(birth_date, on_date) -%}
    year({{ on_date }}) - year({{ birth_date }})
    - cast(
        (month({{ on_date }}), day({{ on_date }})) < (month({{ birth_date }}), day({{ birth_date }})) as integer
    )
{%- endmacro %}
