{# Fails on a study's figure from the published statistics that these contradict for no known reason, or no longer do. #}
select *
from {{ ref('study_comparisons') }}
where
    data_source = 'published_statistics'
    and is_of_published_statistics
    and (verdict = 'disagrees') <> (known_difference is not null)
