{# One row per row of waiting time pauses that a reject rule refuses. Source of the rules: seed validation_rules. #}
{{ quarantined_records('waiting_time_pauses') }}
