{# The rows of one staged entity from every version of the data set, with the version that they came in. #}
{% macro union_versions(entity) -%}
        select * from {{ ref('stg_v1_5__' ~ entity) }}
        union all
        select * from {{ ref('stg_v2__' ~ entity) }}
{%- endmacro %}

{# The rows of one staged entity from one version of the data set. #}
{% macro staged_rows(entity, version) -%}
    {%- if version == 'v1_5' -%}
        {{ ref('stg_v1_5__' ~ entity) }}
    {%- else -%}
        (select * from {{ ref('stg_v2__' ~ entity) }} where mds_version = '{{ version }}')
    {%- endif -%}
{%- endmacro %}

{# The versions of the data set that can be read, as their input folders are named; one that is not given has no rows. #}
{% macro data_set_versions() -%}
    {{ return(['v1_5', 'v2_0', 'v2_1']) }}
{%- endmacro %}
