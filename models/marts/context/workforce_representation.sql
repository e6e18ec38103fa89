{#
    One row per source of data, financial year and high-level ethnic group: people referred beside the workforce that
    treats them and the population that they come from.
    Source of the rule: report, Table 1 and section 2.2; recommendation 8 (a workforce like the community). The workforce
    is printed in whole per cent, so a ratio is only as exact as the rounding: its ends take half a unit either way.
#}
with shares as (

    select * from {{ ref('int_national_rates') }}
    where measure = 'referral_share' and ethnic_classification = 'high_level_ethnic_group'

),

staff as (

    select
        *,
        power(10, -printed_decimals) / 2 as half_unit
    from {{ ref('report_workforce') }}
    where population_id = 'iapt_workforce' and characteristic = 'ethnicity'

),

census as (

    select
        *,
        power(10, -printed_decimals) / 2 as half_unit
    from {{ ref('census_ethnic_groups') }}

),

join_populations as (

    select
        shares.data_source,
        shares.financial_year,
        shares.is_latest_year,
        staff.high_level_ethnic_group as ethnic_group,
        staff.category as workforce_label,
        cast(shares.numerator_count as bigint) as referral_count,
        cast(shares.denominator_count as bigint) as known_referral_count,
        100 * shares.rate as referral_percentage,
        100 * shares.rate_low as referral_percentage_low,
        100 * shares.rate_high as referral_percentage_high,
        cast(staff.printed_percentage as double) as workforce_percentage,
        staff.half_unit as workforce_half_unit,
        staff.as_of as workforce_as_of,
        staff.source as workforce_source,
        cast(census.population_percentage as double) as census_percentage,
        census.half_unit as census_half_unit,
        census.census_year,
        census.source as census_source
    from staff
    inner join shares
        on staff.high_level_ethnic_group = shares.ethnic_group
    left join census
        on staff.high_level_ethnic_group = census.high_level_ethnic_group

),

compare_populations as (

    select
        *,
        workforce_percentage / nullif(referral_percentage, 0) as workforce_to_referrals,
        (workforce_percentage - workforce_half_unit)
        / nullif(referral_percentage_high, 0) as workforce_to_referrals_low,
        (workforce_percentage + workforce_half_unit)
        / nullif(referral_percentage_low, 0) as workforce_to_referrals_high,
        workforce_percentage / census_percentage as workforce_to_census,
        (workforce_percentage - workforce_half_unit)
        / (census_percentage + census_half_unit) as workforce_to_census_low,
        (workforce_percentage + workforce_half_unit)
        / (census_percentage - census_half_unit) as workforce_to_census_high,
        referral_percentage / census_percentage as referrals_to_census,
        referral_percentage_low / (census_percentage + census_half_unit) as referrals_to_census_low,
        referral_percentage_high / (census_percentage - census_half_unit) as referrals_to_census_high
    from join_populations

),

read_ratios as (

    select
        * exclude (workforce_half_unit, census_half_unit),
        case
            when workforce_to_referrals_high < 1 then 'fewer_staff'
            when workforce_to_referrals_low > 1 then 'more_staff'
            else 'cannot_be_told'
        end as workforce_reading,
        case
            when referrals_to_census_high < 1 then 'fewer_referred'
            when referrals_to_census_low > 1 then 'more_referred'
            else 'cannot_be_told'
        end as referral_reading
    from compare_populations

)

select * from read_ratios
