{# Every value that is given lies between the two ends. #}
{% test accepted_range(model, column_name, minimum, maximum) %}
    select {{ column_name }}
    from {{ model }}
    where {{ column_name }} not between {{ minimum }} and {{ maximum }}
{% endtest %}
