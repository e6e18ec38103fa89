{#
The mean of a sample from sums, with its 95% interval (level: project variable `confidence_z`).

    standard_deviation(count, value_sum, square_sum)
    mean_interval_low, mean_interval_high (count, mean, deviation)

Interval: Student's, mean -/+ t * deviation / sqrt(count). SQL knows no t: it is made of the normal quantile and the
degrees of freedom by the asymptotic expansion of Abramowitz and Stegun 1964, 26.7.5, which is right to three decimals
from four degrees on; fewer than 5 people have no interval. The deviation is that of a sample (n - 1); one person has
none. Rounding must not leave a variance below none: abs() passes nulls on, where greatest() skips them.
#}
{% macro standard_deviation(count, value_sum, square_sum) -%}
    case
        when {{ count }} > 1
            then
                sqrt(
                    abs({{ count }} * {{ square_sum }} - {{ value_sum }} * {{ value_sum }})
                    / (cast({{ count }} as double) * ({{ count }} - 1))
                )
    end
{%- endmacro %}


{% macro t_quantile(freedom) -%}
    {%- set z = confidence_z() -%}
    (
        {{ z }}
        + (power({{ z }}, 3) + {{ z }}) / (4.0 * {{ freedom }})
        + (5 * power({{ z }}, 5) + 16 * power({{ z }}, 3) + 3 * {{ z }}) / (96.0 * power({{ freedom }}, 2))
        + (3 * power({{ z }}, 7) + 19 * power({{ z }}, 5) + 17 * power({{ z }}, 3) - 15 * {{ z }})
        / (384.0 * power({{ freedom }}, 3))
        + (
            79 * power({{ z }}, 9) + 776 * power({{ z }}, 7) + 1482 * power({{ z }}, 5) - 1920 * power({{ z }}, 3)
            - 945 * {{ z }}
        ) / (92160.0 * power({{ freedom }}, 4))
    )
{%- endmacro %}


{% macro mean_interval_end(count, mean, deviation, sign) -%}
    case
        when {{ count }} > 4
            then {{ mean }} {{ sign }} {{ t_quantile('(' ~ count ~ ' - 1)') }} * {{ deviation }} / sqrt({{ count }})
    end
{%- endmacro %}


{% macro mean_interval_low(count, mean, deviation) -%}
    {{ mean_interval_end(count, mean, deviation, '-') }}
{%- endmacro %}


{% macro mean_interval_high(count, mean, deviation) -%}
    {{ mean_interval_end(count, mean, deviation, '+') }}
{%- endmacro %}
