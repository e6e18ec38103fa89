{{ config(materialized='table') }}
{#
    One row per person: the ethnic category by each rule for choosing one code out of several.
    Source of the rules: docs/rules.md, 10; docs/decisions/one_code_a_person.md. Months, providers and versions count
    alike. An unstated code never overwrites a stated one. The last tie goes to the later letter, so that none falls to A
    by its place alone. NHS England's ethnicity asset (GDPPR) leaves a tie without a category, by the latest code or the
    most frequent one: a tie is where the first and the last letter of those that come first differ. The method for
    hospital data (CHIME) takes the second code where the first is any other ethnic group, and breaks its last ties by
    the number of residents.
#}
with person_codes as (

    select * from {{ ref('int_person_codes') }}

),

populations as (

    select * from {{ ref('ethnic_category_populations') }}

),

describe_codes as (

    select
        person_codes.*,
        -populations.population_rank as population_order,
        populations.is_any_other_ethnic_group
    from person_codes
    left join populations
        on person_codes.ethnic_category_code = populations.ethnic_category_code

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
        max_by(ethnic_category_code, (latest_month, ethnic_category_code))
        filter (where ethnic_category_code is not null) as latest_last_letter,
        max_by(ethnic_category_code, (latest_month, -ascii(ethnic_category_code)))
        filter (where ethnic_category_code is not null) as latest_first_letter,
        max_by(ethnic_category_code, (record_count, ethnic_category_code))
        filter (where ethnic_category_code is not null) as most_frequent_last_letter,
        max_by(ethnic_category_code, (record_count, -ascii(ethnic_category_code)))
        filter (where ethnic_category_code is not null) as most_frequent_first_letter,
        max_by(ethnic_category_code, (not is_any_other_ethnic_group, record_count, latest_month, population_order))
        filter (where ethnic_category_code is not null) as avoids_other,
        max_by(ethnicity_recording_status, (latest_month, ethnicity_recording_status)) as latest_status,
        count(distinct ethnic_category_code) as valid_code_count
    from describe_codes
    group by person_key

),

leave_out_ties as (

    select
        person_key,
        most_frequent_valid,
        latest_valid,
        first_valid,
        case when latest_first_letter = latest_last_letter then latest_last_letter end as latest_or_none,
        case when most_frequent_first_letter = most_frequent_last_letter then most_frequent_last_letter end
            as most_frequent_or_none,
        avoids_other,
        latest_status,
        valid_code_count
    from choose_codes

)

select * from leave_out_ties
