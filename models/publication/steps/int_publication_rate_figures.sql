{{ config(materialized='table') }}
{#
    One row per published rate: both counts as they are published, the rate of the true counts in whole per cent, and an
    interval of the published counts alone.
    Source of the rule: no percentage where the numerator or the denominator is under the smallest count that is shown,
    nought included, but of England where it is exact (NCDR, Data_Sharing). All together is not exact, and so not England,
    in the extract of one board or provider.
#}
{% set published = ['numerators.published_count', 'denominators.published_count'] %}
with rates as (

    select * from {{ ref('int_publication_rates') }}

),

protected_counts as (

    select * from {{ ref('protected_counts') }}

),

join_counts as (

    select
        rates.* exclude (numerator_count, denominator_count),
        numerators.published_count as numerator_count,
        numerators.status as numerator_status,
        denominators.published_count as denominator_count,
        denominators.status as denominator_status,
        {{ published_share('rates.numerator_count', 'rates.denominator_count') }} as true_share,
        {{ published_share_end(wilson_interval_low(*published), 'low') }} as low_share,
        {{ published_share_end(wilson_interval_high(*published), 'high') }} as high_share,
        rates.area_level = 'national' and denominators.lowest_count = denominators.highest_count as is_exact
    from rates
    inner join protected_counts as numerators
        on rates.figure_name || '.numerator' = numerators.cell_id
    inner join protected_counts as denominators
        on rates.figure_name || '.denominator' = denominators.cell_id

),

find_statuses as (

    select
        *,
        case
            when denominator_count = 0 then 'no_data'
            when numerator_count = 0 and not coalesce(is_exact, false) then 'suppressed_small_number'
            else {{ joint_status(['numerator_status', 'denominator_status']) }}
        end as figure_status
    from join_counts

),

show_rates as (

    select
        * exclude (true_share, low_share, high_share, is_exact),
        case when figure_status = 'shown' then true_share end as rate,
        case when figure_status = 'shown' then least(low_share, true_share) end as rate_low,
        case when figure_status = 'shown' then greatest(high_share, true_share) end as rate_high
    from find_statuses

)

select * from show_rates
