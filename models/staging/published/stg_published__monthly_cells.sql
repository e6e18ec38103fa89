{#
One row per cell of the published monthly files, every organisation and measure of every file, marks and all.
Source of the rule: the layout of the files. A month is written 2024-10, 2024-10-01 or 01/10/2024; the word all stands
where a row is of no single commissioner or provider.
#}
with cells as (

    select * from {{ source('published', 'published_monthly_measures') }}

),

renamed as (

    select
        file_name,
        file_shape,
        case
            when month_text like '__/__/____'
                then cast(right(month_text, 4) || '-' || substr(month_text, 4, 2) || '-01' as date)
            else cast(left(month_text, 7) || '-01' as date)
        end as reporting_month,
        organisation_type as organisation_type_text,
        case when lower(trim(commissioner_code)) <> 'all' then trim(commissioner_code) end as commissioner_code,
        case when lower(trim(commissioner_code)) <> 'all' then trim(commissioner_name) end as commissioner_name,
        case when lower(trim(provider_code)) <> 'all' then trim(provider_code) end as provider_code,
        case when lower(trim(provider_code)) <> 'all' then trim(provider_name) end as provider_name,
        upper(trim(measure_id)) as measure_id,
        source_column,
        value_text
    from cells

)

select * from renamed
