{# One row per centrally derived field, provider and month: how far the supplied values agree with ours. #}
with comparisons as (

    select * from {{ ref('int_derivation_comparisons') }}

),

count_agreement as (

    select
        field,
        provider_code,
        reporting_month,
        count(*) as compared_count,
        count(*) filter (where is_agreed) as agreed_count,
        count(*) filter (where not is_agreed) as disagreed_count,
        count(*) filter (where is_agreed) / count(*) as agreed_share
    from comparisons
    group by field, provider_code, reporting_month

)

select * from count_agreement
