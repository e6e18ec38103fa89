{# One row per pause of a waiting time and submission. Source of the rule: IDS108. #}
{{ stage_v2_waiting_time_pauses('mds_v2_0') }}
