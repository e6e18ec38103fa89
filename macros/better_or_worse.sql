{#
    What a difference or a change says, by its interval (columns or expressions): better or worse where that leaves out
    nought, else the text `unclear`; not_compared where there is no interval.
    Source of the rule: Patient and Carer Race Equality Framework, part 1 (the statistics that a board looks at).
#}
{% macro better_or_worse(low, high, is_higher_better, unclear) -%}
    case
        when {{ low }} is null then 'not_compared'
        when {{ low }} > 0 then if({{ is_higher_better }}, 'better', 'worse')
        when {{ high }} < 0 then if({{ is_higher_better }}, 'worse', 'better')
        else '{{ unclear }}'
    end
{%- endmacro %}
