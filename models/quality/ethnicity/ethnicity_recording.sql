{# One row per provider and reporting month: how the ethnicity of the people in that month's accepted submission was
   recorded. Source of the rule: int_ethnicity_recording_shares. #}
with shares as (

    select * from {{ ref('int_ethnicity_recording_shares') }}

),

changes as (

    select * from {{ ref('int_ethnicity_recording_changes') }}

),

join_changes as (

    select
        shares.provider_code,
        shares.reporting_month,
        shares.provider_size_band,
        shares.record_count,
        shares.valid_count,
        shares.not_stated_count,
        shares.not_known_count,
        shares.invalid_count,
        shares.missing_count,
        shares.vodim_valid_count,
        shares.vodim_other_count,
        shares.vodim_default_count,
        shares.vodim_invalid_count,
        shares.vodim_missing_count,
        shares.residual_category_count,
        shares.useful_count,
        shares.completeness,
        shares.validity,
        shares.acceptable_code_share,
        shares.useful_code_share,
        shares.not_stated_share,
        shares.invalid_share,
        shares.default_share,
        shares.data_quality_score,
        changes.is_next_month_or_first,
        changes.previous_month_record_count,
        changes.record_count_change,
        changes.completeness_change,
        changes.validity_change,
        changes.useful_code_share_change
    from shares
    inner join changes
        on
            shares.provider_code = changes.provider_code
            and shares.reporting_month = changes.reporting_month

)

select * from join_changes
