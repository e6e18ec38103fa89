{# One row per care contact and submission. Source of the rule: IDS201. #}
{{ stage_v2_care_contacts('mds_v2_0') }}
