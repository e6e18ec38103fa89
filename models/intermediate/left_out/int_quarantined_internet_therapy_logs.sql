{# One row per row of internet therapy logs that a reject rule refuses. Source of the rules: seed validation_rules. #}
{{ quarantined_records('internet_therapy_logs') }}
