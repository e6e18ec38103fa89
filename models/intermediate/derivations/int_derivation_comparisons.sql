{#
    One row per referral and centrally derived field that its latest record carries: that value beside ours, as text.
    Source of the rule: docs/rules.md, 27. Scores and outcomes are compared on finished courses of treatment, which are
    what they are for; a field that is not sent is not compared.
#}
{%- set fields = {
    'first_assessment_date': 'contact_counts',
    'first_treatment_date': 'contact_counts',
    'second_treatment_date': 'contact_counts',
    'last_treatment_date': 'contact_counts',
    'care_contact_count': 'contact_counts',
    'treatment_contact_count': 'contact_counts',
    'is_finished_course': 'courses',
    'phq9_first': 'episodes',
    'phq9_last': 'episodes',
    'gad7_first': 'episodes',
    'gad7_last': 'episodes',
    'anxiety_measure': 'measures',
    'anxiety_first': 'episodes',
    'anxiety_last': 'episodes',
    'is_at_caseness': 'outcomes',
    'is_recovered': 'outcomes',
    'is_reliably_improved': 'outcomes',
    'is_reliably_deteriorated': 'outcomes',
} %}
with measures_by_problem as (

    select * from {{ ref('anxiety_measures_by_problem') }}

),

supplied as (

    select * from {{ ref('int_supplied_outcomes') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

contact_counts as (

    select * from {{ ref('int_referral_contact_counts') }}

),

courses as (

    select * from {{ ref('int_courses_of_treatment') }}

),

episodes as (

    select * from {{ ref('int_episode_scores') }}

),

outcomes as (

    select * from {{ ref('int_episode_outcomes') }}

),

alternatives as (

    select
        later.measure,
        earlier.measure as first_measure
    from measures_by_problem as later
    inner join measures_by_problem as earlier
        on
            later.problem_code_prefix = earlier.problem_code_prefix
            and later.measure_order > earlier.measure_order

),

measures as (

    select
        episodes.referral_key,
        -- The national field is empty where no score of the measure was recorded, and one token of version 2 stands for
        -- both measures of a descriptor.
        case
            when episodes.anxiety_first is not null
                then coalesce(alternatives.first_measure, episodes.anxiety_measure)
        end as anxiety_measure
    from episodes
    inner join supplied
        on episodes.referral_key = supplied.referral_key
    left join alternatives
        on
            episodes.anxiety_measure = alternatives.measure
            and supplied.anxiety_measure = alternatives.first_measure

),

{%- for field, relation in fields.items() %}

compare_{{ field }} as (

    select
        supplied.referral_key,
        '{{ field }}' as field,
        {% if field.endswith(('_first', '_last')) -%}
        cast(cast(supplied.{{ field }} as decimal(9, 2)) as varchar) as supplied_value,
        cast(cast({{ relation }}.{{ field }} as decimal(9, 2)) as varchar) as derived_value
        {%- else -%}
        cast(supplied.{{ field }} as varchar) as supplied_value,
        cast({{ relation }}.{{ field }} as varchar) as derived_value
        {%- endif %}
    from supplied
    inner join {{ relation }}
        on supplied.referral_key = {{ relation }}.referral_key
    where not array_contains(supplied.absent_fields, '{{ field }}')

),
{%- endfor %}

unite_fields as (
    {% for field in fields %}
    select * from compare_{{ field }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

name_referrals as (

    select
        unite_fields.referral_key,
        referrals.referral_id,
        supplied.mds_version,
        supplied.provider_code,
        supplied.reporting_month,
        unite_fields.field,
        unite_fields.supplied_value,
        unite_fields.derived_value,
        coalesce(unite_fields.supplied_value, '') = coalesce(unite_fields.derived_value, '') as is_agreed
    from unite_fields
    inner join referrals
        on unite_fields.referral_key = referrals.referral_key
    inner join supplied
        on unite_fields.referral_key = supplied.referral_key

)

select * from name_referrals
