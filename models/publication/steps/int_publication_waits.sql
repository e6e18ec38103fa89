{# One row per referral year, area, ethnic classification, ethnic group and wait: the waits that are published. #}
{% set keys = ['wait', 'financial_year', 'area_level', 'area_code', 'ethnic_classification', 'ethnic_group'] %}
with waits as (

    select * from {{ ref('waits') }}

),

publication_scope as (

    select * from {{ ref('publication_scope') }}

),

name_figures as (

    select
        {{ figure_name('waits', keys) }} as figure_name,
        waits.*
    from waits
    where
        exists (
            select publication_scope.area_level
            from publication_scope
            where
                publication_scope.period_kind = 'year'
                and not publication_scope.is_crossed
                and publication_scope.area_level = waits.area_level
                and publication_scope.ethnic_classification = waits.ethnic_classification
        )

)

select * from name_figures
