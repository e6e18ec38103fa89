{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ forget_changed_files() }}",
    )
}}
{# One row per submission and input file with rows of it. Only files that are new or have changed are opened. #}
with file_fingerprints as (

    select * from {{ source('file_states', 'file_fingerprints') }}

),

find_submissions as (

    {% for entity in kept_entities() %}
        select
            staged.submission_id,
            staged.source_file
        from ({{ union_versions(entity) }}) as staged
        where staged.source_file in {{ literal_list(changed_files()) }}
        {% if not loop.last %}union{% endif %}
    {% endfor %}

),

add_fingerprints as (

    select
        find_submissions.submission_id,
        find_submissions.source_file,
        file_fingerprints.fingerprint
    from find_submissions
    inner join file_fingerprints
        on find_submissions.source_file = file_fingerprints.source_file
    where find_submissions.submission_id is not null

)

select * from add_fingerprints
