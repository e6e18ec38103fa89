{# One row per care contact, as sent in an accepted submission of any version. #}
{{ accepted_records('care_contacts', ['service_request']) }}
