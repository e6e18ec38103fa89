{# A figure that is suppressed is null and marked with its reason; one that is shown is there; a rate is whole per cent. #}
with rates as (

    select * from {{ ref('rates') }}

),

waits as (

    select * from {{ ref('publication_waits') }}

),

presentation as (

    select * from {{ ref('publication_presentation') }}

),

unite_figures as (

    select
        rate as figure,
        figure_status,
        figure_marker,
        numerator_count is not null as has_first_count,
        numerator_status as first_status,
        denominator_count is not null as has_second_count,
        denominator_status as second_status,
        rate as share
    from rates
    union all
    select
        median_days as figure,
        figure_status,
        figure_marker,
        begun_wait_count is not null as has_first_count,
        begun_wait_status as first_status,
        ended_wait_count is not null as has_second_count,
        ended_wait_status as second_status,
        null as share
    from waits
    union all
    select
        figure,
        figure_status,
        figure_marker,
        category_count is not null as has_first_count,
        category_status as first_status,
        known_count is not null as has_second_count,
        known_status as second_status,
        case when statistic = 'share' then figure end as share
    from presentation
)

select *
from unite_figures
where
    (figure is not null and figure_status <> 'shown')
    or has_first_count <> (first_status = 'shown')
    or has_second_count <> (second_status = 'shown')
    or (figure_status = 'shown') <> (figure_marker = '')
    or abs(share * 100 - round(share * 100)) > 1e-9
