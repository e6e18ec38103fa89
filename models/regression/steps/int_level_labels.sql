{#
    One row per level of the term of ethnic groups: how it is called. Every other level is its own label.
    Source of the rule: report, Tables 3 and 4 (names of the groups), by way of the seed ethnic_categories.
#}
with terms as (

    select * from {{ ref('regression_terms') }}

),

ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

name_terms as (

    select distinct term
    from terms
    where source_column = 'ethnic_category_code'

),

label_levels as (

    select
        name_terms.term,
        ethnic_categories.ethnic_category_code,
        ethnic_categories.ethnic_group as level_label
    from name_terms
    cross join ethnic_categories

)

select * from label_levels
