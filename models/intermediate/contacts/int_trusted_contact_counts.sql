{#
    One row per referral: its counts and dates of contacts as the marts show them, derived by us or as supplied with the
    extract. Source of the rule: docs/rules.md, 27; variable trusted_outcomes. An empty field that is sent is an
    answer; one that is not sent is ours.
#}
with contact_counts as (

    select * from {{ ref('int_referral_contact_counts') }}

),

supplied as (

    select * from {{ ref('int_supplied_outcomes') }}
    where is_plausible and {{ trusts_supplied() }}

),

choose_counts as (

    select
        contact_counts.referral_key,
        {{ supplied_or_ours('care_contact_count', 'contact_counts') }},
        {{ supplied_or_ours('treatment_contact_count', 'contact_counts') }},
        contact_counts.offered_contact_count,
        contact_counts.attended_contact_count,
        contact_counts.next_treatment_date as our_next_treatment_date,
        {{ supplied_or_ours('first_assessment_date', 'contact_counts') }},
        {{ supplied_or_ours('first_treatment_date', 'contact_counts') }},
        {{ supplied_or_ours('second_treatment_date', 'contact_counts') }},
        {{ supplied_or_ours('last_treatment_date', 'contact_counts') }},
        case
            when not array_contains(supplied.absent_fields, 'is_finished_course') then supplied.is_finished_course
        end as is_finished_as_supplied
    from contact_counts
    left join supplied
        on contact_counts.referral_key = supplied.referral_key

),

-- The treatment after the assessment, by the same dates; where neither of the first two is later, ours is the only one.
find_next_treatment as (

    select
        * exclude (our_next_treatment_date),
        case
            when first_treatment_date > first_assessment_date then first_treatment_date
            when second_treatment_date > first_assessment_date then second_treatment_date
            when our_next_treatment_date > first_assessment_date then our_next_treatment_date
        end as next_treatment_date
    from choose_counts

)

select * from find_next_treatment
