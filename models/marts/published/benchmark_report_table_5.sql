{#
One row per figure printed in Table 5 of the report whose year is in the input (96 in all): the printed percentage beside
the one computed from the published counts, or what is missing for it.
Source of the rule: int_published_printed_figures and int_published_missing_counts.
#}
with keep_table as (

    select
        figures.*,
        missing_counts.figure_status,
        missing_counts.missing_measures
    from {{ ref('int_published_printed_figures') }} as figures
    semi join {{ ref('report_table_5') }} as printed
        on {{ published_keys_match('figures', 'printed', ['ethnic_category_code', 'financial_year', 'outcome']) }}
    inner join {{ ref('int_published_missing_counts') }} as missing_counts
        on {{ published_keys_match(
            'figures', 'missing_counts', ['ethnic_category_code', 'financial_year', 'outcome']
        ) }}

)

select * from keep_table
