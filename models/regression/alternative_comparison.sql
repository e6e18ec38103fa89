{#
    One row per fit of an alternative and ethnic group: the contrast with White British as the main model has it, and as the
    alternative has it; and where the alternative has a smaller model, what its contrast was on the same rows.
    Source of the rule: the seed regression_alternatives, row by row; report section 3.4.4 and Table 6.
#}
with alternatives as (

    select * from {{ ref('py_regression_alternatives') }}

),

alternative_estimates as (

    select * from {{ ref('alternative_estimates') }}
    where term = 'ethnic_group'

),

estimates as (

    select * from {{ ref('estimates') }}
    where term = 'ethnic_group'

),

unpack_changes as (

    select
        alternative,
        analysis,
        outcome,
        model,
        unnest(coefficient_changes, recursive := true)  -- noqa: AL03
    from alternatives

),

put_side_by_side as (

    select
        theirs.alternative,
        theirs.analysis,
        theirs.outcome,
        theirs.model,
        theirs.estimator,
        theirs.level,
        theirs.level_label,
        ours.estimate as our_estimate,
        ours.confidence_low as our_low,
        ours.confidence_high as our_high,
        ours.observation_count as our_observation_count,
        theirs.estimate as other_estimate,
        theirs.confidence_low as other_low,
        theirs.confidence_high as other_high,
        theirs.observation_count as other_observation_count,
        theirs.estimate_status as other_status,
        theirs.estimate - ours.estimate as moved_by,
        (theirs.estimate - ours.estimate) / ours.standard_error as moved_by_standard_errors,
        unpack_changes.smaller_estimate,
        unpack_changes.change as change_from_smaller,
        unpack_changes.confidence_low as change_low,
        unpack_changes.confidence_high as change_high
    from alternative_estimates as theirs
    left join estimates as ours
        on
            theirs.analysis = ours.analysis
            and theirs.outcome = ours.outcome
            and theirs.model = ours.model
            and theirs.estimator = ours.estimator
            and theirs.level = ours.level
    left join unpack_changes
        on
            theirs.alternative = unpack_changes.alternative
            and theirs.analysis = unpack_changes.analysis
            and theirs.outcome = unpack_changes.outcome
            and theirs.model = unpack_changes.model
            and theirs.level = unpack_changes.level

)

select * from put_side_by_side
