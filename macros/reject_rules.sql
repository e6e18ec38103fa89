{#
    The rules that refuse a row by itself, in their order, for one staged entity: the staged column, the reason, and the
    condition in SQL over `staged` and `submissions`. What each rule means and which field of which version it looks at
    stands in the seed validation_rules. Code lists are seeds too. `case` leaves what is rarely asked to the rows that
    ask, with the list in the text, since a join would look at every row. A condition that is null does not refuse.
#}
{% macro reject_rules(entity, version) -%}
    {%- set codes = "select code from " ~ ref('accepted_codes') ~ " where mds_version = '" ~ version
        ~ "' and column_name = " -%}
    {%- set tools = "select tool_code from " ~ ref('known_assessment_tools') -%}
    {%- set has_scores = entity in ['activity_scores', 'referral_scores'] -%}
    {%- set number_tools = literal_list(tools ~ ' where is_number') if has_scores else '' -%}
    {%- set tool_rules = [
        {'column': 'tool_code', 'reason': 'required_field_blank', 'when': 'staged.tool_code is null',
            'falls_out_of_joins': entity == 'activity_scores'},
        {'column': 'tool_code', 'reason': 'unknown_assessment_tool',
            'when': 'staged.tool_code not in (' ~ tools ~ ')',
            'falls_out_of_joins': entity == 'activity_scores'},
        {'column': 'score_text', 'reason': 'required_field_blank',
            'when': 'case when staged.score is null then staged.score_text is null end',
            'falls_out_of_joins': entity == 'activity_scores'},
        {'column': 'score_text', 'reason': 'score_not_a_number',
            'when': 'case when staged.score is null then staged.tool_code in ' ~ number_tools ~ ' end',
            'falls_out_of_joins': entity == 'activity_scores'},
    ] -%}
    {%- if version == 'v1_5' -%}{%- set tool_rules = [] -%}{%- endif -%}
    {%- set rules = {
        'people': blank_rule('patient_key'),
        'employment_statuses': blank_rule('patient_key', falls_out_of_joins=true)
            + blank_rule('employment_status_code'),
        'referrals': blank_rule('service_request_id') + blank_rule('patient_key')
            + date_rules('referral_received_date'),
        'care_contacts': blank_rule('care_contact_key') + blank_rule('service_request_id')
            + date_rules('contact_date') + [
            {'column': 'attendance_code', 'reason': 'code_not_in_list',
                'when': "staged.attendance_code not in (" ~ codes ~ "'attendance_code')"},
        ] + blank_rule('appointment_type_code', falls_out_of_joins=true) + [
            {'column': 'appointment_type_code', 'reason': 'code_not_in_list',
                'when': "staged.appointment_type_code not in (" ~ codes ~ "'appointment_type_code')",
                'keep': "staged.appointment_type_code in (" ~ codes ~ "'appointment_type_code')"},
        ] + month_rules('contact_date'),
        'care_activities': blank_rule('care_activity_key', falls_out_of_joins=true)
            + blank_rule('care_contact_key', falls_out_of_joins=true),
        'activity_scores': blank_rule('care_activity_key', falls_out_of_joins=true) + tool_rules,
        'referral_scores': blank_rule('service_request_id') + tool_rules + date_rules('score_date')
            + month_rules('score_date'),
        'internet_therapy_logs': blank_rule('service_request_id') + date_rules('start_date') + date_rules('end_date')
            + month_rules('end_date'),
        'long_term_conditions': blank_rule('service_request_id', falls_out_of_joins=true)
            + blank_rule('long_term_condition_code', falls_out_of_joins=true),
        'presenting_complaints': blank_rule('service_request_id', falls_out_of_joins=true)
            + blank_rule('problem_code', falls_out_of_joins=true),
        'disabilities': blank_rule('patient_key') + blank_rule('disability_code'),
        'waiting_time_pauses': blank_rule('service_request_id') + blank_rule('pause_key')
            + date_rules('pause_start_date'),
    } -%}
    {{ return(rules[entity]) }}
{%- endmacro %}

{#
    A value that must be there. What `falls_out_of_joins` is refused by every model that uses it, since a null key or an
    unknown code matches nothing there; the core of the build does not look at these rows one by one, only what counts
    the kept and the refused does (kept_records, quarantined_records). `keep`, where a rule has it, says what the core
    keeps in fewer words than that the rule is not true.
#}
{% macro blank_rule(column, falls_out_of_joins=false) -%}
    {{ return([{
        'column': column, 'reason': 'required_field_blank', 'when': 'staged.' ~ column ~ ' is null',
        'falls_out_of_joins': falls_out_of_joins,
    }]) }}
{%- endmacro %}

{# A date that must be there. What is null but was given is unreadable; the two reasons together refuse every null. #}
{% macro date_rules(column) -%}
    {{ return([
        {'column': column, 'reason': 'value_unreadable', 'when': 'staged.is_' ~ column ~ '_unreadable'},
    ] + blank_rule(column)) }}
{%- endmacro %}

{% macro month_rules(column) -%}
    {{ return([
        {'column': column, 'reason': 'outside_reporting_month',
            'when': 'staged.' ~ column
                ~ ' not between submissions.reporting_month and last_day(submissions.reporting_month)'},
    ]) }}
{%- endmacro %}

{#
    What names a record of an entity within its submission, in SQL over `staged`; two rows of one submission with the
    same are one record sent twice. None where repeating changes nothing that is counted.
#}
{% macro record_key(entity) -%}
    {%- set keys = {
        'people': 'hash(staged.submission_id, staged.patient_key)',
        'referrals': text_hash('staged.service_request_id', 'staged.submission_id'),
        'care_contacts': 'staged.care_contact_key',
        'care_activities': 'staged.care_activity_key',
        'activity_scores': 'hash(staged.care_activity_key, staged.tool_code)',
        'referral_scores': text_hash(
            'staged.service_request_id',
            'staged.submission_id, staged.tool_code, staged.score_date, staged.score_time'
        ),
    } -%}
    {{ return(keys.get(entity)) }}
{%- endmacro %}

{#
    The group of rows in which a record key is looked for twice: its key in SQL over `staged`, provider and month, and
    the small number that tells the records of the group apart; without one the group is the record.
#}
{% macro key_group(entity) -%}
    {%- set by_year = 'staged.provider_code, year(staged.reporting_month)' -%}
    {%- set groups = {
        'people': {
            'key': 'hash(staged.patient_key, ' ~ by_year ~ ')', 'bit': 'month(staged.reporting_month)',
        },
        'referrals': {
            'key': text_hash('staged.service_request_id', by_year), 'bit': 'month(staged.reporting_month)',
        },
        'activity_scores': {'key': 'staged.care_activity_key', 'bit': 'tools.tool_number'},
    } -%}
    {{ return(groups.get(entity, {'key': record_key(entity), 'bit': none})) }}
{%- endmacro %}

{#
    What an activity or outcome hangs on in its submission: the entity of its parent, the staged column, the key of the
    parent in SQL over `staged`, and the date, if any, that must not lie before the receipt of the parent referral.
    A referral is named by service request and month, since one submission of a provider and month is used.
#}
{% macro parent_of(entity) -%}
    {%- set referral = {
        'entity': 'referrals', 'column': 'service_request_id',
        'key': text_hash('staged.service_request_id', 'staged.provider_code'),
    } -%}
    {%- set parents = {
        'care_contacts': dict(referral, date='contact_date'),
        'care_activities': {
            'entity': 'care_contacts', 'column': 'care_contact_key', 'key': 'staged.care_contact_key',
        },
        'activity_scores': {
            'entity': 'care_activities', 'column': 'care_activity_key', 'key': 'staged.care_activity_key',
        },
        'referral_scores': dict(referral, date='score_date'),
        'internet_therapy_logs': dict(referral, date='end_date'),
    } -%}
    {{ return(parents.get(entity)) }}
{%- endmacro %}

{# Entities whose records have a key. #}
{% macro entities_with_keys() -%}
    {{ return(['people', 'referrals', 'care_contacts', 'care_activities', 'activity_scores', 'referral_scores']) }}
{%- endmacro %}
