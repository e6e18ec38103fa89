{# Fails on a rate of Table 4, or a product of two, that the published counts do not give. #}
select *
from {{ ref('benchmark_report_table_4') }}
where not is_agreed or not is_product_agreed
