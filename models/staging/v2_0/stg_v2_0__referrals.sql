{# One row per referral and submission; an open referral comes again every month. Source of the rule: IDS101. #}
{{ stage_v2_referrals('mds_v2_0') }}
