{#
Differences: examples printed to four decimals by Newcombe (Statistics in Medicine 1998; 17: 873-890, Table II, method
10). Ratios: 2 by hand; variance of its logarithm 1/20 - 1/40 + 1/10 - 1/40 = 0.1, so 2 / exp(1.959964 * 0.316228) =
1.0761 and 2 * exp(0.619796) = 3.7171.
#}
with examples as (

    select *
    from (
        values
        (56, 70, 48, 80, 0.0524, 0.3339, null, null, null),
        (9, 10, 3, 10, 0.1705, 0.8090, null, null, null),
        (6, 7, 2, 7, 0.0582, 0.8062, null, null, null),
        (5, 56, 0, 29, -0.0381, 0.1926, null, null, null),
        (0, 10, 0, 20, -0.1611, 0.2775, null, null, null),
        (10, 10, 0, 20, 0.6791, 1.0000, null, null, null),
        (20, 40, 10, 40, null, null, 2.0000, 1.0761, 3.7171)
    ) as listed (
        numerator, denominator, reference_numerator, reference_denominator,
        expected_low, expected_high, expected_ratio, expected_ratio_low, expected_ratio_high
    )

),

{% set pair = ('numerator', 'denominator', 'reference_numerator', 'reference_denominator') -%}
comparisons as (

    select
        *,
        {{ risk_difference_low(*pair) }} as actual_low,
        {{ risk_difference_high(*pair) }} as actual_high,
        {{ risk_ratio(*pair) }} as actual_ratio,
        {{ risk_ratio_low(*pair) }} as actual_ratio_low,
        {{ risk_ratio_high(*pair) }} as actual_ratio_high
    from examples

)

select *
from comparisons
where
    cast(round(actual_low, 4) as decimal(9, 4)) <> cast(expected_low as decimal(9, 4))
    or cast(round(actual_high, 4) as decimal(9, 4)) <> cast(expected_high as decimal(9, 4))
    or cast(round(actual_ratio, 4) as decimal(9, 4)) <> cast(expected_ratio as decimal(9, 4))
    or cast(round(actual_ratio_low, 4) as decimal(9, 4)) <> cast(expected_ratio_low as decimal(9, 4))
    or cast(round(actual_ratio_high, 4) as decimal(9, 4)) <> cast(expected_ratio_high as decimal(9, 4))
    or (reference_numerator = 0 and actual_ratio is not null)
    or (reference_numerator = 0 and actual_ratio_low is not null)
