{# One row per row of long term conditions that a reject rule refuses. Source of the rules: seed validation_rules. #}
{{ quarantined_records('long_term_conditions') }}
