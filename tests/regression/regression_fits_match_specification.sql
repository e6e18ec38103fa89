{# Every fit that the seeds describe is there once, and nothing else, for each analysis that has rows. #}
with fits as (

    select * from {{ ref('fits') }}

),

terms as (

    select * from {{ ref('regression_terms') }}

),

outcomes as (

    select * from {{ ref('regression_outcomes') }}

),

settings as (

    select * from {{ ref('regression_settings') }}

),

expect_single_level as (

    select distinct
        outcomes.analysis,
        outcomes.outcome,
        outcomes.family as estimator,
        outcomes.cluster_column,
        'model_' || terms.first_model as model
    from outcomes
    inner join terms
        on outcomes.analysis = terms.analysis

),

expect_multilevel as (

    select
        expect_single_level.analysis,
        expect_single_level.outcome,
        expect_single_level.estimator || '_multilevel' as estimator,
        expect_single_level.model
    from expect_single_level
    cross join settings
    where
        expect_single_level.cluster_column is not null
        and settings.setting = 'is_multilevel'
        and settings.value = 'true'

),

expect_fits as (

    select
        analysis,
        outcome,
        estimator,
        model
    from expect_single_level
    union all
    select
        analysis,
        outcome,
        estimator,
        model
    from expect_multilevel

),

find_differences as (

    select
        coalesce(expect_fits.outcome, fits.outcome) as outcome,
        coalesce(expect_fits.model, fits.model) as model,
        coalesce(expect_fits.estimator, fits.estimator) as estimator
    from expect_fits
    full outer join fits
        on
            expect_fits.analysis = fits.analysis
            and expect_fits.outcome = fits.outcome
            and expect_fits.estimator = fits.estimator
            and expect_fits.model = fits.model
    where
        (
            fits.outcome is null
            and expect_fits.analysis in (select distinct fits_there.analysis from fits as fits_there)
            -- Where nobody answered, nothing is fitted to the answers; who answered is.
            and (
                expect_fits.analysis not like 'experience%'
                or expect_fits.outcome in (select distinct fits_there.outcome from fits as fits_there)
            )
        )
        or expect_fits.outcome is null

)

select * from find_differences
