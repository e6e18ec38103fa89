{#
    The rows of one staged entity that the marts may use, from every version of the data set: rows of accepted
    submissions that no reject rule refuses, with the provider and month they came from. `local_keys` names the
    provider's own keys that the entity carries ('patient', 'service_request'); they are made unique among providers
    here. A row whose parent its submission does not hold is an orphan and falls out of the joins that use it, at no
    cost here (int_contact_periods, int_activity_scores).
#}
{% macro accepted_records(entity, local_keys=[]) -%}
{%- set key = record_key(entity) -%}
{%- set hidden = helper_columns(entity) + (['patient_key'] if 'patient' in local_keys else []) -%}
{{ configure_records(otherwise='view') }}
with staged as (

    {{ valid_records(entity, is_whole=keeps_records()) }}

),
{%- if key %}

duplicates as (

    select * from {{ ref('int_duplicate_records') }}
    where entity = '{{ entity }}'

),
{%- endif %}

keep_records as (

    select
        staged.* {% if hidden %}exclude ({{ hidden | join(', ') }}){% endif %}
        {%- if 'patient' in local_keys %},
        {{ provider_key('staged.provider_code', 'staged.patient_key') }} as patient_key
        {%- endif %}
        {%- if 'service_request' in local_keys %},
        {{ text_hash('staged.service_request_id', 'staged.provider_code') }} as service_request_key
        {%- endif %}
        {%- if entity in ['people', 'referrals'] %},
        {{ key }} as record_key
        {%- endif %}
    from staged
    {%- if key %}
    left join duplicates
        on {{ key }} = duplicates.record_key
    where
        duplicates.record_key is null
        or (staged.source_file = duplicates.source_file and staged.source_row = duplicates.source_row)
    {%- endif %}

)

select * from keep_records
{%- endmacro %}

{# Columns of a staged entity that only say why a row is refused; nothing after the records layer needs them. #}
{% macro helper_columns(entity) -%}
    {%- set helpers = [] -%}
    {%- for rule in reject_rules(entity, 'v2_1') if rule.reason == 'value_unreadable' -%}
        {%- do helpers.append('is_' ~ rule.column ~ '_unreadable') -%}
    {%- endfor -%}
    {%- if entity == 'people' -%}{%- do helpers.append('is_birth_date_unreadable') -%}{%- endif -%}
    {%- if entity == 'referrals' -%}{%- do helpers.append('is_discharge_date_unreadable') -%}{%- endif -%}
    {{ return(helpers) }}
{%- endmacro %}

{#
    The rows of an entity in accepted submissions that no rule refuses by themselves, from every version.
    `is_whole`: by the rules as well whose rows fall out of the joins that use them.
#}
{% macro valid_records(entity, is_whole) -%}
    {%- for version in data_set_versions() %}
    select
        staged.*,
        submissions.provider_code,
        submissions.reporting_month
    from {{ staged_rows(entity, version) }} as staged
    inner join {{ ref('int_accepted_submissions') }} as submissions
        on
            staged.submission_id = submissions.submission_id
            and submissions.mds_version = '{{ version }}'
    where
        true
        {%- for rule in reject_rules(entity, version)
            if rule.reason != 'value_unreadable' and (is_whole or not rule.falls_out_of_joins) %}
        and {{ rule.keep or '(' ~ rule.when ~ ') is not true' }}
        {%- endfor %}
        {{ only_changed() }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{#
    The records of an entity without those that fall out of the joins that use them: by a rule on the row, or since
    their submission holds no referral that they can hang on.
#}
{% macro kept_records(entity) -%}
    {%- set parent = parent_of(entity) or {} -%}
    {%- for version in data_set_versions() %}
    select staged.*
    from {{ ref('int_records_' ~ entity) }} as staged
    {%- if parent.entity == 'referrals' %}
    semi join {{ ref('int_referral_spans') }} as spans
        on
            staged.service_request_key = spans.service_request_key
            and staged.reporting_month between spans.first_month and spans.last_month
            and staged.{{ parent.date }} >= spans.referral_received_date
    {%- endif %}
    where
        staged.mds_version = '{{ version }}'
        {%- for rule in reject_rules(entity, version) if rule.falls_out_of_joins %}
        and ({{ rule.when }}) is not true
        {%- endfor %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
