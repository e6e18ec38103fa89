{#
    One row per release, figure that stood in the release before it, and was another in this one: by how much, and which
    submissions of providers with referrals in the area changed in between. A figure that is new is no revision.
    Releases are numbered by those that changed a figure, from 2: the first has nothing before it. Another data set in
    the same warehouse file, such as one's own after the demo set, shares no submission with it: it begins anew.
#}
with last_revisions as (

    select * from {{ ref('stg_last_release__figure_revisions') }}

),

last_figures as (

    select * from {{ ref('stg_last_release__released_figures') }}

),

figures as (

    select * from {{ ref('released_figures') }}

),

area_changes as (

    select * from {{ ref('int_area_submission_changes') }}

),

last_submissions as (

    select * from {{ ref('stg_last_release__used_submissions') }}

),

submissions as (

    select * from {{ ref('used_submissions') }}

),

find_still_used as (

    select last_submissions.submission_id
    from last_submissions
    inner join submissions
        on
            last_submissions.mds_version = submissions.mds_version
            and last_submissions.submission_id = submissions.submission_id
            and last_submissions.provider_code = submissions.provider_code
            and last_submissions.reporting_month = submissions.reporting_month

),

select_revisions as (

    select * from last_revisions
    where exists (select find_still_used.submission_id from find_still_used)

),

select_figures as (

    select * from last_figures
    where exists (select find_still_used.submission_id from find_still_used)

),

number_release as (

    select cast(coalesce(max(release_number), 1) + 1 as integer) as release_number from select_revisions

),

compare_figures as (

    {% for figure in ['numerator_count', 'denominator_count', 'rate'] -%}
    select
        select_figures.table_name,
        select_figures.{{ revised_keys() | join(',\n        select_figures.') }},
        '{{ figure }}' as figure,
        cast(select_figures.{{ figure }} as double) as value_before,
        cast(figures.{{ figure }} as double) as value_now
    from select_figures
    left join figures
        on
            select_figures.table_name = figures.table_name
            {% for key in revised_keys() -%}
            and select_figures.{{ key }} = figures.{{ key }}
            {% endfor %}
    where select_figures.{{ figure }} is not null and select_figures.{{ figure }} is distinct from figures.{{ figure }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

explain_revisions as (

    select
        (select number_release.release_number from number_release) as release_number,
        compare_figures.*,
        compare_figures.value_now - compare_figures.value_before as difference,
        area_changes.submissions_came,
        area_changes.submissions_replaced,
        area_changes.submissions_withdrawn,
        area_changes.submissions_corrected
    from compare_figures
    left join area_changes
        on
            compare_figures.area_level = area_changes.area_level
            and compare_figures.area_code = area_changes.area_code

),

add_to_memory as (

    select * from select_revisions
    union all
    select * from explain_revisions

)

select * from add_to_memory
