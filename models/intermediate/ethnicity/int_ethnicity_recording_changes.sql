{# One row per provider and reporting month: what changed since the calendar month before, null where that month was
   not accepted. Source of the rule: chosen by this project; a missing month is not bridged, it shows as a gap. #}
with shares as (

    select * from {{ ref('int_ethnicity_recording_shares') }}

),

compare_with_previous_month as (

    select
        shares.provider_code,
        shares.reporting_month,
        previous.record_count as previous_month_record_count,
        previous.record_count is not null
        or shares.reporting_month = min(shares.reporting_month) over (partition by shares.provider_code)
            as is_next_month_or_first,
        shares.record_count / previous.record_count - 1 as record_count_change,
        shares.completeness - previous.completeness as completeness_change,
        shares.validity - previous.validity as validity_change,
        shares.useful_code_share - previous.useful_code_share as useful_code_share_change
    from shares
    left join shares as previous
        on
            shares.provider_code = previous.provider_code
            and previous.reporting_month = cast(shares.reporting_month - interval 1 month as date)

)

select * from compare_with_previous_month
