{# One row per row of care contacts that a reject rule refuses. Source of the rules: seed validation_rules. #}
{{ quarantined_records('care_contacts') }}
