{#
    One row per ethnicity, which is an ethnic category or, without a valid one, how it was recorded, and classification
    that it is counted in: 16 groups, 5 high-level groups, White British or minoritised, how it was recorded, all. People
    with no valid category are a group of their own in each, so that the groups add up to the total. Below regions the 16
    groups are not crossed with anything else (macro groups_in_area): a cell would hold a handful.
#}
with ethnic_categories as (

    select * from {{ ref('ethnic_categories') }}

),

recording_statuses as (

    select term as ethnicity_recording_status
    from {{ ref('measure_definitions') }}
    where vocabulary = 'ethnicity_recording_status'

),

add_unknown as (

    select
        ethnic_category_code as ethnicity_key,
        ethnic_group,
        high_level_ethnic_group,
        case
            when is_reference_group then ethnic_group
            else '{{ var("minoritised_ethnic_groups") }}'
        end as minoritised_group,
        'valid' as ethnicity_recording_status,
        is_reference_group
    from ethnic_categories
    union all
    select
        ethnicity_recording_status as ethnicity_key,
        '{{ var("unknown_ethnic_group") }}' as ethnic_group,
        '{{ var("unknown_ethnic_group") }}' as high_level_ethnic_group,
        '{{ var("unknown_ethnic_group") }}' as minoritised_group,
        ethnicity_recording_status,
        false as is_reference_group
    from recording_statuses
    where ethnicity_recording_status <> 'valid'

),

list_classifications as (

    select
        ethnicity_key,
        'ethnic_group' as ethnic_classification,
        ethnic_group,
        is_reference_group
    from add_unknown
    union all
    select
        ethnicity_key,
        'high_level_ethnic_group' as ethnic_classification,
        high_level_ethnic_group as ethnic_group,
        is_reference_group
    from add_unknown
    union all
    select
        ethnicity_key,
        'minoritised' as ethnic_classification,
        minoritised_group as ethnic_group,
        is_reference_group
    from add_unknown
    union all
    select
        ethnicity_key,
        'ethnicity_recording_status' as ethnic_classification,
        ethnicity_recording_status as ethnic_group,
        is_reference_group
    from add_unknown
    union all
    select
        ethnicity_key,
        'total' as ethnic_classification,
        '{{ var("all_ethnic_groups") }}' as ethnic_group,
        is_reference_group
    from add_unknown

),

mark_reference as (

    select
        * exclude (is_reference_group),
        ethnic_classification in ('high_level_ethnic_group', 'minoritised', 'total') as is_crossed_below_regions,
        bool_or(is_reference_group) over (
            partition by ethnic_classification, ethnic_group
        ) as is_reference_included
    from list_classifications

)

select * from mark_reference
