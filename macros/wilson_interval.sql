{#
Wilson score interval of a proportion, without continuity correction (Wilson 1927; Newcombe 1998, method 3).

    wilson_interval_low(numerator, denominator)
    wilson_interval_high(numerator, denominator)

Arguments: SQL expressions that give whole counts, of any numeric type. Result: a double between 0 and 1.
Null where either count is null, the denominator is 0, or the numerator lies outside 0..denominator.
The normal quantile comes from the project variable `confidence_z` (default: 95%, two-sided).
#}

{% macro confidence_z() -%}
    cast({{ number_from_nought('confidence_z') }} as double)
{%- endmacro %}


{# Both ends by one formula: `sign` is '-' for the low end and '+' for the high end. -#}
{% macro wilson_interval_end(numerator, denominator, sign) -%}
    {%- set n = 'cast(' ~ denominator ~ ' as double)' -%}
    {%- set x = 'cast(' ~ numerator ~ ' as double)' -%}
    {%- set z = confidence_z() -%}
    (
        ({{ x }} + {{ z }} * {{ z }} / 2.0)
        {{ sign }} {{ z }} * sqrt({{ x }} * ({{ n }} - {{ x }}) / {{ n }} + {{ z }} * {{ z }} / 4.0)
    ) / ({{ n }} + {{ z }} * {{ z }})
{%- endmacro %}


{# The cases guard against null and zero first; least() and greatest() skip nulls, so they cannot do it themselves.
   At 0 and at all, the end is exactly 0 or 1: rounding must not leave 1e-17 below or above. -#}
{% macro wilson_interval_low(numerator, denominator) -%}
    case
        when ({{ denominator }}) > 0 and ({{ numerator }}) = 0 then cast(0 as double)
        when ({{ denominator }}) > 0 and ({{ numerator }}) > 0 and ({{ numerator }}) <= ({{ denominator }})
            then {{ wilson_interval_end(numerator, denominator, '-') }}
    end
{%- endmacro %}


{% macro wilson_interval_high(numerator, denominator) -%}
    case
        when ({{ denominator }}) > 0 and ({{ numerator }}) = ({{ denominator }}) then cast(1 as double)
        when ({{ denominator }}) > 0 and ({{ numerator }}) >= 0 and ({{ numerator }}) < ({{ denominator }})
            then {{ wilson_interval_end(numerator, denominator, '+') }}
    end
{%- endmacro %}
