{#
One row per monthly cell of a measure that the mart shows, copies included: its number, and why there is none.
Source of the rule: the seeds published_monthly_measures, published_value_marks and published_file_shapes; a count is a
whole number of at least 0, a percentage lies between 0 and 100. England's figures are never suppressed.
#}
with cells as (

    select
        *,
        {{ published_label_key('organisation_type_text') }} as organisation_type_key,
        {{ published_value_key('value_text') }} as value_key,
        {{ published_number('value_text') }} as number_value
    from {{ ref('stg_published__monthly_cells') }}

),

measures as (

    select * from {{ ref('published_monthly_measures') }}
    where is_used

),

shapes as (

    select * from {{ ref('published_file_shapes') }}

),

read_values as (

    select
        cells.file_name,
        cells.reporting_month,
        coalesce(organisation_types.organisation_type, cells.organisation_type_text, 'not given') as organisation_type,
        coalesce(organisation_types.organisation_level, 'unknown') as organisation_level,
        organisation_types.organisation_type is not null as is_known_organisation_type,
        coalesce(organisation_types.is_count_rounded, true) as is_count_rounded,
        case
            when organisation_types.organisation_level = 'national' then 'All'
            else coalesce(nullif(concat_ws('/', cells.commissioner_code, cells.provider_code), ''), 'All')
        end as organisation_code,
        coalesce(nullif(concat_ws('/', cells.commissioner_name, cells.provider_name), ''), 'All') as organisation_name,
        measures.group_id,
        measures.measure,
        measures.statistic,
        cells.number_value,
        case
            -- The tidy table has lost the marks, and with them the reason.
            when coalesce(trim(cells.value_text), '') = '' and coalesce(organisation_types.is_count_rounded, true)
                then shapes.empty_cell_status
            when marks.cell_status is not null then marks.cell_status
            when cells.number_value is null then 'unreadable'
            when measures.statistic = 'count' and (cells.number_value < 0 or cells.number_value % 1 <> 0)
                then 'unreadable'
            when measures.statistic = 'percentage' and cells.number_value not between 0 and 100 then 'unreadable'
            else 'published'
        end as cell_status
    from cells
    inner join measures
        on cells.measure_id = measures.measure_id
    inner join shapes
        on cells.file_shape = shapes.file_shape
    left join {{ ref('published_organisation_types') }} as organisation_types
        on cells.organisation_type_key = organisation_types.organisation_type_key
    left join {{ ref('published_value_marks') }} as marks
        on cells.value_key = marks.value_key

)

select * from read_values
