{# One row per episode, which is a finished course of treatment: where the person started, how it ended, why it may. #}
with episodes as (

    select * from {{ ref('int_episodes_waits') }}

),

people as (

    select * from {{ ref('int_referrals_people') }}

),

episode_people as (

    select * from {{ ref('int_episode_circumstances') }}

),

select_columns as (

    select
        episodes.referral_id,
        people.person_id,
        episodes.provider_code,
        episodes.commissioner_code,
        episodes.mds_version,
        episodes.referral_received_date,
        episodes.referral_financial_year,
        episodes.discharge_date,
        {{ financial_year('episodes.discharge_date') }} as discharge_financial_year,
        people.ethnic_category_code,
        people.ethnic_group,
        people.high_level_ethnic_group,
        people.ethnicity_recording_status,
        cast(people.age_at_referral as smallint) as age_at_referral,
        people.gender,
        cast(people.imd_decile as tinyint) as imd_decile,
        episode_people.psychotropic_medication,
        episode_people.employment_status,
        episode_people.has_long_term_condition,
        cast(episodes.treatment_contact_count as integer) as treatment_contact_count,
        cast(episodes.days_referral_to_assessment as integer) as days_referral_to_assessment,
        cast(episodes.days_assessment_to_next_treatment as integer) as days_assessment_to_next_treatment,
        cast(episodes.phq9_first as tinyint) as phq9_first,
        cast(episodes.phq9_last as tinyint) as phq9_last,
        cast(episodes.gad7_first as tinyint) as gad7_first,
        cast(episodes.gad7_last as tinyint) as gad7_last,
        episodes.anxiety_measure,
        cast(episodes.anxiety_first as decimal(6, 2)) as anxiety_first,
        cast(episodes.anxiety_last as decimal(6, 2)) as anxiety_last,
        episodes.anxiety_threshold_source_status,
        episodes.is_paired,
        episodes.is_at_caseness,
        episodes.is_recovered,
        episodes.is_reliably_improved,
        episodes.is_reliably_recovered,
        episodes.is_reliably_deteriorated,
        episodes.has_mixed_reliable_change,
        episodes.is_dropped_out,
        episodes.proportion_attended
    from episodes
    inner join people
        on episodes.referral_key = people.referral_key
    inner join episode_people
        on episodes.referral_key = episode_people.referral_key

)

select * from select_columns
