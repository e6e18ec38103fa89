{# One row per patient, as sent in an accepted submission of any version. #}
{{ accepted_records('people', ['patient']) }}
