{# One row per patient, submission and recorded date. Source of the rule: IDS004. #}
{{ stage_v2_employment_statuses('mds_v2_1') }}
