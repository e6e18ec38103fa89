{#
    One row per referral whose most recent record carries centrally derived fields: what it says, and what it does not.
    Source of the rule: docs/rules.md, 27; the record that also says what else is known of the referral. Flags are true
    or nothing, so nothing is false where the field is sent. A field that the file does not hold, a flag that no record
    of the version states, and an empty count are unknown: absent_fields names them. Caseness without its flag follows
    from NotCaseness_Flag: who finished, has both first scores and is not marked as below was at caseness (M179), as
    was who recovered. A record that contradicts itself or holds a score outside its tool's range is compared, and
    never trusted.
#}
with supplied_outcomes as (

    select * from {{ ref('int_records_supplied_outcomes') }}

),

absent_fields as (

    select * from {{ ref('int_absent_supplied_fields') }}

),

service_requests as (

    select * from {{ ref('int_service_requests') }}

),

referrals as (

    select * from {{ ref('int_referrals') }}

),

tokens as (

    select * from {{ ref('anxiety_measure_tokens') }}

),

assessment_tools as (

    select * from {{ ref('assessment_tools') }}

),

take_latest as (

    select
        referrals.referral_key,
        referrals.discharge_date,
        supplied_outcomes.*,
        coalesce(absent_fields.absent_fields, {{ list_of() }}) as fields_not_held,
        coalesce(tokens.measure, supplied_outcomes.anxiety_measure_token) as anxiety_measure
    from referrals
    inner join service_requests
        on
            referrals.referral_id = service_requests.referral_id
            and referrals.provider_code = service_requests.provider_code
            and referrals.service_request_key = service_requests.service_request_key
            and referrals.patient_key is not distinct from service_requests.patient_key
    inner join supplied_outcomes
        on
            service_requests.request_key = supplied_outcomes.request_key
            and service_requests.reporting_month = supplied_outcomes.reporting_month
    left join absent_fields
        on
            supplied_outcomes.mds_version = absent_fields.mds_version
            and supplied_outcomes.source_file = absent_fields.source_file
    left join tokens
        on
            supplied_outcomes.mds_version = tokens.mds_version
            and supplied_outcomes.anxiety_measure_token = upper(tokens.token)

),

find_stated_flags as (

    select
        mds_version,
        count(is_finished_course) > 0 as states_finished,
        count(is_caseness_flagged) > 0 as states_caseness,
        count(is_not_caseness_flagged) > 0 as states_not_caseness,
        count(is_recovered) > 0 as states_recovered,
        count(is_reliably_improved) > 0 as states_improved,
        count(is_reliably_deteriorated) > 0 as states_deteriorated
    from take_latest
    group by mds_version

),

mark_sent as (

    select
        take_latest.*,
        stated.states_finished
        and not array_contains(take_latest.fields_not_held, 'is_finished_course') as has_finished,
        stated.states_caseness
        and not array_contains(take_latest.fields_not_held, 'is_caseness_flagged') as has_caseness,
        stated.states_not_caseness
        and not array_contains(take_latest.fields_not_held, 'is_not_caseness_flagged') as has_not_caseness,
        stated.states_recovered
        and not array_contains(take_latest.fields_not_held, 'is_recovered') as has_recovered,
        stated.states_improved
        and not array_contains(take_latest.fields_not_held, 'is_reliably_improved') as has_improved,
        stated.states_deteriorated
        and not array_contains(take_latest.fields_not_held, 'is_reliably_deteriorated') as has_deteriorated
    from take_latest
    inner join find_stated_flags as stated
        on take_latest.mds_version = stated.mds_version

),

read_flags as (

    select
        * replace (
            case when has_finished then coalesce(is_finished_course, false) end as is_finished_course,
            case when has_recovered then coalesce(is_recovered, false) end as is_recovered,
            case when has_improved then coalesce(is_reliably_improved, false) end as is_reliably_improved,
            case when has_deteriorated then coalesce(is_reliably_deteriorated, false) end as is_reliably_deteriorated
        ),
        case
            when is_caseness_flagged then true
            when is_not_caseness_flagged then false
            when has_caseness and has_not_caseness then null
            when not has_caseness and is_recovered then true
            when
                (has_caseness or has_not_caseness)
                and coalesce(is_finished_course, not has_finished and discharge_date is not null)
                and phq9_first is not null
                and anxiety_first is not null
                then has_not_caseness
        end as is_at_caseness
    from mark_sent

),

list_absent as (

    select
        *,
        concat(
            fields_not_held,
            case when not has_finished then {{ list_of(["'is_finished_course'"]) }} else {{ list_of() }} end,
            case
                when is_at_caseness is null and not (has_caseness and has_not_caseness)
                    then {{ list_of(["'is_at_caseness'"]) }}
                else {{ list_of() }}
            end,
            case when not has_recovered then {{ list_of(["'is_recovered'"]) }} else {{ list_of() }} end,
            case when not has_improved then {{ list_of(["'is_reliably_improved'"]) }} else {{ list_of() }} end,
            case when not has_deteriorated then {{ list_of(["'is_reliably_deteriorated'"]) }} else {{ list_of() }} end,
            case when care_contact_count is null then {{ list_of(["'care_contact_count'"]) }} else {{ list_of() }} end,
            case
                when treatment_contact_count is null then {{ list_of(["'treatment_contact_count'"]) }}
                else {{ list_of() }}
            end
        ) as absent_fields
    from read_flags

),

mark_plausible as (

    select
        said.*,
        coalesce(said.treatment_contact_count <= said.care_contact_count, true)
        and coalesce(said.first_treatment_date <= said.second_treatment_date, true)
        and not (coalesce(said.is_recovered, false) and not coalesce(said.is_at_caseness, false))
        and not (coalesce(said.is_reliably_improved, false) and coalesce(said.is_reliably_deteriorated, false))
        and not (coalesce(said.is_finished_course, false) and said.discharge_date is null)
        and coalesce(said.phq9_first between depression_tools.minimum_score and depression_tools.maximum_score, true)
        and coalesce(said.phq9_last between depression_tools.minimum_score and depression_tools.maximum_score, true)
        and coalesce(said.gad7_first between default_tools.minimum_score and default_tools.maximum_score, true)
        and coalesce(said.gad7_last between default_tools.minimum_score and default_tools.maximum_score, true)
            as is_plausible
    from list_absent as said
    inner join assessment_tools as depression_tools
        on depression_tools.measure_role = 'depression'
    inner join assessment_tools as default_tools
        on default_tools.measure_role = 'anxiety_default'

),

keep_columns as (

    select
        * exclude (
            request_key, anxiety_measure_token, discharge_date, source_file, fields_not_held, is_caseness_flagged,
            is_not_caseness_flagged, has_finished, has_caseness, has_not_caseness, has_recovered, has_improved,
            has_deteriorated
        )
    from mark_plausible

)

select * from keep_columns
