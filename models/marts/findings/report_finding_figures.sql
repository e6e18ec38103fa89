{#
One row per finding of the report, source, period, measure, group, group compared with, and model: the figures that the
answer rests on, and whether they bear the finding out.
A statement of significance is read by the interval, one that describes by the figures: of a complete count by them
alone, of other records only where the interval leaves no doubt or is too short to matter.
Source of the rule: seeds report_statements (what is stated), report_statement_settings (what is too small to matter, and
too few to say) and report_statement_sources; docs/report_findings.md.
#}
with statements as (

    select * from {{ ref('report_statements') }}

),

comparisons as (

    select * from {{ ref('int_finding_comparisons') }}

),

directions as (

    select * from {{ ref('report_statement_directions') }}

),

settings as (

    select * from {{ ref('report_statement_settings') }}

),

sources as (

    select * from {{ ref('report_statement_sources') }}

),

tell_apart as (

    select
        comparisons.*,
        statements.direction,
        directions.expected,
        directions.forbidden,
        statements.reading = 'descriptive' as is_descriptive,
        -- A printed figure stands for all that round to it.
        statements.printed_low - 0.5 * power(10, -statements.printed_low_decimals) as lowest_printed,
        statements.printed_high + 0.5 * power(10, -statements.printed_high_decimals) as highest_printed,
        settings.small_difference,
        settings.similar_difference,
        sources.is_complete_count,
        case
            when coalesce(comparisons.difference_low, comparisons.difference) > 0 then 'higher'
            when coalesce(comparisons.difference_high, comparisons.difference) < 0 then 'lower'
            else 'neither'
        end as told,
        coalesce(comparisons.difference_high - comparisons.difference_low, 0) <= 2 * settings.small_difference
            as is_precise,
        coalesce(comparisons.people_count < settings.fewest_people, false) or not comparisons.is_reliable as is_too_few
    from comparisons
    inner join statements
        on comparisons.finding_id = statements.finding_id
    inner join directions
        on statements.direction = directions.direction
    inner join settings
        on comparisons.unit = settings.unit
    inner join sources
        on comparisons.data_source = sources.data_source

),

read_figures as (

    select
        *,
        is_descriptive and (is_complete_count or is_precise) as is_read_by_figures,
        case when difference > 0 then 'higher' when difference < 0 then 'lower' end as figure_told,
        coalesce(difference_low, difference) as lowest,
        coalesce(difference_high, difference) as highest
    from tell_apart

),

judge as (

    select
        *,
        case
            when is_too_few then 'cannot be told'
            when direction = 'equal' and figure between lowest_printed and highest_printed then 'holds'
            when direction = 'equal' and not is_complete_count and lowest <= highest_printed
                and highest >= lowest_printed
                then 'cannot be told'
            when direction = 'equal' then 'does not hold'
            when expected <> 'none' and is_read_by_figures
                then case when figure_told = expected then 'holds' else 'does not hold' end
            when told = expected then 'holds'
            when expected <> 'none' and (told <> 'neither' or is_precise) then 'does not hold'
            when forbidden <> 'none' and is_read_by_figures
                then
                    case
                        when figure_told = forbidden and abs(difference) > small_difference then 'does not hold'
                        else 'holds'
                    end
            when told = forbidden then 'does not hold'
            when forbidden <> 'none' and (told <> 'neither' or is_precise) then 'holds'
            when direction = 'similar' and is_read_by_figures
                then case when abs(difference) <= similar_difference then 'holds' else 'does not hold' end
            when direction = 'similar' and not is_descriptive and told <> 'neither' then 'does not hold'
            when direction = 'similar' and not is_descriptive and is_precise then 'holds'
            when direction = 'similar' and is_descriptive and lowest >= -similar_difference
                and highest <= similar_difference
                then 'holds'
            when direction = 'similar' and is_descriptive
                and (lowest > similar_difference or highest < -similar_difference)
                then 'does not hold'
            else 'cannot be told'
        end as verdict
    from read_figures

),

select_columns as (

    select
        finding_id,
        data_source,
        period,
        measure,
        ethnic_group,
        comparator,
        fitted_model,
        unit,
        figure,
        compared_figure,
        difference,
        difference_low,
        difference_high,
        case when direction <> 'equal' then told <> 'neither' end as is_beyond_chance,
        cast(people_count as bigint) as people_count,
        verdict
    from judge

)

select * from select_columns
