{# One row per provider and reporting month: the counts with the provider's size band and the shares of all records.
   Source of the rule: completeness and validity as in the national data quality measures; acceptable codes as in the
   mental health data quality pages on protected characteristics; the score as in the national data quality index:
   records with a valid or default code, less the default ones above their threshold (ethnicity_default_threshold). #}
with record_counts as (

    select * from {{ ref('int_ethnicity_record_counts') }}

),

size_bands as (

    select * from {{ ref('provider_size_bands') }}

),

add_shares as (

    select
        record_counts.*,
        size_bands.provider_size_band,
        1 - record_counts.missing_count / record_counts.record_count as completeness,
        record_counts.valid_count / record_counts.record_count as validity,
        (record_counts.valid_count + record_counts.not_stated_count + record_counts.not_known_count)
        / record_counts.record_count as acceptable_code_share,
        record_counts.useful_count / record_counts.record_count as useful_code_share,
        record_counts.not_stated_count / record_counts.record_count as not_stated_share,
        record_counts.invalid_count / record_counts.record_count as invalid_share,
        record_counts.vodim_default_count / record_counts.record_count as default_share,
        (
            record_counts.vodim_valid_count
            + least(
                record_counts.vodim_default_count,
                {{ number_from_nought('ethnicity_default_threshold') }} * record_counts.record_count
            )
        ) / record_counts.record_count as data_quality_score
    from record_counts
    left join size_bands
        on
            record_counts.record_count >= size_bands.lowest_record_count
            and record_counts.record_count <= coalesce(size_bands.highest_record_count, record_counts.record_count)

)

select * from add_shares
