{# One row per row of disabilities that a reject rule refuses. Source of the rules: seed validation_rules. #}
{{ quarantined_records('disabilities') }}
