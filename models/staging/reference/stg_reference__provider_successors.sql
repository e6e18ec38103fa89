{# One row per provider whose code changed: the code that its open referrals go on under, and from which month. #}
with source as (

    select * from {{ source('reference', 'provider_successors') }}

),

rename_columns as (

    select
        {{ clean_code('provider_code') }} as provider_code,
        {{ clean_code('successor_provider_code') }} as successor_provider_code,
        cast(date_trunc('month', change_month) as date) as change_month
    from source

)

select * from rename_columns
