{# One row per provider, month and way in which ethnicity is recorded: how many records, out of how many. #}
with ethnicity_recording as (

    select * from {{ ref('ethnicity_recording') }}

),

count_statuses as (

    {% for status in ['valid', 'not_stated', 'not_known', 'invalid', 'missing'] -%}
    select
        provider_code,
        reporting_month,
        '{{ status }}' as ethnicity_recording_status,
        record_count,
        {{ status }}_count as status_count
    from ethnicity_recording
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

name_figures as (

    select
        *,
        {{ financial_year('reporting_month') }} as financial_year,
        substr(cast(reporting_month as varchar), 1, 7) as period,
        'recording|' || provider_code || '|' || substr(cast(reporting_month as varchar), 1, 7) as record_name,
        'recording|' || provider_code || '|' || substr(cast(reporting_month as varchar), 1, 7)
        || '|' || ethnicity_recording_status as figure_name
    from count_statuses

)

select * from name_figures
