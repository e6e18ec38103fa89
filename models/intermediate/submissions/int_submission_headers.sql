{#
    One row per row of a header table: whether it can be used, and if not, why. Without submission, provider and month a
    file cannot be placed; a submission that comes twice keeps its first header.
#}
with headers as (

    {{ union_versions('submissions') }}

),

find_first as (

    select
        *,
        row_number() over (partition by mds_version, submission_id order by source_file, source_row) as header_rank
    from headers

),

give_reasons as (

    select
        * exclude (header_rank),
        case
            when submission_id is null then 'submission_id'
            when provider_code is null then 'provider_code'
            when reporting_month is null then 'reporting_month'
            when header_rank > 1 then 'submission_id'
        end as rejected_column,
        case
            when submission_id is null or provider_code is null then 'required_field_blank'
            when is_reporting_month_unreadable then 'value_unreadable'
            when reporting_month is null then 'required_field_blank'
            when header_rank > 1 then 'duplicate_key'
        end as reason_code
    from find_first

)

select * from give_reasons
