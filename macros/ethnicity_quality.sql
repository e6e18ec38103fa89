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
        {% set failed = run_query(
            "select expectation, provider_size_band, severity, strftime(reporting_month, '%B %Y') as month,"
            ~ " failing_provider_count, coalesce(failing_providers, '') as failing_providers"
            ~ " from " ~ built[0].node.relation_name
            ~ " where is_latest_month and not success order by severity, expectation, provider_size_band"
        ) %}
        {% for row in failed.rows %}
            {{ log(
                'Ethnicity recording as of ' ~ row['month'] ~ ', ' ~ row['severity'] ~ ': ' ~ row['expectation']
                ~ ' (' ~ row['provider_size_band'] ~ ')'
                ~ (', providers: ' ~ row['failing_providers']
                    if row['failing_provider_count'] else ''),
                info=true
            ) }}
        {% endfor %}
    {% endif %}
{% endmacro %}
