{# One row per score recorded in a care activity, and submission. Source of the rule: IDS607; dated by its contact. #}
{{ stage_v2_activity_scores('mds_v2_1') }}
