{#
    One row per area in which a provider of changed submissions has referrals: those submissions, by what became of them.
    Whatever a provider has, England has; a provider that is gone altogether is found there and under its own code.
#}
with changes as (

    select * from {{ ref('int_submission_changes') }}

),

areas as (

    select * from {{ ref('int_areas') }}

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

list_submissions as (

    select
        area_level,
        area_code,
        string_agg(submission_name, ', ' order by submission_name)
        filter (where change_kind = 'came') as submissions_came,
        string_agg(submission_name, ', ' order by submission_name)
        filter (where change_kind = 'replaced') as submissions_replaced,
        string_agg(submission_name, ', ' order by submission_name)
        filter (where change_kind = 'withdrawn') as submissions_withdrawn,
        string_agg(submission_name, ', ' order by submission_name)
        filter (where change_kind = 'corrected') as submissions_corrected
    from name_submissions
    group by area_level, area_code

)

select * from list_submissions
