{{ config(materialized='table') }}
{#
    One row per referral: the language that the person prefers, whether treatment is in it, and the interpreter, with 'not
    known' where nothing was stated. Source of the rule: docs/rules.md, 32.
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

language_codes as (

    select * from {{ ref('language_codes') }}

),

language_matches as (

    select * from {{ ref('language_matches') }}

),

interpreter_codes as (

    select * from {{ ref('interpreter_codes') }}

),

compare_languages as (

    select
        referrals.referral_key,
        patient_languages.preferred_language_code,
        stated_languages.treatment_language_code,
        stated_languages.interpreter_code,
        patient_languages.preferred_language_code = stated_languages.treatment_language_code as is_same_language
    from referrals
    left join patient_languages
        on referrals.patient_key = patient_languages.patient_key
    left join stated_languages
        on referrals.referral_key = stated_languages.referral_key

),

label_answers as (

    select
        compare_languages.referral_key,
        compare_languages.preferred_language_code,
        compare_languages.treatment_language_code,
        coalesce(language_codes.preferred_language, '{{ var("not_known_label") }}') as preferred_language,
        coalesce(language_matches.treatment_language, '{{ var("not_known_label") }}') as treatment_language,
        coalesce(interpreter_codes.interpreter_status, '{{ var("not_known_label") }}') as interpreter_status
    from compare_languages
    left join language_codes
        on compare_languages.preferred_language_code = language_codes.language_code
    left join language_matches
        on compare_languages.is_same_language = language_matches.is_same_language
    left join interpreter_codes
        on compare_languages.interpreter_code = interpreter_codes.interpreter_code

)

select * from label_answers
