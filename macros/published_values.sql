{#
Readers of the annual files' text.

    published_label_key(...)          labels joined to one key without case, spaces and punctuation: they drift by year
    published_value_key(value_text)   the key under which the seed published_value_marks holds a mark
    published_number(value_text)      the number in a cell, exact; null for a mark
#}

{% macro published_label_key() -%}
    {%- for label in varargs -%}
        regexp_replace(lower(coalesce({{ label }}, '')), '[^a-z0-9]', '', 'g')
        {%- if not loop.last %} || '|' || {% endif -%}
    {%- endfor -%}
{%- endmacro %}


{# Brackets keep the marks from being read as nulls or numbers when the seed is loaded. #}
{% macro published_value_key(value_text) -%}
    '[' || upper(trim(coalesce({{ value_text }}, ''))) || ']'
{%- endmacro %}


{% macro published_number(value_text) -%}
    try_cast(trim({{ value_text }}) as decimal(18, 4))
{%- endmacro %}


{#
A percentage as the publisher prints it, decimal(18, 2): rounded half up to `decimals` places (0 to 2), in whole numbers
throughout, since a double has no exact half. Half up, not half to even: 3,034 of 6,560 (46.25%) is published as 46.3.
Null where the denominator is not above 0, or the percentage is of more than 12 digits.
#}
{% macro printed_percentage(numerator, denominator, decimals) -%}
    case
        when ({{ denominator }}) > 0
            then
                cast(
                    try_cast(
                        (
                            200 * cast({{ numerator }} as hugeint) * cast(power(10, {{ decimals }}) as hugeint)
                            + ({{ denominator }})
                        ) // (2 * cast({{ denominator }} as hugeint)) * cast(power(10, 2 - ({{ decimals }})) as hugeint)
                        as decimal(14, 0)
                    ) * cast(0.01 as decimal(4, 2))
                    as decimal(18, 2)
                )
    end
{%- endmacro %}


{# Whether two rows agree in all the columns named: a join on several keys in one line. #}
{% macro published_keys_match(one, other, columns) -%}
    {%- for column in columns -%}
        {{ one }}.{{ column }} = {{ other }}.{{ column }}{% if not loop.last %} and {% endif %}
    {%- endfor -%}
{%- endmacro %}
