{# One row per provider and reporting month: the submission that the marts use. #}
with submissions as (

    select * from {{ ref('int_submissions') }}

),

keep_accepted as (

    select * exclude (is_accepted)
    from submissions
    where is_accepted

)

select * from keep_accepted
