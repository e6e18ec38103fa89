{#
    One row per referral: the language that the person prefers, that of treatment, and whether they are one; null where
    either was not stated. Source of the rule: docs/rules.md, 32.
#}
with referrals as (

    select * from {{ ref('int_referrals') }}

),

patient_languages as (

    select * from {{ ref('int_patient_languages') }}

),

stated_languages as (

    select * from {{ ref('int_stated_languages') }}

),

compare_languages as (

    select
        referrals.referral_key,
        patient_languages.preferred_language_code,
        stated_languages.treatment_language_code,
        patient_languages.preferred_language_code = stated_languages.treatment_language_code as is_same_language,
        stated_languages.interpreter_code
    from referrals
    left join patient_languages
        on referrals.patient_key = patient_languages.patient_key
    left join stated_languages
        on referrals.referral_key = stated_languages.referral_key

)

select * from compare_languages
