{# One row per row of activity scores that a reject rule refuses. Source of the rules: seed validation_rules. #}
{{ quarantined_records('activity_scores') }}
