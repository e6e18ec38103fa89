{# Fails on a product of two printed rates of Table 4 that finished courses over referrals do not give. #}
select *
from {{ ref('benchmark_report_table_4') }}
where
    is_product_agreed is distinct from true
    -- The identity holds where access and course are of one year's first treatments: the later of the printed years.
    and financial_year = (select max(financial_year) from {{ ref('report_table_4') }})
