{# Fails on a figure of Table 5 that the published counts do not give to the printed digit. #}
select *
from {{ ref('benchmark_report_table_5') }}
where is_agreed is distinct from true
