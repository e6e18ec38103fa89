{# The grain of the quality models in the intermediate layer, which all have the rows of the first. #}
select
    counts.provider_code,
    counts.reporting_month,
    count(*) as row_count,
from {{ ref('int_ethnicity_record_counts') }} as counts
left join {{ ref('int_ethnicity_recording_shares') }} as shares using (provider_code, reporting_month)
left join {{ ref('int_ethnicity_recording_changes') }} as changes using (provider_code, reporting_month)
group by counts.provider_code, counts.reporting_month
having count(*) > 1 or count(shares.provider_size_band) <> 1 or count(changes.is_next_month_or_first) <> 1
