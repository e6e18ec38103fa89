{#
    One row per episode: which of the two measures fell or rose by a reliable amount.
    Source of the rule: report 3.6.1 and footnote i; at or above the reliable change of the measure (mds_reference 4.7).
#}
with episodes as (

    select * from {{ ref('int_episodes_recovered') }}

),

mark_change as (

    select
        *,
        coalesce(is_paired and phq9_first - phq9_last >= phq9_change_threshold, false) as has_phq9_improved,
        coalesce(is_paired and phq9_last - phq9_first >= phq9_change_threshold, false) as has_phq9_deteriorated,
        coalesce(is_paired and anxiety_first - anxiety_last >= anxiety_change_threshold, false) as has_anxiety_improved,
        coalesce(is_paired and anxiety_last - anxiety_first >= anxiety_change_threshold, false)
            as has_anxiety_deteriorated
    from episodes

)

select * from mark_change
