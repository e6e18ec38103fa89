{# Pooled counts are the sum of the single years that are complete, and each area with such a year has them. #}
with single_years as (

    {% for model in ['access_rates', 'wait_rates', 'pathway_rates', 'outcome_rates'] %}
    select
        financial_year,
        area_level,
        area_code,
        ethnic_classification,
        ethnic_group,
        measure,
        numerator_count,
        denominator_count
    from {{ ref(model) }}
    where is_complete
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

pooled_rates as (

    select * from {{ ref('pooled_rates') }}

),

sum_years as (

    select
        area_level,
        area_code,
        ethnic_classification,
        ethnic_group,
        measure,
        sum(numerator_count) as numerator_count,
        sum(denominator_count) as denominator_count
    from single_years
    group by all

)

select
    area_level,
    area_code,
    ethnic_classification,
    ethnic_group,
    measure,
    sum_years.numerator_count,
    pooled_rates.numerator_count as pooled_numerator_count
from sum_years
full outer join pooled_rates
    using (area_level, area_code, ethnic_classification, ethnic_group, measure)
where
    sum_years.numerator_count is distinct from pooled_rates.numerator_count
    or sum_years.denominator_count is distinct from pooled_rates.denominator_count
