{{ config(materialized='table') }}
{#
    One row per referral year, provider, commissioner, ethnicity, characteristic, category and what came of the referral:
    how many referrals, and the sums that a mean and its deviation are made of. Without a category it is not known.
    Source of the rule: report, section 3.5; seed presentation_characteristics.
#}
with referrals as (

    select * from {{ ref('fct_referrals') }}

),

characteristics as (

    select * from {{ ref('presentation_characteristics') }}

),

medication_codes as (

    select distinct
        psychotropic_medication,
        is_taken
    from {{ ref('psychotropic_medication_codes') }}

),

name_values as (

    select
        referrals.*,
        characteristics.characteristic,
        case characteristics.characteristic
            when 'age' then cast(referrals.age_at_referral as double)
            when 'deprivation_decile' then cast(referrals.imd_decile as double)
            when 'phq9_first' then cast(referrals.phq9_first as double)
            when 'gad7_first' then cast(referrals.gad7_first as double)
            when 'wsas_first' then cast(referrals.wsas_first as double)
        end as measured_value,
        case characteristics.characteristic
            when 'gender' then nullif(referrals.gender, '{{ var("not_known_label") }}')
            when 'deprivation_quintile' then {{ deprivation_quintile('referrals.imd_decile') }}
            when 'employment_status' then nullif(referrals.employment_status, '{{ var("not_known_label") }}')
            when 'psychotropic_medication' then medication_codes.psychotropic_medication
            when 'takes_medication'
                then
                    case
                        when medication_codes.is_taken then 'yes'
                        when not medication_codes.is_taken then 'no'
                    end
            when 'long_term_condition'
                then
                    case
                        when referrals.has_long_term_condition then 'yes'
                        when not referrals.has_long_term_condition then 'no'
                    end
        end as named_category
    from referrals
    cross join characteristics
    left join medication_codes
        on referrals.psychotropic_medication = medication_codes.psychotropic_medication

),

count_alike as (

    select
        referral_financial_year as financial_year,
        provider_code,
        commissioner_code,
        coalesce(ethnic_category_code, ethnicity_recording_status) as ethnicity_key,
        is_received_in_window,
        has_enough_follow_up,
        has_enough_follow_up_for_course,
        is_accessed,
        is_course_of_treatment,
        characteristic,
        case when measured_value is null then named_category else 'all' end as category,
        count(*) as referral_count,
        sum(measured_value) as value_sum,
        sum(measured_value * measured_value) as square_sum
    from name_values
    group by all

)

select * from count_alike
