{# One row per submission: the file of one provider, reporting month and window. Source of the rule: IDS000. #}
{{ stage_v2_submissions('mds_v2_0') }}
