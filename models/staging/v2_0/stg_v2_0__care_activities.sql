{# One row per care activity and submission. Source of the rule: IDS202. #}
{{ stage_v2_care_activities('mds_v2_0') }}
