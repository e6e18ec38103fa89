{#
    The order of a referral's scores as one whole number: the day, the second of the day (none known before all others),
    outside a contact before inside one, the score. At a million referrals the model that asks took 5.5 instead of 6.4
    processor seconds with one number in place of its parts. It holds days to the year 9999 and scores below 1,000;
    parts of a second are rounded. A day has 86,402 places: no time known, and the seconds 0 to 86,400, the last for
    what rounds up to midnight.
#}
{% macro score_order(score_date, is_recorded_in_contact, score_time, score) -%}
    (
        (
            date_diff('day', date '1900-01-01', {{ score_date }}) * 86402
            + coalesce(cast(epoch({{ score_time }}) as bigint), -1)
        ) * 2 + cast({{ is_recorded_in_contact }} as bigint)
    ) * 10000000 + cast({{ score }} * 10000 as bigint)
{%- endmacro %}
