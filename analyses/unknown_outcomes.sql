{#
    Question: how much do rates turn on what is not known? England, all years together: the rate with what is not
    known left out, counted as no (the published reading) and counted as yes, and the gap to White British in each.
    One row per outcome and ethnic group, the largest share not known first. No reading between the last two is
    excluded.
    On the demo set dropout turns on it most: of White Irish people 44 of 249 are not known, and their gap is -1.9 by
    one reading and 3.5 by the other.
#}
with outcome_rates as (

    select * from {{ ref('outcome_rates') }}

),

-- Read from what is published alone: the group that all are compared with has a gap to itself, and no interval of it.
add_up_years as (

    select
        measure,
        ethnic_group,
        sum(numerator_count) as numerator_count,
        sum(denominator_count) as known_count,
        sum(unknown_count) as unknown_count,
        bool_or(difference_to_white_british is not null and difference_low is null) as is_reference_group
    from outcome_rates
    where area_level = 'national' and ethnic_classification = 'ethnic_group'
    group by measure, ethnic_group

),

read_otherwise as (

    select
        measure,
        ethnic_group,
        is_reference_group,
        known_count,
        unknown_count,
        unknown_count / nullif(known_count + unknown_count, 0) as unknown_share,
        numerator_count / nullif(known_count, 0) as rate_left_out,
        numerator_count / nullif(known_count + unknown_count, 0) as rate_as_no,
        (numerator_count + unknown_count) / nullif(known_count + unknown_count, 0) as rate_as_yes
    from add_up_years

),

compare_with_white_british as (

    select
        read_otherwise.*,
        read_otherwise.rate_left_out - reference_group.rate_left_out as gap_left_out,
        read_otherwise.rate_as_no - reference_group.rate_as_no as gap_as_no,
        read_otherwise.rate_as_yes - reference_group.rate_as_yes as gap_as_yes
    from read_otherwise
    inner join read_otherwise as reference_group
        on read_otherwise.measure = reference_group.measure and reference_group.is_reference_group

),

-- As text: what dbt shows of a table is six columns wide.
write_percentages as (

    select
        measure,
        ethnic_group,
        unknown_count || ' of ' || (known_count + unknown_count) as not_known,
        round(100 * rate_left_out, 1) || '%, gap ' || round(100 * gap_left_out, 1) as left_out,
        round(100 * rate_as_no, 1) || '%, gap ' || round(100 * gap_as_no, 1) as counted_as_no,
        round(100 * rate_as_yes, 1) || '%, gap ' || round(100 * gap_as_yes, 1) as counted_as_yes
    from compare_with_white_british
    order by unknown_share desc, measure asc, ethnic_group asc

)

select * from write_percentages
