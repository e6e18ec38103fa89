{#
    One row per source of data, financial year, ethnic classification and ethnic group of England: its share of the people
    referred whose group is known (referral_share); and of everybody, the share whose group is known (ethnicity_known).
    Source of the rule: report, section 3.4.1, referrals with ethnicity data. Who stands under none of the groups is not
    known, whether or not the publisher has a row for them. Of raw data complete years only.
#}
with published_counts as (

    select * from {{ ref('published_counts') }}
    where organisation_level = 'national' and measure = 'referrals_received'

),

access_rates as (

    select * from {{ ref('access_rates') }}
    where area_level = 'national' and is_complete and measure = 'access'

),

list_sizes as (

    select
        'ethnic_group' as ethnic_classification,
        count(*) as group_count
    from {{ ref('ethnic_categories') }}
    union all
    select
        'high_level_ethnic_group' as ethnic_classification,
        count(distinct high_level_ethnic_group) as group_count
    from {{ ref('ethnic_categories') }}

),

count_referrals as (

    select
        'published_statistics' as data_source,
        financial_year,
        ethnic_classification,
        ethnic_group,
        count_value as referral_count,
        ethnic_classification = 'not_stated' as is_unknown
    from published_counts
    union all
    select
        'raw_data' as data_source,
        financial_year,
        ethnic_classification,
        ethnic_group,
        denominator_count as referral_count,
        ethnic_group = '{{ var("unknown_ethnic_group") }}' as is_unknown
    from access_rates

),

share_referrals as (

    select
        count_referrals.data_source,
        count_referrals.financial_year,
        count_referrals.ethnic_classification,
        'referral_share' as measure,
        count_referrals.ethnic_group,
        count_referrals.referral_count as numerator_count,
        -- Where the publisher gives no count of a group, no share is of all; in raw data nobody is a count.
        case
            when
                count_referrals.data_source = 'raw_data'
                or count(count_referrals.referral_count) over same_list = list_sizes.group_count
                then sum(count_referrals.referral_count) over same_list
        end as denominator_count
    from count_referrals
    inner join list_sizes
        on count_referrals.ethnic_classification = list_sizes.ethnic_classification
    where not count_referrals.is_unknown
    window
        same_list as (
            partition by
                count_referrals.data_source, count_referrals.financial_year, count_referrals.ethnic_classification
        )

),

count_known as (

    select distinct
        data_source,
        financial_year,
        denominator_count
    from share_referrals
    where ethnic_classification = 'high_level_ethnic_group'

),

share_known as (

    select
        totals.data_source,
        totals.financial_year,
        totals.ethnic_classification,
        'ethnicity_known' as measure,
        totals.ethnic_group,
        count_known.denominator_count as numerator_count,
        totals.referral_count as denominator_count
    from count_referrals as totals
    left join count_known
        on totals.data_source = count_known.data_source and totals.financial_year = count_known.financial_year
    where totals.ethnic_classification = 'total'

),

unite_counts as (

    select * from share_referrals
    union all
    select * from share_known

),

measure_shares as (

    {% set counts = ['numerator_count', 'denominator_count'] %}
    select
        *,
        {{ rate(*counts) }} as rate,
        {{ wilson_interval_low(*counts) }} as rate_low,
        {{ wilson_interval_high(*counts) }} as rate_high,
        cast(null as double) as difference_to_white_british,
        cast(null as double) as difference_low,
        cast(null as double) as difference_high
    from unite_counts

)

select * from measure_shares
