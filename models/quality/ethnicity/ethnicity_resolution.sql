{# One row per provider: for how many people on its books the choice of one code out of several matters. Source of the
   rule: int_ethnicity_person_differences; the code that counts is the most frequent valid one by default. #}
with people as (

    select * from {{ ref('int_ethnicity_person_differences') }}

),

count_people as (

    select
        provider_code,
        count(*) as person_count,
        count(most_frequent_valid) as stated_person_count,
        count(*) filter (where valid_code_count > 1) as conflicting_person_count,
        count(*) filter (where most_frequent_valid <> latest_valid) as differs_from_latest_count,
        count(*) filter (where most_frequent_valid <> first_valid) as differs_from_first_count,
        count(*) filter (where most_frequent_valid is distinct from own_valid) as differs_from_as_referred_count,
        count(*) filter (where is_unstated_in_latest_record and most_frequent_valid is not null)
            as kept_stated_count,
        count(*) filter (where most_frequent_valid is distinct from latest_or_none)
            as differs_from_latest_or_none_count,
        count(*) filter (where most_frequent_valid is distinct from most_frequent_or_none)
            as differs_from_most_frequent_or_none_count,
        count(*) filter (where most_frequent_valid is distinct from avoids_other) as differs_from_avoids_other_count,
        count(*) filter (where is_reported_otherwise) as differs_from_as_reported_count
    from people
    group by provider_code

)

select * from count_people
