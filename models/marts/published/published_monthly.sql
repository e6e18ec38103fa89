{#
One row per month, organisation, ethnic group and measure of the NHS monthly statistics: the value as published, or why
there is none; beside a percentage the counts that it is made of, where they are published, and its gap to White.
Source of the rule: the seed published_monthly_measures. By ethnic group the publisher gives reliable recovery alone, in
five groups, as a percentage without counts, from October 2024 on.
#}
with cells as (

    select * from {{ ref('int_published_monthly_cells') }}

),

measures as (

    select distinct
        measure,
        group_id,
        nullif(numerator_measure, '') as numerator_measure,
        nullif(denominator_measure, '') as denominator_measure,
        nullif(excluded_measure, '') as excluded_measure
    from {{ ref('published_monthly_measures') }}
    where is_used

),

groups as (

    select * from {{ ref('int_published_groups') }}
    where breakdown = 'ethnic_group'

),

-- The high-level group that holds the reference group: in five groups nobody stands for White British people alone.
white_cells as (

    select cells.*
    from cells
    inner join groups
        on cells.group_id = groups.group_id
    where groups.is_reference_included and groups.group_level = 'high_level_ethnic_group'

),

find_parts as (

    select
        cells.*,
        measures.numerator_measure,
        measures.denominator_measure,
        measures.excluded_measure,
        numerators.cell_value as numerator_value,
        denominators.cell_value
        - case when measures.excluded_measure is null then 0 else excluded.cell_value end as denominator_value,
        coalesce(numerators.cell_status, 'not_given') as numerator_status,
        case
            when denominators.cell_status <> 'published' or measures.excluded_measure is null
                then coalesce(denominators.cell_status, 'not_given')
            else coalesce(excluded.cell_status, 'not_given')
        end as denominator_status,
        white_cells.cell_value as white_value
    from cells
    inner join measures
        on
            cells.measure = measures.measure
            and cells.group_id = measures.group_id
    left join cells as numerators
        on
            {{ published_keys_match(
                'cells', 'numerators', ['reporting_month', 'organisation_type', 'organisation_code', 'group_id']
            ) }}
            and measures.numerator_measure = numerators.measure
    left join cells as denominators
        on
            {{ published_keys_match(
                'cells', 'denominators', ['reporting_month', 'organisation_type', 'organisation_code', 'group_id']
            ) }}
            and measures.denominator_measure = denominators.measure
    left join cells as excluded
        on
            {{ published_keys_match(
                'cells', 'excluded', ['reporting_month', 'organisation_type', 'organisation_code', 'group_id']
            ) }}
            and measures.excluded_measure = excluded.measure
    left join white_cells
        on
            {{ published_keys_match(
                'cells', 'white_cells', ['reporting_month', 'organisation_type', 'organisation_code', 'measure']
            ) }}
            and cells.group_id <> white_cells.group_id

),

describe_cells as (

    select
        find_parts.reporting_month,
        {{ financial_year('find_parts.reporting_month') }} as financial_year,
        find_parts.organisation_level,
        find_parts.organisation_type,
        find_parts.organisation_code,
        find_parts.organisation_name,
        groups.group_level as ethnic_classification,
        groups.group_label as ethnic_group,
        find_parts.measure,
        find_parts.statistic,
        find_parts.cell_value as measure_value,
        find_parts.cell_status as value_status,
        cast(find_parts.numerator_value as bigint) as numerator_count,
        cast(find_parts.denominator_value as bigint) as denominator_count,
        case
            when find_parts.numerator_measure is null then 'not_applicable'
            when find_parts.numerator_status <> 'published' then find_parts.numerator_status
            else find_parts.denominator_status
        end as counts_status,
        case when groups.group_level <> 'total' then find_parts.cell_value - find_parts.white_value end
            as difference_to_white_points,
        find_parts.is_count_rounded
    from find_parts
    inner join groups
        on find_parts.group_id = groups.group_id

)

select * from describe_cells
