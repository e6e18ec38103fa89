{# One row per submission with any row: how many rows of patients, referrals and contacts it holds, in any state. #}
with rows_of_submissions as (
    {% for entity in ['people', 'referrals', 'care_contacts'] %}
    select
        mds_version,
        submission_id
    from ({{ union_versions(entity) }}) as staged
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

count_rows as (

    select
        mds_version,
        submission_id,
        count(*) as row_count
    from rows_of_submissions
    where submission_id is not null
    group by mds_version, submission_id

)

select * from count_rows
