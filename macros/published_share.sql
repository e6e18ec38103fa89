{#
A share as it is published, in whole per cent or with the decimals of the profile, as a proportion.

    published_share(numerator, denominator): of the true counts, as NHS England does (reference: NCDR, Data_Sharing)
    published_share_end(limit, end): an end of its interval, rounded outwards, so that the interval never gets narrower

All are null where one that they need is null, or nobody is in the denominator.
#}
{% macro published_share(numerator, denominator) -%}
    round(
        100.0 * cast({{ numerator }} as double) / nullif({{ denominator }}, 0), {{ profile_value('percentage_decimals') }}
    ) / 100.0
{%- endmacro %}


{% macro published_share_end(limit, end) -%}
    {%- set function = 'floor' if end == 'low' else 'ceil' -%}
    {%- set scale -%} power(10.0, {{ profile_value('percentage_decimals') }} + 2) {%- endset -%}
    {{ function }}(round(({{ limit }}) * {{ scale }}, 6)) / {{ scale }}
{%- endmacro %}
