{# One row per weekly log of internet-enabled therapy, as sent in an accepted submission of any version. #}
{{ accepted_records('internet_therapy_logs', ['service_request']) }}
