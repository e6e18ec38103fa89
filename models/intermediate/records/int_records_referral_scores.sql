{# One row per score recorded outside a contact, as sent in an accepted submission of any version. #}
{{ accepted_records('referral_scores', ['service_request']) }}
