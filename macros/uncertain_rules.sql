{#
    Every seed that says how sure its rows are (column source_status), by its folder, and the columns that name a row. A
    new one must be listed here: a test compares the list with the seeds.
#}
{% macro seeds_with_source_status() -%}
    {{ return({
        'codes': {
            'anxiety_measure_tokens': ['mds_version', 'token'],
            'appointment_types': ['appointment_type_code'],
            'attendance_codes': ['attendance_code'],
            'coding_significance_codes': ['coding_significance_code'],
            'disability_codes': ['disability_code'],
            'employment_status_codes': ['employment_status_code'],
            'end_codes': ['end_code'],
            'experience_questions': ['question_code'],
            'genders': ['gender_code'],
            'long_term_condition_answers': ['answer_code'],
            'long_term_condition_negative_codes': ['long_term_condition_code'],
            'non_treatment_activities': ['procedure_code'],
            'pause_reason_codes': ['pause_reason_code'],
            'psychotropic_medication_codes': ['psychotropic_medication_code'],
            'score_columns': ['score_column'],
            'supplied_fields': ['column_name'],
            'therapy_types': ['therapy_type_code'],
        },
        'ethnicity': {
            'ethnic_categories': ['ethnic_category_code'],
            'ethnic_categories_2021': ['ethnic_category_2021_code'],
            'ethnic_category_populations': ['ethnic_category_code'],
            'ethnicity_unstated_codes': ['ethnicity_code'],
            'stable_person_identifiers': ['mds_version', 'first_character'],
        },
        'published': {
            'published_group_labels': ['label_key', 'group_id'],
            'published_measure_columns': ['column_key'],
            'published_organisation_types': ['organisation_type_key'],
            'published_outcome_definitions': ['outcome'],
            'published_parameters': ['parameter'],
            'published_value_marks': ['value_key'],
        },
        'quality': {
            'ethnic_category_specificity': ['ethnic_category_code'],
            'ethnicity_expectation_thresholds': ['expectation', 'provider_size_band'],
            'ethnicity_quality_settings': ['setting'],
            'ethnicity_recording_stages': ['stage'],
            'ethnicity_unstated_readings': ['ethnicity_recording_status'],
            'ethnicity_vodim_classes': ['ethnicity_recording_status'],
            'provider_size_bands': ['provider_size_band'],
        },
        'regression': {
            'regression_outcomes': ['analysis', 'outcome'],
            'regression_settings': ['setting'],
            'regression_terms': ['analysis', 'term'],
        },
        'rules': {
            'anxiety_measures_by_problem': ['problem_code_prefix', 'measure'],
            'assessment_tools': ['tool_code'],
            'clinical_rules': ['rule'],
            'derivation_rules': ['rule_number', 'rule'],
            'measure_definitions': ['vocabulary', 'term'],
            'measures_without_threshold': ['measure'],
            'outcome_measures': ['measure'],
            'outcome_rules': ['measure', 'rule_order'],
            'outcome_thresholds': ['measure', 'valid_from_date'],
        },
        'validation': {
            'accepted_codes': ['mds_version', 'column_name', 'code'],
            'blank_texts': ['blank_text'],
            'date_reading_rules': ['rule'],
            'input_alarm_thresholds': ['scope', 'problem'],
            'known_assessment_tools': ['tool_code'],
            'plausible_ranges': ['applies_to'],
            'placeholder_dates': ['placeholder_date'],
            'submission_rules': ['rule'],
            'validation_fields': ['mds_version', 'entity', 'column_name'],
            'validation_rules': ['entity', 'rule'],
        },
    }) }}
{%- endmacro %}
