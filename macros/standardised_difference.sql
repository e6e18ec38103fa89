{#
How far a group lies from a reference group, in standard deviations.

    standardised_difference_of_means(count, mean, deviation, reference_count, reference_mean, reference_deviation)
    standardised_difference_of_shares(share, reference_share)

Of means Cohen's d, with the pooled deviation of both groups (Cohen 1988, Statistical Power Analysis, 2.2); of shares
with the root of the mean of both variances p (1 - p) (Austin 2009, Communications in Statistics 38:1228-1234). Null
where an argument is null or neither group varies.
#}
{% macro standardised_difference_of_means(
    count, mean, deviation, reference_count, reference_mean, reference_deviation
) -%}
    ({{ mean }} - {{ reference_mean }}) / nullif(
        sqrt(
            (
                ({{ count }} - 1) * power({{ deviation }}, 2)
                + ({{ reference_count }} - 1) * power({{ reference_deviation }}, 2)
            ) / nullif({{ count }} + {{ reference_count }} - 2, 0)
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
