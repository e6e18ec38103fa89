{#
    One row per referral with an answer: the language of treatment and the interpreter of the first attended contact that
    states each. Source of the rule: docs/rules.md, 32; at the beginning, as medication is, so that who comes more often
    has not more chances of an answer.
#}
with contacts as (

    select * from {{ ref('int_contacts') }}
    where is_attended_or_unplanned

),

language_codes as (

    select * from {{ ref('language_codes') }}

),

interpreter_codes as (

    select * from {{ ref('interpreter_codes') }}
    where is_stated

),

order_answers as (

    select
        contacts.referral_key,
        contacts.contact_date + coalesce(contacts.contact_time, time '00:00:00') as contact_time,
        language_codes.language_code,
        interpreter_codes.interpreter_code
    from contacts
    left join language_codes
        on contacts.treatment_language_code = language_codes.language_code
    left join interpreter_codes
        on contacts.interpreter_code = interpreter_codes.interpreter_code
    where language_codes.language_code is not null or interpreter_codes.interpreter_code is not null

),

take_first as (

    select
        referral_key,
        min_by(language_code, (contact_time, language_code)) filter (where language_code is not null)
            as treatment_language_code,
        min_by(interpreter_code, (contact_time, interpreter_code)) filter (where interpreter_code is not null)
            as interpreter_code
    from order_answers
    group by referral_key

)

select * from take_first
