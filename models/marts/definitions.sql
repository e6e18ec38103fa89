{#
    One row per term and the list that it stands in: every measure, outcome, level and code of the tables for readers.
    Source of the rule: the seed that holds the term; measure_definitions says what counts, outcome_rules who is left out.
#}
{%- set code_lists = [
    ('appointment_types', 'appointment_type_code', 'label'),
    ('assessment_tools', 'measure', 'label'),
    ('attendance_codes', 'attendance_code', 'label'),
    ('comparison_reasons', 'reason', 'meaning'),
    ('disability_codes', 'disability_code', 'label'),
    ('employment_status_codes', 'employment_status_code', 'employment_status'),
    ('end_codes', 'end_code', 'label'),
    ('ethnic_categories', 'ethnic_category_code', 'ethnic_group'),
    ('ethnic_categories_2021', 'ethnic_category_2021_code', 'label'),
    ('ethnicity_recording_stages', 'stage', 'meaning'),
    ('ethnicity_unstated_codes', 'ethnicity_code', 'label'),
    ('experience_questions', 'question_code', 'label'),
    ('figure_statuses', 'figure_status', 'meaning'),
    ('genders', 'gender_code', 'gender'),
    ('interpreter_codes', 'interpreter_code', 'interpreter_status'),
    ('language_codes', 'language_code', 'language'),
    ('long_term_condition_negative_codes', 'long_term_condition_code', 'label'),
    ('non_treatment_activities', 'procedure_code', 'label'),
    ('pause_reason_codes', 'pause_reason_code', 'label'),
    ('presentation_characteristics', 'characteristic', 'meaning'),
    ('presentation_samples', 'sample', 'meaning'),
    ('psychotropic_medication_codes', 'psychotropic_medication_code', 'psychotropic_medication'),
    ('therapy_types', 'therapy_type_code', 'label'),
] %}

with measures as (

    select * from {{ ref('measure_definitions') }}

),

published_outcomes as (

    select * from {{ ref('published_outcome_definitions') }}

),

regression_outcomes as (

    select * from {{ ref('regression_outcomes') }}

),

rules as (

    select * from {{ ref('derivation_rules') }}

),

list_exclusions as (

    select
        measure,
        string_agg(meaning, '; ' order by rule_order) as exclusions
    from {{ ref('outcome_rules') }}
    group by measure

),

describe_measures as (

    select
        measures.vocabulary,
        measures.term,
        measures.term_kind,
        measures.term_label,
        measures.numerator,
        measures.denominator,
        list_exclusions.exclusions,
        rules.rule,
        measures.source,
        measures.source_status
    from measures
    left join rules
        on measures.rule_number = rules.rule_number
    left join list_exclusions
        on
            measures.term = list_exclusions.measure
            and measures.vocabulary in (
                'access_rates.measure', 'wait_rates.measure', 'pathway_rates.measure', 'outcome_rates.measure',
                'experience_rates.measure'
            )

),

counted as (

    select
        term as measure,
        numerator as counted_as
    from measures
    where vocabulary = 'published_counts.measure'

),

describe_published_outcomes as (

    select
        'published_outcomes.outcome' as vocabulary,
        published_outcomes.outcome as term,
        'outcome' as term_kind,
        published_outcomes.outcome_label as term_label,
        numerators.counted_as as numerator,
        denominators.counted_as as denominator,
        coalesce(excluded.counted_as, 'Nobody') as exclusions,
        published_outcomes.source,
        published_outcomes.source_status
    from published_outcomes
    left join counted as numerators
        on published_outcomes.numerator_measure = numerators.measure
    left join counted as denominators
        on published_outcomes.denominator_measure = denominators.measure
    left join counted as excluded
        on published_outcomes.excluded_measure = excluded.measure

),

describe_regression_outcomes as (

    select
        'regression.outcome' as vocabulary,
        regression_outcomes.outcome as term,
        'outcome' as term_kind,
        replace(regression_outcomes.outcome, '_', ' ') as term_label,
        regression_outcomes.source_model || '.' || regression_outcomes.outcome_column as numerator,
        'rows of ' || regression_outcomes.source_model as denominator,
        list_exclusions.exclusions,
        regression_outcomes.source,
        regression_outcomes.source_status
    from regression_outcomes
    left join list_exclusions
        on regression_outcomes.measure = list_exclusions.measure

),

describe_codes as (

    {% for seed, code, label in code_lists %}
    select
        '{{ seed }}' as vocabulary,
        cast({{ code }} as varchar) as term,
        'code' as term_kind,
        {{ label }} as term_label,
        source,
        source_status
    from {{ ref(seed) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

describe_reasons as (

    select
        'validation_rules' as vocabulary,
        reason_code as term,
        'code' as term_kind,
        string_agg(distinct meaning, '; ' order by meaning) as term_label,
        'Seed validation_rules, rule by rule' as source,  -- noqa: RF04
        max(source_status) as source_status
    from {{ ref('validation_rules') }}
    group by reason_code

),

unite_kinds as (

    select * from describe_measures
    union all by name
    select * from describe_published_outcomes
    union all by name
    select * from {{ ref('int_published_monthly_definitions') }}
    union all by name
    select * from describe_regression_outcomes
    union all by name
    select * from describe_codes
    union all by name
    select * from describe_reasons

)

select * from unite_kinds
