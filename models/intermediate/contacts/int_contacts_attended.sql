{#
    One row per care contact within its referral: was it offered, was it attended.
    Source of the rule: attended = code 5 or 6, an unplanned contact counts as attended (M090, M1001).
#}
with contacts as (

    select * from {{ ref('int_contacts_within_referral') }}

),

attendance_codes as (

    select * from {{ ref('attendance_codes') }}

),

mark_attended as (

    select
        contacts.*,
        coalesce(attendance_codes.is_offered, false) as is_offered,
        coalesce(attendance_codes.is_attended, false) as is_attended,
        contacts.is_unplanned or coalesce(attendance_codes.is_attended, false) as is_attended_or_unplanned
    from contacts
    left join attendance_codes
        on contacts.attendance_code = attendance_codes.attendance_code

)

select * from mark_attended
