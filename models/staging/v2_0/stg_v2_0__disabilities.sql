{# One row per disability of a patient and submission. Source of the rule: IDS007. #}
{{ stage_v2_disabilities('mds_v2_0') }}
