{# One row per answer to a patient experience questionnaire. Source of the rule: IDS606 and IDS607. #}
{{ stage_v2_experience_answers('mds_v2_0') }}
