{#
    One row per area in which a provider of changed submissions has referrals: those submissions, by what became of them.
    Whatever a provider has, England has; a provider that is gone altogether is found there and under its own code. The
    first are named, and how many more there are: a delivery can replace thousands.
#}
with changes as (

    select * from {{ ref('int_submission_changes') }}

),

areas as (

    select * from {{ ref('int_areas') }}

),

naming as (

    select cast(rule_value as integer) as most_named from {{ ref('submission_rules') }}
    where rule = 'named_submissions'

),

list_areas as (

    select
        provider_code,
        area_level,
        area_code
    from areas
    union
    select
        provider_code,
        'provider' as area_level,
        provider_code as area_code
    from changes
    union
    select
        provider_code,
        'national' as area_level,
        '{{ var("national_area_code") }}' as area_code
    from changes

),

name_submissions as (

    select
        list_areas.area_level,
        list_areas.area_code,
        changes.change_kind,
        changes.provider_code || ' ' || left(cast(changes.reporting_month as varchar), 7) || ' ('
        || changes.mds_version || ' ' || changes.submission_id || ')' as submission_name
    from changes
    inner join list_areas
        on changes.provider_code = list_areas.provider_code

),

rank_submissions as (

    select
        *,
        row_number() over (partition by area_level, area_code, change_kind order by submission_name) as name_rank,
        count(*) over (partition by area_level, area_code, change_kind) as name_count
    from name_submissions

),

name_first as (

    select
        rank_submissions.area_level,
        rank_submissions.area_code,
        rank_submissions.change_kind,
        rank_submissions.name_rank,
        case
            when rank_submissions.name_rank <= naming.most_named then rank_submissions.submission_name
            else 'and ' || cast(rank_submissions.name_count - naming.most_named as varchar) || ' more'
        end as said
    from rank_submissions
    inner join naming
        on rank_submissions.name_rank <= naming.most_named + 1

),

list_submissions as (

    select
        area_level,
        area_code,
        string_agg(said, ', ' order by name_rank) filter (where change_kind = 'came') as submissions_came,
        string_agg(said, ', ' order by name_rank) filter (where change_kind = 'replaced') as submissions_replaced,
        string_agg(said, ', ' order by name_rank) filter (where change_kind = 'withdrawn') as submissions_withdrawn,
        string_agg(said, ', ' order by name_rank) filter (where change_kind = 'corrected') as submissions_corrected
    from name_first
    group by area_level, area_code

)

select * from list_submissions
