{# One row per provider, table and reason: answers to a patient experience questionnaire that do not count. #}
with answers as (

    select * from {{ ref('int_experience_answers') }}

),

entity_tables as (

    select * from {{ ref('entity_tables') }}

),

count_answers as (

    select
        answers.provider_code,
        entity_tables.source_table,
        answers.answer_fate as reason,
        count(*) as record_count
    from answers
    inner join entity_tables
        on
            answers.mds_version = entity_tables.mds_version
            and answers.entity = entity_tables.entity
    where answers.answer_fate is not null
    group by all

)

select * from count_answers
