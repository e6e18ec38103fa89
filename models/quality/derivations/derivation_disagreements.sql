{# One row per referral and centrally derived field whose supplied value is not ours: both, as text. #}
with comparisons as (

    select * from {{ ref('int_derivation_comparisons') }}

),

keep_disagreements as (

    select
        referral_id,
        field,
        mds_version,
        provider_code,
        reporting_month,
        supplied_value,
        derived_value
    from comparisons
    where not is_agreed

)

select * from keep_disagreements
