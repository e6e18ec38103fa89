{{ configure_records() }}
{#
    One row per row with a score recorded in a care activity, in a submission that is used or has no header: what it
    says, and the rule that refuses it, if any. Source of the rules: seed validation_rules; the first that applies decides.
#}
with activity_scores_v1_5 as (

    select * from {{ ref('stg_v1_5__activity_scores') }}

),

activity_scores_v2 as (

    select * from {{ ref('stg_v2__activity_scores') }}

),

submissions as (

    select * from {{ ref('int_submissions') }}

),

tools as (

    select * from {{ ref('known_assessment_tools') }}

),

care_activities as (

    select * from {{ ref('int_records_care_activities') }}

),

unite_versions as (

    select * from activity_scores_v1_5
    union all
    select * from activity_scores_v2

),

find_submissions as {{ read_anew() }} (

    select
        unite_versions.mds_version,
        unite_versions.submission_id,
        submissions.submission_id is null as is_without_header,
        submissions.provider_code,
        submissions.reporting_month,
        unite_versions.care_activity_key,
        unite_versions.tool_code,
        unite_versions.score,
        unite_versions.score_text,
        {{ row_hash('unite_versions.care_activity_key', 'unite_versions.tool_code') }} as score_key,
        unite_versions.audit_id,
        unite_versions.source_file,
        unite_versions.source_row
    from unite_versions
    left join submissions
        on
            unite_versions.submission_id = submissions.submission_id
            and unite_versions.mds_version = submissions.mds_version
    where
        coalesce(submissions.is_accepted, true)
        and {{ of_latest_load('activity_scores') }}
        and {{ only_to_read('unite_versions') }}

),

check_rows as {{ read_anew() }} (

    select
        find_submissions.*,
        -- A tool whose answers are codes has no number, or one that stands for words.
        case when not tools.is_number then upper(find_submissions.score_text) end as answer_code,
        case
            when find_submissions.is_without_header then 'submission_without_header'
            when find_submissions.care_activity_key is null then 'care_activity_key_blank'
            when find_submissions.tool_code is null then 'tool_code_blank'
            -- A score column of version 1.5 is a tool by itself, IES-R among them, which later lists do not have.
            when find_submissions.mds_version <> 'v1_5' and tools.tool_code is null then 'tool_code_not_known'
            when find_submissions.score_text is null then 'score_text_blank'
            when find_submissions.score is null and tools.is_number then 'score_text_not_a_number'
        end as own_refusal
    from find_submissions
    left join tools
        on find_submissions.tool_code = tools.tool_code

),

find_repeats as (

    select
        source_file,
        source_row
    from check_rows
    where
        own_refusal is null
        and score_key in (
            select find_submissions.score_key
            from find_submissions
            group by find_submissions.score_key
            having count(*) > 1
        )
    qualify
        row_number() over (
            partition by score_key order by audit_id desc nulls last, source_file asc, source_row asc
        ) > 1

),

check_rows_among_others as (

    select
        check_rows.mds_version,
        check_rows.submission_id,
        check_rows.provider_code,
        check_rows.reporting_month,
        check_rows.care_activity_key,
        check_rows.tool_code,
        check_rows.score,
        check_rows.answer_code,
        check_rows.source_file,
        check_rows.source_row,
        care_activities.care_contact_key,
        case
            when check_rows.own_refusal is not null then check_rows.own_refusal
            when find_repeats.source_row is not null then 'care_activity_key_repeated'
            when care_activities.care_activity_key is null then 'care_activity_key_without_parent'
        end as refusal
    from check_rows
    left join find_repeats
        on
            check_rows.source_file = find_repeats.source_file
            and check_rows.source_row = find_repeats.source_row
    left join care_activities
        on check_rows.care_activity_key = care_activities.care_activity_key

)

select * from check_rows_among_others
