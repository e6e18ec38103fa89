{# One row per employment status record of a patient, as sent in an accepted submission of any version. #}
{{ accepted_records('employment_statuses', ['patient']) }}
