{# One row per presenting complaint, referral and submission. Source of the rule: IDS603; ICD-10 without its dot. #}
{{ stage_v2_presenting_complaints('mds_v2_1') }}
