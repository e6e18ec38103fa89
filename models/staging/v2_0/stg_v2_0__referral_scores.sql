{# One row per score recorded outside a contact, and submission. Source of the rule: IDS606. #}
{{ stage_v2_referral_scores('mds_v2_0') }}
