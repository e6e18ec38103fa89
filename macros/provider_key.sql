{# A provider's own identifier, already hashed, made unique among providers; null stays null. #}
{% macro provider_key(provider_code, local_key) -%}
    if({{ local_key }} is null, null, {{ row_hash(provider_code, local_key) }})
{%- endmacro %}
