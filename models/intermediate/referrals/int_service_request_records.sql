{{ config(materialized='table') }}
{#
    One row per service request and patient: its most recent record, and the referral that its own identifiers name.
    Source of the rule: the most recent PathwayID; where none was ever sent, provider and service request
    (docs/rules.md, 2: the identifier changes when the person is traced again). A service request identifier that a
    provider gives to another patient later is another service request (24): the second holder is named so. Patients of
    one person (int_patient_latest_records) are one holder, whose LocalPatientId changed. A PathwayID of version 1.5 that
    version 2 has too is another: the schemes are two, and it is named with its version. An identifier of many names
    nothing (34). Of commissioner, age and end code the latest stated counts, an end code for its discharge (35).
#}
with identifiers_of_many as (

    select * from {{ ref('int_identifiers_of_many') }}

),

referral_records as {{ read_anew() }} (

    select
        records.* exclude (pathway_id, person_id),
        if(pathways_of_many.identifier is null, records.pathway_id, null) as pathway_id,
        if(persons_of_many.identifier is null, records.person_id, null) as person_id,
        {{ row_hash('records.service_request_key', 'records.patient_key') }} as request_key
    from {{ ref('int_records_referrals') }} as records
    left join identifiers_of_many as pathways_of_many
        on records.pathway_id = pathways_of_many.identifier and pathways_of_many.identifier_kind = 'pathway_id'
    left join identifiers_of_many as persons_of_many
        on records.person_id = persons_of_many.identifier and persons_of_many.identifier_kind = 'person_id'

),

patients as (

    select * from {{ ref('int_patient_latest_records') }}

),

find_latest as (

    select
        request_key,
        any_value(mds_version) as mds_version,
        any_value(patient_key) as patient_key,
        any_value(service_request_key) as service_request_key,
        min(reporting_month) as first_reporting_month,
        max(reporting_month) as reporting_month,
        max(reporting_month) filter (where pathway_id is not null) as pathway_month,
        max_by(pathway_id, reporting_month) filter (where pathway_id is not null) as pathway_id,
        max_by(commissioner_code, reporting_month) filter (where commissioner_code is not null) as commissioner_code,
        max_by(age_supplied, reporting_month) filter (where age_supplied is not null) as age_supplied,
        max_by(end_code, reporting_month)
        filter (where end_code is not null and sent_discharge_date is not null) as end_code,
        max_by(sent_discharge_date, reporting_month)
        filter (where end_code is not null and sent_discharge_date is not null) as coded_discharge_date
    from referral_records
    group by request_key

),

find_requests_of_two_schemes as (

    select early_requests.request_key
    from find_latest as early_requests
    semi join find_latest as late_requests
        on early_requests.pathway_id = late_requests.pathway_id and late_requests.mds_version <> 'v1_5'
    where early_requests.mds_version = 'v1_5'

),

name_pathways as (

    select
        find_latest.*,
        if(find_requests_of_two_schemes.request_key is not null, find_latest.mds_version || '|', '')
        || find_latest.pathway_id as pathway_name
    from find_latest
    left join find_requests_of_two_schemes
        on find_latest.request_key = find_requests_of_two_schemes.request_key

),

find_reused as (

    select service_request_key
    from find_latest
    group by service_request_key
    having count(*) > 1

),

find_persons as (

    select
        name_pathways.*,
        coalesce(patients.person_key, name_pathways.patient_key, name_pathways.request_key) as person_key
    from name_pathways
    inner join find_reused
        on name_pathways.service_request_key = find_reused.service_request_key
    left join patients
        on name_pathways.patient_key = patients.patient_key

),

-- In a month an identifier has one record, so that no two holders begin, and no two patients name a pathway, in one.
number_holders as (

    select
        service_request_key,
        person_key,
        max_by(pathway_name, pathway_month) as pathway_name,
        row_number() over (partition by service_request_key order by min(first_reporting_month) asc) as holder_number
    from find_persons
    group by service_request_key, person_key

),

give_numbers as (

    select
        find_persons.request_key,
        number_holders.pathway_name,
        number_holders.holder_number
    from find_persons
    inner join number_holders
        on
            find_persons.service_request_key = number_holders.service_request_key
            and find_persons.person_key = number_holders.person_key

),

identify_referrals as (

    select
        referral_records.mds_version,
        referral_records.service_request_id,
        referral_records.person_id,
        name_pathways.commissioner_code,
        coalesce(
            referral_records.end_code,
            if(referral_records.sent_discharge_date = name_pathways.coded_discharge_date, name_pathways.end_code, null)
        ) as end_code,
        name_pathways.age_supplied,
        referral_records.is_pathway_used,
        referral_records.referral_received_date,
        referral_records.discharge_date,
        referral_records.provider_code,
        referral_records.reporting_month,
        referral_records.patient_key,
        referral_records.service_request_key,
        referral_records.request_key,
        name_pathways.first_reporting_month,
        give_numbers.holder_number,
        coalesce(
            give_numbers.pathway_name,
            name_pathways.pathway_name,
            referral_records.provider_code || '|' || referral_records.service_request_id
            || if(give_numbers.holder_number > 1, '|' || give_numbers.holder_number, '')
        ) as own_referral_id
    from referral_records
    inner join name_pathways
        on
            referral_records.request_key = name_pathways.request_key
            and referral_records.reporting_month = name_pathways.reporting_month
    left join give_numbers
        on referral_records.request_key = give_numbers.request_key

)

select * from identify_referrals
