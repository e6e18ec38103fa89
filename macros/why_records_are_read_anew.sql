{# Why kept tables cannot grow, of which some may be missing; nothing where they can. #}
{% macro why_records_are_read_anew(list, missing) -%}
    {%- set changed = changed_rules() -%}
    {%- if flags.FULL_REFRESH -%}
        {{ return('--full-refresh') }}
    {%- elif not list or not run_query('select 1 from ' ~ list ~ ' limit 1').rows -%}
        {{ return('no build before this one has read all of them') }}
    {%- elif changed | length > 3 -%}
        {{ return(changed[:3] | join(', ') ~ ' and more changed since') }}
    {%- elif changed -%}
        {{ return(changed | join(', ') ~ ' changed since') }}
    {%- elif missing -%}
        {{ return(missing[0] ~ ' is not there') }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}

{# What of all that decides how records are read is not as it was when those that are kept were read. #}
{% macro changed_rules() -%}
    {%- set changed -%}
        select part
        from {{ source('input_files', 'record_rules') }} as rules
        full join {{ source('input_files', 'kept_rules') }} as kept_rules using (part)
        where rules.fingerprint is distinct from kept_rules.fingerprint
        order by part
    {%- endset -%}
    {{ return(run_query(changed).columns[0].values() | list) }}
{%- endmacro %}
