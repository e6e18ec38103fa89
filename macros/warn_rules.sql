{#
    The rules that warn about a row and keep it: the staged entity and column, the reason, and the condition in SQL over
    `records` and `submissions`; with `repeated`, rows that share it. What each rule means stands in the seed
    validation_rules; code lists are seeds too.
#}
{% macro warn_rules() -%}
    {%- set unstated = "select codes.ethnicity_code from " ~ ref('ethnicity_unstated_codes') ~ " as codes" -%}
    {%- set tools = "inner join " ~ ref('known_assessment_tools') ~ " as tools on records.tool_code = tools.tool_code" -%}
    {%- set out_of_range = 'records.score not between tools.minimum_score and tools.maximum_score' -%}
    {{ return([
        {'entity': 'people', 'column': 'ethnic_category_raw', 'reason': 'code_not_in_list',
            'when': clean_code('records.ethnic_category_raw') ~ ' not in (select codes.ethnic_category_code from '
                ~ ref('ethnic_categories') ~ ' as codes) and ' ~ clean_code('records.ethnic_category_raw')
                ~ ' not in (' ~ unstated ~ ')'},
        {'entity': 'people', 'column': 'ethnic_category_raw', 'reason': 'optional_field_blank',
            'when': clean_code('records.ethnic_category_raw') ~ ' is null'},
        {'entity': 'people', 'column': 'birth_date', 'reason': 'value_unreadable',
            'when': 'records.is_birth_date_unreadable'},
        {'entity': 'people', 'column': 'birth_date', 'reason': 'optional_field_blank',
            'when': "records.mds_version <> 'v1_5' and records.birth_date is null "
                ~ 'and not records.is_birth_date_unreadable'},
        {'entity': 'people', 'column': 'birth_date', 'reason': 'date_in_the_future',
            'when': 'records.birth_date > last_day(submissions.reporting_month)'},
        {'entity': 'people', 'column': 'gender_code', 'reason': 'code_not_in_list',
            'when': 'records.gender_code not in (select codes.gender_code from ' ~ ref('genders') ~ ' as codes)'},
        {'entity': 'referrals', 'column': 'commissioner_code', 'reason': 'optional_field_blank',
            'when': 'records.commissioner_code is null'},
        {'entity': 'referrals', 'column': 'end_code', 'reason': 'code_not_in_list',
            'when': 'records.end_code not in (select codes.end_code from ' ~ ref('end_codes') ~ ' as codes)'},
        {'entity': 'referrals', 'column': 'end_code', 'reason': 'end_code_without_discharge',
            'when': 'records.end_code is not null and records.discharge_date is null'},
        {'entity': 'referrals', 'column': 'discharge_date', 'reason': 'discharge_without_end_code',
            'when': 'records.end_code is null and records.discharge_date is not null'},
        {'entity': 'referrals', 'column': 'discharge_date', 'reason': 'discharge_before_referral',
            'when': 'records.discharge_date < records.referral_received_date'},
        {'entity': 'referrals', 'column': 'discharge_date', 'reason': 'value_unreadable',
            'when': 'records.is_discharge_date_unreadable'},
        {'entity': 'referrals', 'column': 'discharge_date', 'reason': 'date_in_the_future',
            'when': 'records.discharge_date > last_day(submissions.reporting_month)'},
        {'entity': 'referrals', 'column': 'referral_received_date', 'reason': 'date_in_the_future',
            'when': 'records.referral_received_date > last_day(submissions.reporting_month)'},
        {'entity': 'referrals', 'column': 'patient_key', 'reason': 'no_parent_in_file',
            'join': 'anti join ' ~ ref('int_records_people')
                ~ ' as parents on hash(records.submission_id, records.patient_key) = parents.record_key',
            'when': 'records.patient_key is not null'},
        {'entity': 'employment_statuses', 'column': 'patient_key', 'reason': 'no_parent_in_file',
            'join': 'anti join ' ~ ref('int_records_people')
                ~ ' as parents on hash(records.submission_id, records.patient_key) = parents.record_key',
            'when': 'records.patient_key is not null'},
        {'entity': 'long_term_conditions', 'column': 'service_request_id', 'reason': 'no_parent_in_file',
            'join': 'anti join ' ~ ref('int_records_referrals')
                ~ ' as parents on ' ~ text_hash('records.service_request_id', 'records.submission_id')
                ~ ' = parents.record_key',
            'when': 'records.service_request_id is not null'},
        {'entity': 'presenting_complaints', 'column': 'service_request_id', 'reason': 'no_parent_in_file',
            'join': 'anti join ' ~ ref('int_records_referrals')
                ~ ' as parents on ' ~ text_hash('records.service_request_id', 'records.submission_id')
                ~ ' = parents.record_key',
            'when': 'records.service_request_id is not null'},
        {'entity': 'employment_statuses', 'column': 'employment_status_code', 'reason': 'code_not_in_list',
            'when': 'records.employment_status_code not in (select codes.employment_status_code from '
                ~ ref('employment_status_codes') ~ ' as codes)'},
        {'entity': 'employment_statuses', 'column': 'recorded_date', 'reason': 'optional_field_blank',
            'when': 'records.recorded_date is null'},
        {'entity': 'presenting_complaints', 'column': 'coding_significance_code', 'reason': 'optional_field_blank',
            'when': "records.mds_version <> 'v1_5' and records.coding_significance_code is null"},
        {'entity': 'care_contacts', 'column': 'contact_time', 'reason': 'attended_twice_at_one_time',
            'join': 'inner join ' ~ ref('attendance_codes') ~ ' as codes '
                ~ 'on records.attendance_code = codes.attendance_code and codes.is_attended',
            'when': 'records.contact_time is not null',
            'repeated': text_hash(
                'records.service_request_id', 'records.submission_id, records.contact_date, records.contact_time'
            )},
        {'entity': 'disabilities', 'column': 'disability_code', 'reason': 'code_not_in_list',
            'when': 'records.disability_code not in (select codes.disability_code from '
                ~ ref('disability_codes') ~ ' as codes)'},
        {'entity': 'disabilities', 'column': 'patient_key', 'reason': 'no_parent_in_file',
            'join': 'anti join ' ~ ref('int_records_people')
                ~ ' as parents on hash(records.submission_id, records.patient_key) = parents.record_key',
            'when': 'records.patient_key is not null'},
        {'entity': 'waiting_time_pauses', 'column': 'pause_end_date', 'reason': 'value_unreadable',
            'when': 'records.is_pause_end_date_unreadable'},
        {'entity': 'waiting_time_pauses', 'column': 'pause_reason_code', 'reason': 'code_not_in_list',
            'when': 'records.pause_reason_code not in (select codes.pause_reason_code from '
                ~ ref('pause_reason_codes') ~ ' as codes)'},
        {'entity': 'waiting_time_pauses', 'column': 'pause_reason_code', 'reason': 'optional_field_blank',
            'when': 'records.pause_reason_code is null'},
        {'entity': 'waiting_time_pauses', 'column': 'service_request_id', 'reason': 'no_parent_in_file',
            'join': 'anti join ' ~ ref('int_records_referrals')
                ~ ' as parents on ' ~ text_hash('records.service_request_id', 'records.submission_id')
                ~ ' = parents.record_key',
            'when': 'records.service_request_id is not null'},
        {'entity': 'activity_scores', 'column': 'score_text', 'reason': 'score_outside_range', 'join': tools,
            'when': out_of_range},
        {'entity': 'referral_scores', 'column': 'score_text', 'reason': 'score_outside_range', 'join': tools,
            'when': out_of_range},
    ]) }}
{%- endmacro %}
