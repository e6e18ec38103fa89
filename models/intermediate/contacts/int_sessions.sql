{# One row per care contact or internet therapy session: everything that a referral's counts are made of. #}
with contacts as (

    select * from {{ ref('int_contacts') }}

),

internet_therapy_sessions as (

    select * from {{ ref('int_internet_therapy_sessions') }}

),

unite_sessions as (

    select
        referral_key,
        contact_date,
        is_offered,
        is_attended,
        is_attended_or_unplanned,
        is_assessment,
        is_treatment
    from contacts
    union all
    select
        referral_key,
        contact_date,
        false as is_offered,
        false as is_attended,
        true as is_attended_or_unplanned,
        false as is_assessment,
        true as is_treatment
    from internet_therapy_sessions

)

select * from unite_sessions
