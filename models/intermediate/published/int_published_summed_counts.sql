{#
One row per financial year, organisation, high-level ethnic group and measure that the publication does not give: the
sum of its categories where every one of them is published; otherwise no number, and the reason.
Source of the rule: ours. The files of 2012-13 and 2014-15 to 2016-17 give the 16 categories only.
#}
with cells as (

    select * from {{ ref('int_published_cells') }}
    where statistic = 'count'

),

sum_members as (

    select
        cells.financial_year,
        cells.organisation_type,
        cells.organisation_code,
        members.high_level_group_id as group_id,
        cells.measure,
        sum(cells.cell_value) as member_sum,
        count(*) < max(members.member_count) as is_member_missing,
        bool_and(cells.cell_status = 'published') as is_published,
        -- Suppressed is the mildest reason: it is given only where there is no other.
        coalesce(
            min(cells.cell_status) filter (where cells.cell_status not in ('published', 'suppressed')), 'suppressed'
        ) as reason
    from cells
    inner join {{ ref('int_published_group_members') }} as members
        on cells.group_id = members.group_id
    group by all

),

drop_given as (

    select sum_members.*
    from sum_members
    anti join cells
        on {{ published_keys_match(
            'sum_members', 'cells', ['financial_year', 'organisation_type', 'organisation_code', 'group_id', 'measure']
        ) }}

),

settle_status as (

    select
        * exclude (member_sum, is_member_missing, is_published, reason),
        case when is_member_missing then 'not_given' when is_published then 'published' else reason end as count_status,
        case when is_published and not is_member_missing then cast(member_sum as bigint) end as count_value
    from drop_given

)

select * from settle_status
