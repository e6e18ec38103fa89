{#
    One row per referral of a person who answered about long-term conditions, and submission.
    Source of the rule: Person, LTCONDITION; Y and N read as conditions by the seed long_term_condition_answers.
#}
with referrals as (

    select * from {{ source('mds_v1_5', 'Referral') }}

),

people as (

    select * from {{ source('mds_v1_5', 'Person') }}

),

answers as (

    select * from {{ ref('long_term_condition_answers') }}

),

read_answers as (

    select
        'v1_5' as mds_version,
        {{ v1_5_submission_id("nullif(trim(people.header_id), '')") }} as submission_id,
        referrals.pserviceid as service_request_id,
        answers.long_term_condition_code,
        people.auditid as audit_id,
        people.source_file,
        people.source_row
    from people
    inner join answers
        on {{ clean_code('people.ltcondition') }} = answers.answer_code
    inner join referrals
        on people.iapt_record_number = referrals.iapt_record_number

)

select * from read_answers
