{# Rows read = rows kept + superseded + quarantined, in every file; what does not add up is lost or made up. #}
select *
from {{ ref('row_accounting') }}
where read_count <> kept_count + superseded_count + quarantined_count
