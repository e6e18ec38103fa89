{{ config(severity='warn', meta={
    'means': 'published files hold columns or organisations that are not known, or copies that differ',
    'look': 'marts.published_input_issues',
}) }}
{# Warns of columns and types of organisation that the seeds do not know, and of copies of a cell that differ. #}
select *
from {{ ref('published_input_issues') }}
where issue_type in ('unknown_column', 'unknown_organisation_type', 'conflicting_copies')
