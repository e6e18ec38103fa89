{#
    One row per file or folder below an input folder that is not read, and why.
    Source of the rule: nothing lost, so that no file is passed over in silence.
#}
with files_not_read as (

    select * from {{ ref('stg_input_files__files_not_read') }}

)

select * from files_not_read
