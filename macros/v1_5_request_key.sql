{# The key of a version 1.5 referral over the months: the person, the request and the day that it was received. #}
{% macro v1_5_request_key(source) -%}
    {{ row_hash(
        text_hash(source ~ '.iapt_person_id'), text_hash(source ~ '.pserviceid'), source ~ '.refrecdate'
    ) }}
{%- endmacro %}
