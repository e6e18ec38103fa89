{# Records of the rows that meet a condition, where each row stands for `record_count` of them. #}
{% macro count_of_records(condition) -%}
    cast(coalesce(sum(record_count) filter (where {{ condition }}), 0) as bigint)
{%- endmacro %}


{# A number behind the quality marts, from the seed ethnicity_quality_settings. #}
{% macro ethnicity_quality_setting(setting) -%}
    (
        select settings.setting_value
        from {{ ref('ethnicity_quality_settings') }} as settings
        where settings.setting = '{{ setting }}'
    )
{%- endmacro %}


{#
    Says at the end of a run which expectations on ethnicity recording fail as of the latest month, and names the
    providers outside their limits. Nothing where the expectations were not built in this run.
#}
{% macro summarise_ethnicity_expectations(results) %}
    {% set built = results | selectattr('node.name', 'equalto', 'ethnicity_expectations')
        | selectattr('node.resource_type', 'equalto', 'model') | selectattr('status', 'equalto', 'success') | list %}
    {% if execute and built %}
        {% set said = run_query('select ethnicity_lines()').columns[0].values()[0] %}
        {% for line in said.splitlines() %}{{ log(line, info=true) }}{% endfor %}
    {% endif %}
{% endmacro %}
