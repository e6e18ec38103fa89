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
        supplied.referral_key is not null as is_supplied,
        contact_counts.assessed_date as our_assessed_date,
        contact_counts.next_treatment_date as our_next_treatment_date,
        {{ supplied_or_ours('first_assessment_date', 'contact_counts') }},
        {{ supplied_or_ours('first_treatment_date', 'contact_counts') }},
        {{ supplied_or_ours('second_treatment_date', 'contact_counts') }},
        {{ supplied_or_ours('last_treatment_date', 'contact_counts') }},
        supplied.is_finished_course as is_finished_as_supplied
    from contact_counts
    left join supplied
        on contact_counts.referral_key = supplied.referral_key

),

-- By the same rule as ours (int_referral_contact_counts), on the dates shown.
find_assessed_days as (

    select
        *,
        if(is_supplied, least(first_assessment_date, first_treatment_date), our_assessed_date) as assessed_date
    from choose_counts

),

-- Where neither of the first two treatments shown is later, ours is the only one known, if more are counted than those.
find_next_treatment as (

    select
        * exclude (is_supplied, our_assessed_date, our_next_treatment_date),
        case
            when not is_supplied then our_next_treatment_date
            when first_treatment_date > assessed_date then first_treatment_date
            when second_treatment_date > assessed_date then second_treatment_date
            when
                treatment_contact_count > if(second_treatment_date is null, 1, 2)
                and our_next_treatment_date > assessed_date
                then our_next_treatment_date
        end as next_treatment_date
    from find_assessed_days

)

select * from find_next_treatment
