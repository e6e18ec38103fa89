{#
    What an alternative reads otherwise is the form of a term, not who takes part: bands of age and waits, and medication
    taken or not, have the rows of the main model of the same number. Nobody without a main model beside them.
#}
with alternative_comparison as (

    select * from {{ ref('alternative_comparison') }}

),

find_differences as (

    select
        alternative,
        outcome,
        model,
        level,
        our_observation_count,
        other_observation_count
    from alternative_comparison
    where
        our_observation_count is null
        or (alternative <> 'wait_alone' and our_observation_count <> other_observation_count)
        or (alternative = 'wait_alone' and other_observation_count < our_observation_count)
        or (
            alternative = 'wait_alone'
            and model = 'model_1'
            and our_observation_count = other_observation_count
            and abs(moved_by) > 1e-9
        )

)

select * from find_differences
