{# A count of people in a regression as it is published: rounded as the profile says, null where it is too small. #}
{% macro published_model_count(count) -%}
    case
        when {{ count }} >= {{ profile_value('smallest_count_shown') }}
            then
                cast(
                    floor(
                        ({{ count }} + ({{ profile_value('rounding_base') }} - 1) / 2)
                        / cast({{ profile_value('rounding_base') }} as double)
                    ) * {{ profile_value('rounding_base') }} as bigint
                )
    end
{%- endmacro %}
