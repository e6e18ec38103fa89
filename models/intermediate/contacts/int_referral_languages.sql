{{ config(materialized='table') }}
{#
    One row per referral: the language that the person prefers, whether treatment is in it, and the interpreter, with 'not
    known' where nothing was stated. Source of the rule: docs/rules.md, 32.
#}
with compared_languages as (

    select * from {{ ref('int_compared_languages') }}

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

label_answers as (

    select
        compared_languages.referral_key,
        compared_languages.preferred_language_code,
        compared_languages.treatment_language_code,
        coalesce(language_codes.preferred_language, '{{ var("not_known_label") }}') as preferred_language,
        coalesce(language_matches.treatment_language, '{{ var("not_known_label") }}') as treatment_language,
        coalesce(interpreter_codes.interpreter_status, '{{ var("not_known_label") }}') as interpreter_status
    from compared_languages
    left join language_codes
        on compared_languages.preferred_language_code = language_codes.language_code
    left join language_matches
        on compared_languages.is_same_language = language_matches.is_same_language
    left join interpreter_codes
        on compared_languages.interpreter_code = interpreter_codes.interpreter_code

)

select * from label_answers
