{# Counts by each characteristic, by month and by quarter add up to those of the year, of every measure, area and group. #}
with year_rates as (

    {% for model in ['access_rates', 'wait_rates', 'pathway_rates', 'outcome_rates'] %}
    select
        financial_year,
        area_level,
        area_code,
        ethnic_classification,
        ethnic_group,
        measure,
        numerator_count,
        denominator_count,
        unknown_count,
        outside_window_count,
        too_recent_count
    from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{% set counts = ['numerator_count', 'denominator_count', 'unknown_count', 'outside_window_count', 'too_recent_count'] %}
crossed_rates as (

    select
        * exclude (characteristic_value),
        characteristic as crossed_with
    from {{ ref('rates_by_characteristic') }}
    union all by name
    select
        * exclude (period),
        period_kind as crossed_with
    from {{ ref('rates_by_month') }}

),

add_up_values as (

    select
        financial_year,
        area_level,
        area_code,
        ethnic_classification,
        ethnic_group,
        measure,
        crossed_with,
        {% for count in counts -%}
        sum({{ count }}) as {{ count }}{{ ',' if not loop.last }}
        {% endfor %}
    from crossed_rates
    group by all

),

-- England has every characteristic of every group; other areas those of the levels that are asked for.
list_expected as (

    select
        year_rates.*,
        characteristics.characteristic as crossed_with
    from year_rates
    cross join {{ ref('rate_characteristics') }} as characteristics
    where
        characteristics.characteristic <> 'all'
        and (
            year_rates.area_level = 'national'
            or (year_rates.area_level, year_rates.ethnic_classification) in (
                select (add_up_values.area_level, add_up_values.ethnic_classification)
                from add_up_values
            )
        )

)

select list_expected.*
from list_expected
left join add_up_values
    using (financial_year, area_level, area_code, ethnic_classification, ethnic_group, measure, crossed_with)
where
    false
    {% for count in counts -%}
    or list_expected.{{ count }} is distinct from add_up_values.{{ count }}
    {% endfor %}
