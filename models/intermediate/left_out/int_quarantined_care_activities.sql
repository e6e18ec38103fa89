{# One row per row of care activities that a reject rule refuses. Source of the rules: seed validation_rules. #}
{{ quarantined_records('care_activities') }}
