{# The rows of one staged entity from every version of the data set in use, with the version that they came in. #}
{% macro union_versions(entity) -%}
    {% for version in var('mds_versions') %}
        select
            '{{ version }}' as mds_version,
            *
        from {{ ref('stg_' ~ version ~ '__' ~ entity) }}
        {% if not loop.last %}union all by name{% endif %}
    {% endfor %}
{%- endmacro %}
