{# One row per row of referrals that a reject rule refuses. Source of the rules: seed validation_rules. #}
{{ quarantined_records('referrals') }}
