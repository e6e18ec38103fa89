{# One row per presenting complaint of a referral, as sent in an accepted submission of any version. #}
{{ accepted_records('presenting_complaints', ['service_request']) }}
