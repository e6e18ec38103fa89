{# One row per long-term condition (or its absence) of a referral, as sent in an accepted submission. #}
{{ accepted_records('long_term_conditions', ['service_request']) }}
