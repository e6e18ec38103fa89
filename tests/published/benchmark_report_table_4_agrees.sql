{# Fails on a product of two printed rates of Table 4 that finished courses over referrals do not give. #}
select *
from {{ ref('benchmark_report_table_4') }}
where not is_product_agreed
