{#
    One row per referral with a first score: as the marts show it, derived by us or as supplied with the extract.
    Source of the rule: docs/rules.md, 27; variable trusted_outcomes, as for outcomes (int_trusted_outcomes). WSAS is ours.
#}
with first_scores as (

    select * from {{ ref('int_first_scores') }}

),

supplied as (

    select * from {{ ref('int_supplied_outcomes') }}
    where is_plausible and {{ trusts_supplied() }}

),

choose_scores as (

    select
        {{ supplied_or_ours('phq9_first', 'first_scores') }},
        {{ supplied_or_ours('gad7_first', 'first_scores') }},
        first_scores.wsas_first,
        coalesce(first_scores.referral_key, supplied.referral_key) as referral_key
    from first_scores
    full outer join supplied
        on first_scores.referral_key = supplied.referral_key

)

select * from choose_scores
