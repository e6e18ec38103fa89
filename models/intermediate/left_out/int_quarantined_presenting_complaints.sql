{# One row per row of presenting complaints that a reject rule refuses. Source of the rules: seed validation_rules. #}
{{ quarantined_records('presenting_complaints') }}
