{#
    One row per count of the presentation that is published: the people of a category, and those of whom the characteristic
    is known, which its categories add up to.
#}
{% set keys = ['area_level', 'area_code', 'ethnic_classification', 'ethnic_group'] | join(',\n        ') %}
with presentation as (

    select * from {{ ref('int_publication_presentation') }}

),

unite_counts as (

    select
        figure_name || '.category' as cell_id,
        'presentation.' || sample || '.' || characteristic as block,
        known_name || '.known' as denominator_cell_id,
        category_count as true_count,
        period as financial_year,
        period,
        {{ keys }},
        characteristic,
        category as characteristic_value
    from presentation
    where statistic = 'share'
    union all
    select distinct
        known_name || '.known' as cell_id,
        'presentation.' || sample || '.' || characteristic as block,
        cast(null as varchar) as denominator_cell_id,
        known_count as true_count,
        period as financial_year,
        period,
        {{ keys }},
        'all' as characteristic,
        'all' as characteristic_value
    from presentation

),

add_period_kind as (

    select
        *,
        'year' as period_kind
    from unite_counts

)

select * from add_period_kind
