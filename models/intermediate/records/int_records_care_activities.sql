{# One row per care activity, as sent in an accepted submission of any version. #}
{{ accepted_records('care_activities') }}
