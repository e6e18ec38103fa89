{#
    One row per row of a seed that rests on no read source: a rule, threshold, code or label that was inferred, recalled or
    not found. To change one, replace it in its seed.
#}
with
{%- for folder, seeds in seeds_with_source_status().items() %}
{%- for seed, keys in seeds.items() %}

{{ seed }} as (

    select
        '{{ seed }}' as seed,
        'seeds/{{ folder }}/{{ seed }}.csv' as seed_file,
        concat_ws(' | ', {{ keys | join(', ') }}) as rule_name,
        source_status,
        source
    from {{ ref(seed) }}
    where source_status <> 'read'

),
{%- endfor %}
{%- endfor %}

unite_seeds as (
    {% for seeds in seeds_with_source_status().values() %}
    {%- set is_last_folder = loop.last %}
    {%- for seed in seeds %}
    select * from {{ seed }}
    {%- if not (loop.last and is_last_folder) %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}

)

select * from unite_seeds
