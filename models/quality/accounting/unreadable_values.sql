{#
    One row per file of the data set and column with values that are read as none.
    Source of the rule: nothing lost; seed plausible_ranges. What becomes of the row, the quarantine and the warnings say.
#}
with unreadable_values as (

    select * from {{ ref('stg_input_files__unreadable_values') }}

)

select * from unreadable_values
