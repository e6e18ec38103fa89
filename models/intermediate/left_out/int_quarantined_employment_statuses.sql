{# One row per row of employment statuses that a reject rule refuses. Source of the rules: seed validation_rules. #}
{{ quarantined_records('employment_statuses') }}
