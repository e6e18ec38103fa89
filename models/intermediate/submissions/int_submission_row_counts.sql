{# One row per submission with any row: how many rows of patients, referrals and contacts it holds, in any state. #}
with rows_of_submissions as (
    {% for version in var('mds_versions') -%}
    {%- for entity in ['people', 'referrals', 'care_contacts'] %}
    select
        '{{ version }}' as mds_version,
        submission_id
    from {{ ref('stg_' ~ version ~ '__' ~ entity) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
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
