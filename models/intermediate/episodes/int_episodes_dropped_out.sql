{#
    One row per episode: did the person drop out.
    Source of the rule: report footnote j, read on the end codes (seed end_codes); no code, no dropout.
#}
with episodes as (

    select * from {{ ref('int_episodes_reliably_recovered') }}

),

end_codes as (

    select * from {{ ref('end_codes') }}

),

mark_dropped_out as (

    select
        episodes.*,
        coalesce(end_codes.is_dropped_out, false) as is_dropped_out
    from episodes
    left join end_codes
        on episodes.end_code = cast(end_codes.end_code as varchar)

)

select * from mark_dropped_out
