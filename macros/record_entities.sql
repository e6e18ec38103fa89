{# The entities of the data set whose rows are checked, one model each: int_checked_<entity>. A test holds the list. #}
{% macro checked_entities() -%}
    {{ return([
        'people', 'employment_statuses', 'disabilities', 'referrals', 'waiting_time_pauses', 'care_contacts',
        'care_activities', 'internet_therapy_logs', 'long_term_conditions', 'presenting_complaints', 'referral_scores',
        'activity_scores',
    ]) }}
{%- endmacro %}

{# Those whose checked rows are kept from build to build: all that a mart uses. The others are always views. #}
{% macro kept_entities() -%}
    {{ return(checked_entities() | reject('in', ['disabilities', 'waiting_time_pauses']) | list) }}
{%- endmacro %}

{# Those whose shares of refused rows can be alarms (int_refusal_counts), which are said in every build of the core. #}
{% macro counted_entities() -%}
    {{ return([
        'people', 'referrals', 'care_contacts', 'care_activities', 'internet_therapy_logs', 'referral_scores',
        'activity_scores',
    ]) }}
{%- endmacro %}

{# The models that stay from build to build and grow by what has changed. #}
{% macro kept_models() -%}
    {%- set names = ['int_submission_files'] -%}
    {%- for entity in kept_entities() -%}{%- do names.append('int_checked_' ~ entity) -%}{%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
