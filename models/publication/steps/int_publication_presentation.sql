{#
    One row per sample, year, area, ethnic classification, ethnic group, characteristic and category: the presentation that
    is published, of single years. Which: seed publication_scope, as figures that are crossed with a characteristic.
#}
{% set keys = ['sample', 'period', 'area_level', 'area_code', 'ethnic_classification', 'ethnic_group',
    'characteristic'] %}
with presentation as (

    select * from {{ ref('presentation') }}
    where period_kind = 'financial_year'

),

publication_scope as (

    select * from {{ ref('publication_scope') }}
    where period_kind = 'year' and is_crossed

),

name_figures as (

    select
        {{ figure_name('presentation', keys) }} as known_name,
        {{ figure_name('presentation', keys + ['category']) }} as figure_name,
        *
    from presentation
    where
        exists (
            select publication_scope.area_level
            from publication_scope
            where
                publication_scope.area_level = presentation.area_level
                and publication_scope.ethnic_classification = presentation.ethnic_classification
        )

)

select * from name_figures
