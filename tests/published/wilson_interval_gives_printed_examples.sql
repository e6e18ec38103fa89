{#
Examples printed to four decimals by Newcombe (Statistics in Medicine 1998; 17: 857-872, Table I, method 3), and the
cases without an interval.
#}
with examples as (

    select *
    from (
        values
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0000),
        (null, 20, null, null),
        (3, null, null, null),
        (0, 0, null, null),
        (21, 20, null, null),
        (-1, 20, null, null)
    ) as listed (numerator, denominator, expected_low, expected_high)

),

intervals as (

    select
        *,
        {{ wilson_interval_low('numerator', 'denominator') }} as actual_low,
        {{ wilson_interval_high('numerator', 'denominator') }} as actual_high
    from examples

)

select *
from intervals
where
    cast(round(actual_low, 4) as decimal(9, 4)) is distinct from cast(expected_low as decimal(9, 4))
    or cast(round(actual_high, 4) as decimal(9, 4)) is distinct from cast(expected_high as decimal(9, 4))
