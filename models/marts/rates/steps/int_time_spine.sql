-- One row per day, 2008 (the first services) to 2040: the calendar that MetricFlow asks a project for. No model reads
-- it.
with calendar as (

    select {{ days_between('2008-04-01', '2040-03-31') }} as calendar_date

)

select * from calendar
