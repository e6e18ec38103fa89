{# One row per row of referral scores that a reject rule refuses. Source of the rules: seed validation_rules. #}
{{ quarantined_records('referral_scores') }}
