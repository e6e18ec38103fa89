{# One row per commissioner, classification and group: the share of people referred beside the share of residents.
   Source of the rule: Wilson intervals; the census share is taken as known without error. #}
with shares as (

    select * from {{ ref('int_ethnicity_census_shares') }}

),

add_intervals as (

    select
        *,
        {{ rate('person_count', 'all_person_count') }} as recorded_share,
        {{ wilson_interval_low('person_count', 'all_person_count') }} as recorded_share_low,
        {{ wilson_interval_high('person_count', 'all_person_count') }} as recorded_share_high
    from shares

),

compare_with_census as (

    select
        commissioner_code,
        commissioner_name,
        ethnic_classification,
        ethnic_group,
        person_count,
        all_person_count,
        recorded_share,
        recorded_share_low,
        recorded_share_high,
        census_count,
        census_share,
        recorded_share - census_share as share_difference,
        recorded_share_low - census_share as share_difference_low,
        recorded_share_high - census_share as share_difference_high,
        recorded_share / nullif(census_share, 0) as share_ratio,
        recorded_share_low / nullif(census_share, 0) as share_ratio_low,
        recorded_share_high / nullif(census_share, 0) as share_ratio_high
    from add_intervals

)

select * from compare_with_census
