{# A service request identifier of a provider, hashed and made unique among providers; null stays null. #}
{% macro service_request_key(provider_code, service_request_id) -%}
    if({{ service_request_id }} is null, null, {{ text_hash(service_request_id, provider_code) }})
{%- endmacro %}
