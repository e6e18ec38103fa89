{#
How far a group lies from a reference group, in standard deviations.

    standardised_difference_of_means(group, reference): relations with known_count, figure and standard_deviation
    standardised_difference_of_shares(share, reference_share): SQL expressions

Of means Cohen's d, with the pooled deviation of both groups (Cohen 1988, Statistical Power Analysis, 2.2); of shares
with the root of the mean of both variances p (1 - p) (Austin 2009, Communications in Statistics 38:1228-1234). Null
where an argument is null or neither group varies.
#}
{% macro standardised_difference_of_means(group, reference) -%}
    ({{ group }}.figure - {{ reference }}.figure) / nullif(
        sqrt(
            (
                ({{ group }}.known_count - 1) * power({{ group }}.standard_deviation, 2)
                + ({{ reference }}.known_count - 1) * power({{ reference }}.standard_deviation, 2)
            ) / nullif({{ group }}.known_count + {{ reference }}.known_count - 2, 0)
        ),
        0
    )
{%- endmacro %}


{% macro standardised_difference_of_shares(share, reference_share) -%}
    ({{ share }} - {{ reference_share }}) / nullif(
        sqrt(
            ({{ share }} * (1 - {{ share }}) + {{ reference_share }} * (1 - {{ reference_share }})) / 2.0
        ),
        0
    )
{%- endmacro %}
