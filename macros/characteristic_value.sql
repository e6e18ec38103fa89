{#
The value of a characteristic that rates are crossed with: of the person as the fact tables have them, or the month or
quarter of a date. The calling model joins the seeds age_bands and rate_characteristics and refers to clinical_rules.

    characteristic_value(rows, date_column)
#}
{% macro characteristic_value(rows, date_column) -%}
    {%- set date = rows ~ '.' ~ date_column -%}
    case characteristics.characteristic
        when 'all' then 'all'
        when 'gender' then {{ rows }}.gender
        when 'age_band' then coalesce(age_bands.age_band, '{{ var("not_known_label") }}')
        when 'deprivation_quintile'
            then coalesce({{ deprivation_quintile(rows ~ '.imd_decile') }}, '{{ var("not_known_label") }}')
        when 'own_group_density_fifth'
            then coalesce(cast({{ rows }}.own_group_density_fifth as varchar), '{{ var("not_known_label") }}')
        when 'preferred_language' then {{ rows }}.preferred_language
        when 'treatment_language' then {{ rows }}.treatment_language
        when 'interpreter_status' then {{ rows }}.interpreter_status
        when 'month' then substr(cast({{ date }} as varchar), 1, 7)
        when 'quarter' then {{ financial_quarter(date) }}
    end
{%- endmacro %}
