{#
    One row per discharge year, provider, commissioner, ethnicity, characteristic and its value: over finished courses, the
    sums that the mean share of offered sessions attended and its deviation are made of, and how many courses are left out.
    Shares are added up to nine decimals, exactly, so that the order of the rows moves no digit.
    Source of the rule: report, section 3.6.2 (out of the appointments offered); which rows count: seed outcome_rules.
#}
with episodes as (

    select * from {{ ref('fct_episodes') }}

),

attendance_rules as (

    select * from {{ ref('int_outcome_rules') }}
    where measure = 'proportion_of_sessions_attended'

),

characteristics as (

    select * from {{ ref('rate_characteristics') }}

),

age_bands as (

    select * from {{ ref('age_bands') }}

),

list_cases as (

    select distinct
        is_received_in_window,
        proportion_attended is not null as has_offered_session
    from episodes

),

find_fates as (

    select
        list_cases.is_received_in_window,
        list_cases.has_offered_session,
        coalesce(min_by(attendance_rules.row_fate, attendance_rules.rule_order), 'counted') as row_fate
    from list_cases
    left join attendance_rules
        on
            case attendance_rules.column_name
                when 'is_received_in_window' then list_cases.is_received_in_window = attendance_rules.column_value
                when 'proportion_attended' then not list_cases.has_offered_session
            end
    group by list_cases.is_received_in_window, list_cases.has_offered_session

),

mark_episodes as (

    select
        episodes.*,
        find_fates.row_fate,
        cast(episodes.proportion_attended as decimal(18, 9)) as attended_share,
        cast(episodes.proportion_attended * episodes.proportion_attended as decimal(18, 9)) as attended_share_squared
    from episodes
    inner join find_fates
        on
            episodes.is_received_in_window = find_fates.is_received_in_window
            and (episodes.proportion_attended is not null) = find_fates.has_offered_session

),

add_up_alike as (

    select
        mark_episodes.discharge_financial_year as financial_year,
        mark_episodes.provider_code,
        mark_episodes.commissioner_code,
        coalesce(mark_episodes.ethnic_category_code, mark_episodes.ethnicity_recording_status) as ethnicity_key,
        characteristics.characteristic,
        {{ characteristic_value('mark_episodes', 'discharge_date') }} as characteristic_value,
        count(*) filter (where mark_episodes.row_fate = 'counted') as course_count,
        sum(mark_episodes.attended_share) filter (where mark_episodes.row_fate = 'counted') as value_sum,
        sum(mark_episodes.attended_share_squared) filter (where mark_episodes.row_fate = 'counted') as square_sum,
        count(*) filter (where mark_episodes.row_fate = 'unknown') as unknown_count,
        count(*) filter (where mark_episodes.row_fate = 'outside_window') as outside_window_count
    from mark_episodes
    cross join characteristics
    left join age_bands
        on mark_episodes.age_at_referral between age_bands.lowest_age and age_bands.highest_age
    group by all

)

select * from add_up_alike
