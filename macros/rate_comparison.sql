{#
A group's rate against a reference group's rate, with 95% intervals (level: project variable `confidence_z`).

    rate(numerator, denominator)
    risk_difference, risk_difference_low, risk_difference_high (numerator, denominator, reference_numerator, reference_denominator)
    risk_ratio,      risk_ratio_low,      risk_ratio_high      (the same)

Difference: group minus reference, as a proportion (0.01 = one percentage point). Interval: Newcombe's hybrid score
method (Newcombe 1998, Statistics in Medicine 17:873-890, method 10), which joins the two Wilson intervals.
Ratio: group over reference. Interval: log method (Katz et al. 1978), exp(ln(ratio) -/+ z * standard error).

All take SQL expressions that give whole counts. All are null where a count is null, a denominator is 0 or a numerator
lies outside 0..denominator. The ratio is null where the reference rate is 0; its interval is null where either
numerator is 0, since the log method has none there.
#}

{% macro rate(numerator, denominator) -%}
    case
        when ({{ denominator }}) > 0 and ({{ numerator }}) >= 0 and ({{ numerator }}) <= ({{ denominator }})
            then cast({{ numerator }} as double) / cast({{ denominator }} as double)
    end
{%- endmacro %}


{% macro risk_difference(numerator, denominator, reference_numerator, reference_denominator) -%}
    ({{ rate(numerator, denominator) }}) - ({{ rate(reference_numerator, reference_denominator) }})
{%- endmacro %}


{% macro risk_difference_low(numerator, denominator, reference_numerator, reference_denominator) -%}
    {{ joined_interval_low(
        rate(numerator, denominator),
        wilson_interval_low(numerator, denominator),
        rate(reference_numerator, reference_denominator),
        wilson_interval_high(reference_numerator, reference_denominator)
    ) }}
{%- endmacro %}


{% macro risk_difference_high(numerator, denominator, reference_numerator, reference_denominator) -%}
    {{ joined_interval_high(
        rate(numerator, denominator),
        wilson_interval_high(numerator, denominator),
        rate(reference_numerator, reference_denominator),
        wilson_interval_low(reference_numerator, reference_denominator)
    ) }}
{%- endmacro %}


{% macro risk_ratio(numerator, denominator, reference_numerator, reference_denominator) -%}
    ({{ rate(numerator, denominator) }}) / nullif({{ rate(reference_numerator, reference_denominator) }}, 0)
{%- endmacro %}


{# One end of the log-method interval: `sign` is '-' or '+'. greatest() keeps rounding from making the variance
   negative where both groups have every event; the case has shut out nulls before. -#}
{% macro risk_ratio_end(numerator, denominator, reference_numerator, reference_denominator, sign) -%}
    case
        when
            ({{ numerator }}) > 0 and ({{ numerator }}) <= ({{ denominator }})
            and ({{ reference_numerator }}) > 0 and ({{ reference_numerator }}) <= ({{ reference_denominator }})
            then
                exp(
                    ln({{ risk_ratio(numerator, denominator, reference_numerator, reference_denominator) }})
                    {{ sign }} {{ confidence_z() }} * sqrt(
                        greatest(
                            1.0 / cast({{ numerator }} as double) - 1.0 / cast({{ denominator }} as double)
                            + 1.0 / cast({{ reference_numerator }} as double)
                            - 1.0 / cast({{ reference_denominator }} as double),
                            cast(0 as double)
                        )
                    )
                )
    end
{%- endmacro %}


{% macro risk_ratio_low(numerator, denominator, reference_numerator, reference_denominator) -%}
    {{ risk_ratio_end(numerator, denominator, reference_numerator, reference_denominator, '-') }}
{%- endmacro %}


{% macro risk_ratio_high(numerator, denominator, reference_numerator, reference_denominator) -%}
    {{ risk_ratio_end(numerator, denominator, reference_numerator, reference_denominator, '+') }}
{%- endmacro %}
