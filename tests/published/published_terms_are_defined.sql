{# Every measure, outcome, level and status of the published statistics stands in the dictionary that readers get. #}
with terms as (

    select
        'published_counts.measure' as vocabulary,
        measure as term
    from {{ ref('published_counts') }}
    union
    select
        'published_monthly.measure' as vocabulary,
        measure as term
    from {{ ref('published_monthly') }}
    union
    select
        'rate_status' as vocabulary,
        value_status as term
    from {{ ref('published_monthly') }}
    union
    select
        'rate_status' as vocabulary,
        count_status as term
    from {{ ref('published_counts') }}
    union
    select
        'published_outcomes.outcome' as vocabulary,
        outcome as term
    from {{ ref('published_outcomes') }}
    union
    select
        'rate_status' as vocabulary,
        rate_status as term
    from {{ ref('published_outcomes') }}
    union
    select
        'organisation_level' as vocabulary,
        organisation_level as term
    from {{ ref('published_outcomes') }}
    union
    select
        'ethnic_classification' as vocabulary,
        ethnic_classification as term
    from {{ ref('published_outcomes') }}

)

select terms.*
from terms
left join {{ ref('definitions') }} as definitions
    on terms.vocabulary = definitions.vocabulary and terms.term = definitions.term
where definitions.term is null
