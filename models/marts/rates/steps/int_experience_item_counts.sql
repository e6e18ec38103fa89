{#
    One row per period, area, ethnic classification, ethnic group, question and answer (null: none): people who were asked.
    A period is a year, or the complete years of the area and questionnaire together. Areas: variable crossed_area_levels.
#}
with asked as (

    select * from {{ ref('int_experience_asked') }}

),

areas as (

    select * from {{ ref('int_areas') }}
    where area_level in ({{ crossed_area_levels() }})

),

classifications as (

    select * from {{ ref('int_ethnic_classifications') }}

),

complete_years as (

    select * from {{ ref('int_complete_years') }}

),

count_single_years as (

    select
        asked.financial_year,
        areas.area_level,
        areas.area_code,
        areas.area_name,
        classifications.ethnic_classification,
        classifications.ethnic_group,
        asked.measure,
        asked.question_code,
        asked.answer_code,
        asked.answer_value,
        count(*) as people_count
    from asked
    inner join areas
        on
            asked.provider_code = areas.provider_code
            and asked.commissioner_code is not distinct from areas.commissioner_code
    inner join classifications
        on asked.ethnicity_key = classifications.ethnicity_key
    group by all

),

name_periods as (

    select
        financial_year,
        area_level,
        area_code,
        measure,
        min(financial_year) over (partition by area_level, area_code, measure)
        || ' to '
        || max(financial_year) over (partition by area_level, area_code, measure) as financial_years
    from complete_years
    where is_complete

),

pool_years as (

    select count_single_years.* replace (name_periods.financial_years as financial_year)
    from count_single_years
    inner join name_periods
        on
            count_single_years.financial_year = name_periods.financial_year
            and count_single_years.area_level = name_periods.area_level
            and count_single_years.area_code = name_periods.area_code
            and count_single_years.measure = name_periods.measure

),

unite_periods as (

    select
        * exclude (measure),
        false as is_pooled
    from count_single_years
    union all
    select
        * exclude (measure),
        true as is_pooled
    from pool_years

),

sum_periods as (

    select
        * exclude (people_count),
        sum(people_count) as people_count
    from unite_periods
    group by all

)

select * from sum_periods
