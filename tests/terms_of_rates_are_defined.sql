{# Every measure and level of the rates stands in the dictionary that readers get. #}
with terms as (

    select
        'access_rates.measure' as vocabulary,
        measure as term
    from {{ ref('access_rates') }}
    union
    select
        'wait_rates.measure' as vocabulary,
        measure as term
    from {{ ref('wait_rates') }}
    union
    select
        'pathway_rates.measure' as vocabulary,
        measure as term
    from {{ ref('pathway_rates') }}
    union
    select
        'characteristic' as vocabulary,
        characteristic as term
    from {{ ref('rates_by_characteristic') }}
    union
    select
        'waits.wait' as vocabulary,
        wait as term
    from {{ ref('waits') }}
    union
    select
        'event_counts.event_name' as vocabulary,
        event_name as term
    from {{ ref('event_counts') }}
    union
    select
        'waiting_at_month_end.measure' as vocabulary,
        measure as term
    from {{ ref('waiting_at_month_end') }}
    union
    select
        'outcome_rates.measure' as vocabulary,
        measure as term
    from {{ ref('outcome_rates') }}
    union
    select
        'area_level' as vocabulary,
        area_level as term
    from {{ ref('outcome_rates') }}
    union
    select
        'ethnic_classification' as vocabulary,
        ethnic_classification as term
    from {{ ref('outcome_rates') }}
    union
    select
        'ethnicity_recording_status' as vocabulary,
        ethnicity_recording_status as term
    from {{ ref('fct_referrals') }}
    union
    select
        'end_codes' as vocabulary,
        end_code as term
    from {{ ref('fct_episodes') }}
    where end_reason_group is not null

)

select terms.*
from terms
left join {{ ref('definitions') }} as definitions
    on terms.vocabulary = definitions.vocabulary and terms.term = definitions.term
where definitions.term is null
