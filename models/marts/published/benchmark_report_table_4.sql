{#
One row per rate printed in Table 4 of the report whose year is in the input (64 in all): the printed percentage beside
the one computed from counts, where the input has first treatments, and what is missing where it has not; and the product
of the group's two printed rates beside finished courses over referrals.
Source of the rule: int_published_printed_figures, int_published_missing_counts and int_published_table_4_products.
#}
with keep_table as (

    select
        figures.*,
        missing_counts.figure_status,
        missing_counts.missing_measures,
        products.printed_product_percentage,
        products.finished_per_referral_percentage,
        products.product_difference_points,
        products.is_product_agreed
    from {{ ref('int_published_printed_figures') }} as figures
    semi join {{ ref('report_table_4') }} as printed
        on {{ published_keys_match('figures', 'printed', ['ethnic_category_code', 'financial_year', 'outcome']) }}
    inner join {{ ref('int_published_missing_counts') }} as missing_counts
        on {{ published_keys_match(
            'figures', 'missing_counts', ['ethnic_category_code', 'financial_year', 'outcome']
        ) }}
    inner join {{ ref('int_published_table_4_products') }} as products
        on {{ published_keys_match('figures', 'products', ['ethnic_category_code', 'financial_year']) }}

)

select * from keep_table
