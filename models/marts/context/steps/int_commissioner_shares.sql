{#
    One row per statistic, outcome, source of data, ethnic group and financial year: the share of areas whose published
    rate of the group can be read (reported_share), and of those with a gap to White British people, the share where the
    group does at least as well (no_gap_share). Areas are the integrated care boards and the partnerships before them in
    published statistics, which stayed much the same over the years, and commissioners in raw data.
    Source of the rule: report, recommendations 1c (report on outcomes) and 6b (find services with less of a gap). All
    areas are counted, so a share has no interval; with few people in each, some have no gap by chance.
#}
with published_outcomes as (

    select * from {{ ref('published_outcomes') }}
    where organisation_level = 'system' and ethnic_classification = 'ethnic_group'

),

outcome_rates as (

    select * from {{ ref('outcome_rates') }}
    where area_level = 'commissioner' and ethnic_classification = 'ethnic_group' and is_complete

),

reference_groups as (

    select ethnic_group
    from {{ ref('ethnic_categories') }}
    where is_reference_group

),

unite_areas as (

    select
        'published_statistics' as data_source,
        outcome,
        ethnic_group,
        financial_year,
        rate is not null as is_readable,
        difference_to_white_british >= 0 as is_without_gap
    from published_outcomes
    union all
    select
        'raw_data' as data_source,
        measure as outcome,
        ethnic_group,
        financial_year,
        cast(null as boolean) as is_readable,
        difference_to_white_british >= 0 as is_without_gap
    from outcome_rates

),

share_areas as (

    {% for statistic, flag in [('reported_share', 'is_readable'), ('no_gap_share', 'is_without_gap')] %}
    select
        '{{ statistic }}' as statistic,
        outcome,
        data_source,
        ethnic_group,
        financial_year,
        100.0 * sum(case when {{ flag }} then 1 else 0 end) / nullif(count({{ flag }}), 0) as figure,
        cast(null as double) as figure_low,
        cast(null as double) as figure_high,
        count({{ flag }}) as figure_count
    from unite_areas
    where
        ethnic_group <> '{{ var("unknown_ethnic_group") }}'
        and ethnic_group not in (select reference_groups.ethnic_group from reference_groups)
    group by outcome, data_source, ethnic_group, financial_year
    having count({{ flag }}) > 0
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from share_areas
