{#
    Whether a row of an entity is of the latest load of its submission: true where loads cannot be told apart, and where
    the row says no load. Of tables named `unite_versions` and `submissions`; int_submission_loads has the rule.
#}
{% macro of_latest_load(entity) -%}
    coalesce(unite_versions.audit_id >= submissions.latest_audit_ids['{{ entity }}'], true)
{%- endmacro %}
