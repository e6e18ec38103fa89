{{ config(enabled=keeps_records()) }}
{#
    One row per accepted submission: a fingerprint of all files with rows of it, by name and content, and of what is
    known of it beside them that its records carry or are chosen by: provider, month and the loads that count.
#}
with combine_fingerprints as (

    {{ submission_fingerprints(ref('int_submissions'), ref('int_submission_files')) }}

)

select * from combine_fingerprints
