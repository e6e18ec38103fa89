{#
    One row per appointment of version 1.5 with a score. Source of the rule: NCDR definitions, IC_DATE_FIRST_ASSESSMENT:
    the first attended appointment with an outcome score; version 2 goes by the type of appointment instead.
#}
with activity_scores as (

    select * from {{ ref('int_records_activity_scores') }}

),

find_contacts as (

    select distinct care_contact_key
    from activity_scores
    where mds_version = 'v1_5' and care_contact_key is not null and score is not null

)

select * from find_contacts
