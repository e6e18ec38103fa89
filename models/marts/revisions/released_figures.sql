{#
    One row per figure of the rates by year, as this build makes it. The next build finds it in the warehouse file, and
    says in figure_revisions what has changed.
#}
{% for table in revised_tables() %}
{{ 'with ' if loop.first }}{{ table }} as (

    select * from {{ ref(table) }}

),

{% endfor -%}
unite_figures as (

    {% for table in revised_tables() -%}
    select
        '{{ table }}' as table_name,
        {{ revised_keys() | join(',\n        ') }},
        numerator_count,
        denominator_count,
        rate
    from {{ table }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from unite_figures
