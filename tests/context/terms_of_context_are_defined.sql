{# Every verdict, reading, direction and measure of the context stands in the dictionary that readers get. #}
with terms as (

    select
        'study_comparisons.verdict' as vocabulary,
        verdict as term
    from {{ ref('study_comparisons') }}
    union
    select
        'workforce_representation.reading' as vocabulary,
        workforce_reading as term
    from {{ ref('workforce_representation') }}
    union
    select
        'workforce_representation.reading' as vocabulary,
        referral_reading as term
    from {{ ref('workforce_representation') }}
    union
    select
        'recommendations_followed.measure' as vocabulary,
        measure as term
    from {{ ref('recommendations_followed') }}
    union
    select
        'recommendations_followed.direction' as vocabulary,
        direction as term
    from {{ ref('recommendations_followed') }}
    union
    select
        'data_source' as vocabulary,
        data_source as term
    from {{ ref('recommendations_followed') }}
    where data_source is not null

)

select terms.*
from terms
left join {{ ref('definitions') }} as definitions
    on terms.vocabulary = definitions.vocabulary and terms.term = definitions.term
where definitions.term is null
