{#
    A 64-bit hash of an identifier in text, for keys; null gives the hash of null, as hash() does. `within` names
    what else the key is made of: text_hash('column', 'submission_id').

    Why not hash() alone. DuckDB (2.0) hashes text in blocks of 8 bytes by multiplication, which carries a difference
    only upwards: one in the last bytes of a block can be cancelled by one in the last bytes of the next, and
    hash('1000097000000006') = hash('1000097900000003'). Identifiers of a submission number and a row number meet it.
    Of 20 million distinct texts each, the collisions (a sound 64-bit hash expects 0.00001):

        texts                                         hash(x)    text_hash(x)
        16 digits, 8 of a submission + 8 of a row   2,900,160               0
        18 characters, REF/2019/0000001/A          2,000,000               0
        24 characters, two hexadecimal counters     5,917,576               0
        14 with a prefix, 20 digits, UUID                  0               0
        6 to 12 characters (four schemes)                  0               0

    Up to 12 bytes the text is one block and half of another, which cannot cancel, and hash() is sound. From 13 bytes
    on the hash of the text from its fifth character is joined in: every block is cut elsewhere, so that what cancels
    in one does not in the other. The text reversed does not do: at 23 bytes its blocks end where they did (5,880 of
    4 million collide); nor does hash(x || '|'). md5_number_lower(x) takes 7 seconds. CPU seconds for 12.8 million
    texts from Parquet, reading them included: hash() 0.40 at 9 characters and 0.27 at 16; this 0.40 and 0.73.
#}
{% macro text_hash(column, within=none) -%}
    {%- set parts = (within ~ ', ' if within else '') ~ column -%}
    if(strlen({{ column }}) > 12, hash({{ parts }}, substr({{ column }}, 5)), hash({{ parts }}))
{%- endmacro %}
