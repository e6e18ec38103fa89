{# A value of the chosen profile of disclosure control. The calling model refers to the seed for its lineage. #}
{% macro profile_value(column) -%}
    (
        select profiles.{{ column }}
        from {{ ref('disclosure_profiles') }} as profiles
        where profiles.profile_name = '{{ var("disclosure_profile") }}'
    )
{%- endmacro %}
