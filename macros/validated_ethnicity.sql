{#
    The common table expression `validate_ethnicity`: the rows of another one with the valid ethnic category, if any,
    and how ethnicity is recorded. Source of the rule: docs/rules.md, 9: valid by its exact code. Where the variable
    `use_ethnic_category_2021` says so, a category of 2021 that maps to one of 2001 fills in for a missing one.
#}
{% macro validate_ethnicity(rows) -%}
known_codes as (

    select
        ethnic_category_code as ethnicity_code,
        ethnic_category_code,
        'valid' as ethnicity_recording_status
    from {{ ref('ethnic_categories') }}
    union all
    select
        ethnicity_code,
        null as ethnic_category_code,
        ethnicity_recording_status
    from {{ ref('ethnicity_unstated_codes') }}

),

validate_ethnicity as (

    select
        {{ rows }}.*,
        {% if var('use_ethnic_category_2021') -%}
        coalesce(known_codes.ethnic_category_code, categories_2021.ethnic_category_code) as ethnic_category_code,
        if(
            categories_2021.ethnic_category_code is not null,
            'valid',
            {{ ethnicity_recording_status(rows) }}
        ) as ethnicity_recording_status,
        categories_2021.ethnic_category_code is not null as is_from_2021_code
        {%- else -%}
        known_codes.ethnic_category_code,
        {{ ethnicity_recording_status(rows) }} as ethnicity_recording_status,
        false as is_from_2021_code
        {%- endif %}
    from {{ rows }}
    left join known_codes
        on {{ clean_code(rows ~ '.ethnic_category_raw') }} = known_codes.ethnicity_code
    {% if var('use_ethnic_category_2021') -%}
    left join {{ ref('ethnic_categories_2021') }} as categories_2021
        on
            {{ clean_code(rows ~ '.ethnic_category_2021_raw') }} = categories_2021.ethnic_category_2021_code
            and {{ ethnicity_recording_status(rows) }} = 'missing'
    {%- endif %}

)
{%- endmacro %}


{# One of valid, not_stated, not_known, invalid and missing, from the common table expression known_codes. #}
{% macro ethnicity_recording_status(rows) -%}
    coalesce(
        known_codes.ethnicity_recording_status,
        if({{ clean_code(rows ~ '.ethnic_category_raw') }} is null, 'missing', 'invalid')
    )
{%- endmacro %}


{# The column of int_person_ethnicity_rules that the variable `ethnicity_resolution` chooses. #}
{% macro ethnicity_resolution() -%}
    {%- set rules = ['most_frequent_valid', 'latest_valid', 'as_referred'] -%}
    {%- set rule = var('ethnicity_resolution') -%}
    {%- if rule not in rules -%}
        {{ exceptions.raise_compiler_error(
            "variable ethnicity_resolution is '" ~ rule ~ "'; it must be one of " ~ rules | join(', ')
        ) }}
    {%- endif -%}
    {{ rule }}
{%- endmacro %}
