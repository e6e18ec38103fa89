{# One row per long-term condition (or its explicit absence), referral and submission. Source of the rule: IDS602. #}
{{ stage_v2_long_term_conditions('mds_v2_0') }}
