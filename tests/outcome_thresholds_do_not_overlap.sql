{# Two rows of a measure never hold on the same day: an episode would be counted twice. #}
select
    earlier.measure,
    earlier.valid_from_date,
    later.valid_from_date as next_valid_from_date
from {{ ref('outcome_thresholds') }} as earlier
inner join {{ ref('outcome_thresholds') }} as later
    on
        earlier.measure = later.measure
        and earlier.valid_from_date < later.valid_from_date
        and earlier.valid_to_date >= later.valid_from_date
