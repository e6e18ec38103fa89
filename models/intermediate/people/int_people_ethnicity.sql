{#
    One row per patient and accepted submission: how the patient's ethnicity was recorded that month.
    Source of the rule: an ethnic category is valid by its exact code (docs/rules.md, 9).
#}
with people as (

    select * from {{ ref('int_records_people') }}

),

{{ validate_ethnicity('people') }}

select * from validate_ethnicity
