{#
One row per cell of the published annual files, every breakdown and measure of every file, marks and all.
Source of the rule: names only; what a label, column or mark means is decided downstream, from seeds.
#}
with cells as (

    select * from {{ source('published', 'published_annual_measures') }}

),

renamed as (

    select
        file_name,
        file_shape,
        reporting_period as financial_year,
        organisation_type as organisation_type_text,
        organisation_code,
        organisation_name,
        variable_type,
        variable_a,
        variable_b,
        source_column,
        value_text
    from cells

)

select * from renamed
