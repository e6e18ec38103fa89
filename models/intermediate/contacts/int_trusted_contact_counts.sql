{#
    One row per referral: its counts and dates of contacts as the marts show them, derived by us or as supplied with the
    extract. Source of the rule: docs/rules.md, 27; variable trusted_outcomes.
#}
with contact_counts as (

    select * from {{ ref('int_referral_contact_counts') }}

),

{% if trusts_supplied() -%}
supplied as (

    select * from {{ ref('int_supplied_outcomes') }}

),

{% endif -%}
choose_counts as (

    select
        contact_counts.referral_key,
        {{ trusted('care_contact_count', 'contact_counts') }},
        {{ trusted('treatment_contact_count', 'contact_counts') }},
        contact_counts.offered_contact_count,
        contact_counts.attended_contact_count,
        {{ trusted('first_assessment_date', 'contact_counts') }},
        {{ trusted('first_treatment_date', 'contact_counts') }},
        {{ trusted('second_treatment_date', 'contact_counts') }},
        {{ trusted('last_treatment_date', 'contact_counts') }}
    from contact_counts
    {% if trusts_supplied() -%}
    left join supplied
        on contact_counts.referral_key = supplied.referral_key and supplied.is_plausible
    {%- endif %}

)

select * from choose_counts
