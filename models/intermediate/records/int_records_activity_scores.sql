{# One row per score recorded in a care activity, as sent in an accepted submission of any version. #}
{{ accepted_records('activity_scores') }}
