{# One row per weekly log of internet-enabled therapy and submission. Source of the rule: IDS205. #}
{{ stage_v2_internet_therapy_logs('mds_v2_1') }}
