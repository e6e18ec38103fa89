{#
    One row per submission that the marts are made of, with a hash of what was read of it: where in which file a row
    stood does not count, nor the order of rows.
#}
with submissions as (

    select * from {{ ref('int_accepted_submissions') }}

),

hash_rows as (

    {% for entity in kept_entities() -%}
    select
        mds_version,
        submission_id,
        '{{ entity }}' as entity,
        {{ whole_row_hash('records') }} as row_hash
    from (select * exclude (source_file, source_row) from {{ ref('int_checked_' ~ entity) }}) as records
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

add_hashes as (

    select
        mds_version,
        submission_id,
        entity,
        cast(sum(cast(row_hash as decimal(38, 0))) as varchar) as hash_sum
    from hash_rows
    group by mds_version, submission_id, entity

),

hash_submissions as (

    select
        submissions.mds_version,
        submissions.submission_id,
        submissions.provider_code,
        submissions.reporting_month,
        submissions.submission_window,
        md5(coalesce(string_agg(add_hashes.entity || add_hashes.hash_sum, ',' order by add_hashes.entity), ''))
            as content_hash
    from submissions
    left join add_hashes
        on
            submissions.mds_version = add_hashes.mds_version
            and submissions.submission_id = add_hashes.submission_id
    group by all

)

select * from hash_submissions
