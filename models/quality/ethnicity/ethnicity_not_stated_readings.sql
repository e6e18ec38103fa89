{# One row per financial year of receipt and high-level ethnic group: our reading of unstated codes beside the other.
   Shown only: no rate of this project uses the other reading. Source of the rule: seed ethnicity_unstated_readings. #}
with readings as (

    select * from {{ ref('int_ethnicity_readings') }}

),

add_shares as (

    select
        referral_financial_year,
        high_level_ethnic_group,
        referral_count,
        other_reading_referral_count,
        referral_count / sum(referral_count) over year_of_receipt as referral_share,
        other_reading_referral_count / sum(other_reading_referral_count) over year_of_receipt
            as other_reading_referral_share,
        {{ rate('accessed_count', 'referral_count') }} as access_share,
        {{ rate('other_reading_accessed_count', 'other_reading_referral_count') }} as other_reading_access_share
    from readings
    window year_of_receipt as (partition by referral_financial_year)

)

select * from add_shares
