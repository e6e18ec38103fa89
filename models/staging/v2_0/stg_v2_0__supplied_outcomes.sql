{# One row per referral and submission that carries centrally derived fields. Source of the rule: IDS101. #}
{{ stage_v2_supplied_outcomes('mds_v2_0') }}
