{#
Share of rows above which a problem is worse than a threshold by more than chance.

    share_beyond_chance(row_count, threshold, comparison_count, chance)

Were the true share the threshold, one of all the subjects compared would exceed this by chance in at most `chance` of all
builds. Source: Bernstein's inequality for a sum of independent rows (Boucheron, Lugosi, Massart, Concentration
Inequalities, section 2.8), which holds for few rows too, and the chance shared out evenly among the subjects (Bonferroni).
Arguments: SQL expressions; null where one is null or `row_count` is 0.
#}
{% macro share_beyond_chance(row_count, threshold, comparison_count, chance) -%}
    {%- set n = 'cast(' ~ row_count ~ ' as double)' -%}
    {%- set odds = 'ln(' ~ comparison_count ~ ' / ' ~ chance ~ ')' -%}
    (
        {{ threshold }}
        + (
            {{ odds }} / 3.0
            + sqrt({{ odds }} * {{ odds }} / 9.0 + 2.0 * {{ odds }} * {{ n }} * {{ threshold }} * (1.0 - {{ threshold }}))
        ) / nullif({{ n }}, 0)
    )
{%- endmacro %}
