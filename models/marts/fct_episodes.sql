{# One row per episode, which is a finished course of treatment: where the person started, how it ended, why it may. #}
with episodes as (

    select * from {{ ref('int_episode_scores') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

people as (

    select * from {{ ref('int_referrals_people') }}

),

circumstances as (

    select * from {{ ref('int_episode_circumstances') }}

),

contact_counts as (

    select * from {{ ref('int_trusted_contact_counts') }}

),

financial_years as (

    select * from {{ ref('int_referrals_financial_year') }}

),

end_codes as (

    select * from {{ ref('end_codes') }}

),

outcomes as (

    select * from {{ ref('int_episode_outcomes') }}

),

{% if trusts_supplied() -%}
supplied as (

    select * from {{ ref('int_supplied_outcomes') }}

),

{% endif -%}
trust_scores as (

    select
        episodes.referral_key,
        {{ trusted('phq9_first', 'episodes') }},
        {{ trusted('phq9_last', 'episodes') }},
        {{ trusted('gad7_first', 'episodes') }},
        {{ trusted('gad7_last', 'episodes') }},
        {% if trusts_supplied() -%}
        coalesce(supplied.anxiety_measure, episodes.anxiety_measure) as anxiety_measure,
        {%- else -%}
        episodes.anxiety_measure,
        {%- endif %}
        {{ trusted('anxiety_first', 'episodes') }},
        {{ trusted('anxiety_last', 'episodes') }},
        {{ trusted('is_at_caseness', 'outcomes') }},
        {{ trusted('is_recovered', 'outcomes') }},
        {{ trusted('is_reliably_improved', 'outcomes') }},
        {{ trusted('is_reliably_deteriorated', 'outcomes') }},
        {% if trusts_supplied() -%}
        if(
            supplied.referral_key is null,
            outcomes.is_reliably_recovered,
            supplied.is_recovered and supplied.is_reliably_improved
        ) as is_reliably_recovered
        {%- else -%}
        outcomes.is_reliably_recovered
        {%- endif %}
    from episodes
    inner join outcomes
        on episodes.referral_key = outcomes.referral_key
    {% if trusts_supplied() -%}
    left join supplied
        on episodes.referral_key = supplied.referral_key and supplied.is_plausible
    {%- endif %}

),

join_rules as (

    select
        referrals.referral_id,
        people.person_id,
        referrals.provider_code,
        referrals.commissioner_code,
        referrals.mds_version,
        referrals.referral_received_date,
        financial_years.referral_financial_year,
        referrals.discharge_date,
        financial_years.discharge_financial_year,
        referrals.end_code,
        end_codes.end_reason_group,
        people.ethnic_category_code,
        people.ethnic_group,
        people.high_level_ethnic_group,
        people.ethnicity_recording_status,
        cast(people.age_at_referral as smallint) as age_at_referral,
        people.gender,
        cast(people.imd_decile as tinyint) as imd_decile,
        circumstances.psychotropic_medication,
        circumstances.employment_status,
        circumstances.has_long_term_condition,
        cast(contact_counts.treatment_contact_count as integer) as treatment_contact_count,
        cast(outcomes.days_referral_to_assessment as integer) as days_referral_to_assessment,
        cast(outcomes.days_assessment_to_next_treatment as integer) as days_assessment_to_next_treatment,
        cast(trust_scores.phq9_first as tinyint) as phq9_first,
        cast(trust_scores.phq9_last as tinyint) as phq9_last,
        cast(trust_scores.gad7_first as tinyint) as gad7_first,
        cast(trust_scores.gad7_last as tinyint) as gad7_last,
        trust_scores.anxiety_measure,
        cast(trust_scores.anxiety_first as decimal(6, 2)) as anxiety_first,
        cast(trust_scores.anxiety_last as decimal(6, 2)) as anxiety_last,
        outcomes.anxiety_threshold_source_status,
        trust_scores.phq9_last is not null and trust_scores.anxiety_last is not null as is_paired,
        trust_scores.is_at_caseness,
        trust_scores.is_recovered,
        trust_scores.is_reliably_improved,
        trust_scores.is_reliably_recovered,
        trust_scores.is_reliably_deteriorated,
        outcomes.has_mixed_reliable_change,
        outcomes.is_dropped_out,
        outcomes.proportion_attended
    from episodes
    inner join trust_scores
        on episodes.referral_key = trust_scores.referral_key
    inner join referrals
        on episodes.referral_key = referrals.referral_key
    inner join people
        on episodes.referral_key = people.referral_key
    inner join circumstances
        on episodes.referral_key = circumstances.referral_key
    inner join contact_counts
        on episodes.referral_key = contact_counts.referral_key
    inner join financial_years
        on episodes.referral_key = financial_years.referral_key
    inner join outcomes
        on episodes.referral_key = outcomes.referral_key
    left join end_codes
        on referrals.end_code = end_codes.end_code

)

select * from join_rules
