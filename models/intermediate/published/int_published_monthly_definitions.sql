{#
One row per measure of published_monthly, as the dictionary of terms describes it: what is counted, of a percentage out of
what and who is left out. A measure of several groups has one definition.
Source of the rule: the seed published_monthly_measures.
#}
with monthly_measures as (

    select
        * replace (nullif(counted, '') as counted),
        nullif(denominator_measure, '') is not null as is_percentage
    from {{ ref('published_monthly_measures') }}
    where is_used

),

describe_monthly_measures as (

    select distinct
        'published_monthly.measure' as vocabulary,
        monthly_measures.measure as term,
        'measure' as term_kind,
        monthly_measures.measure_label as term_label,
        coalesce(monthly_measures.counted, numerators.counted) as numerator,
        denominators.counted as denominator,
        case when monthly_measures.is_percentage then coalesce(excluded.counted, 'Nobody') end
            as exclusions,
        cast(null as varchar) as rule,
        monthly_measures.source,
        monthly_measures.source_status
    from monthly_measures
    left join monthly_measures as numerators
        on monthly_measures.numerator_measure = numerators.measure
    left join monthly_measures as denominators
        on monthly_measures.denominator_measure = denominators.measure
    left join monthly_measures as excluded
        on monthly_measures.excluded_measure = excluded.measure

)

select * from describe_monthly_measures
