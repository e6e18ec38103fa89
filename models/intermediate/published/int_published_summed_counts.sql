{#
One row per financial year, organisation, high-level ethnic group and measure that the publication does not give: the
sum of its categories where every one of them is published; otherwise no number, and the reason.
Source of the rule: ours. The files of 2012-13 and 2014-15 to 2016-17 give the 16 categories only.
#}
with cells as (

    select * from {{ ref('int_published_cells') }}
    where statistic = 'count'

),

groups as (

    select * from {{ ref('int_published_groups') }}

),

members as (

    select
        high_level.group_id as high_level_group_id,
        categories.group_id,
        count(*) over (partition by high_level.group_id) as member_count
    from groups as high_level
    inner join groups as categories
        on
            high_level.high_level_ethnic_group = categories.high_level_ethnic_group
            and categories.group_level = 'ethnic_group'
    where high_level.group_level = 'high_level_ethnic_group'

),

sum_members as (

    select
        cells.financial_year,
        cells.organisation_type,
        cells.organisation_code,
        members.high_level_group_id as group_id,
        cells.measure,
        case
            when count(*) < max(members.member_count) then 'not_given'
            when count(*) filter (where cells.cell_status <> 'published') = 0 then 'published'
            when count(*) filter (where cells.cell_status not in ('published', 'suppressed')) = 0 then 'suppressed'
            else min(cells.cell_status) filter (where cells.cell_status not in ('published', 'suppressed'))
        end as count_status,
        sum(cells.cell_value) as member_sum
    from cells
    inner join members on cells.group_id = members.group_id
    group by
        cells.financial_year,
        cells.organisation_type,
        cells.organisation_code,
        members.high_level_group_id,
        cells.measure

),

drop_given as (

    select sum_members.*
    from sum_members
    anti join cells
        on
            sum_members.financial_year = cells.financial_year
            and sum_members.organisation_type = cells.organisation_type
            and sum_members.organisation_code = cells.organisation_code
            and sum_members.group_id = cells.group_id
            and sum_members.measure = cells.measure

)

select
    * exclude (member_sum),
    case when count_status = 'published' then cast(member_sum as bigint) end as count_value
from drop_given
