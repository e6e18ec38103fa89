{#
    One row per person: the ethnic category by each rule for choosing one code out of several.
    Source of the rule: ours, no national one was found. Months, providers and versions count alike. An unstated code
    never overwrites a stated one. The last tie goes to the later letter, so that none falls to A by its place alone.
#}
with person_codes as (

    select * from {{ ref('int_person_codes') }}

),

choose_codes as (

    select
        person_key,
        max_by(ethnic_category_code, (record_count, latest_month, ethnic_category_code))
        filter (where ethnic_category_code is not null) as most_frequent_valid,
        max_by(ethnic_category_code, (latest_month, record_count, ethnic_category_code))
        filter (where ethnic_category_code is not null) as latest_valid,
        min_by(ethnic_category_code, (first_month, -record_count, -ascii(ethnic_category_code)))
        filter (where ethnic_category_code is not null) as first_valid,
        max_by(ethnicity_recording_status, (latest_month, ethnicity_recording_status)) as latest_status,
        count(distinct ethnic_category_code) as valid_code_count
    from person_codes
    group by person_key

)

select * from choose_codes
