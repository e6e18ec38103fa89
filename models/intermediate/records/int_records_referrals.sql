{# One row per referral, as sent in an accepted submission of any version. #}
{{ accepted_records('referrals', ['patient', 'service_request']) }}
