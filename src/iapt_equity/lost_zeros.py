"""Identifiers that lost their leading zeros in one table: the usual way in which a spreadsheet makes orphans.

Whose zeros are missing cannot be mended: a provider may well number one person 7 and another 007, and whoever joined
them would show one the other's care. So it is said, beside the alarm on rows whose parent is missing.
Source of the rule: ours (docs/nothing_lost.md, "Aloud").
"""

from __future__ import annotations

import duckdb

_PARENTS = {
    "ServiceRequestId": "v2_ids101referral",
    "CareContactId": "v2_ids201carecontact",
    "CareActId": "v2_ids202careactivity",
    "PSERVICEID": "v1_5_referral",
}
"""Typed view in which an identifier names the row that others hang on."""


def fields_that_lost_zeros(cursor: duckdb.DuckDBPyConnection, source_table: str, provider: str | None) -> list[str]:
    """Name the identifiers of a table whose orphans would have parents if leading zeros did not count.

    Args:
        cursor: A connection to the build file.
        source_table: Official name of the table whose rows have no parent.
        provider: Code of the provider whose rows are asked; None for all.

    Returns:
        Official field names, at most one for a table; none where the share of such orphans, all of digits, is not
        above that of the seed `submission_rules`, or where a table that this asks is not built.
    """
    if not _are_built(cursor, ("entity_tables", "validation_rules", "validation_fields", "submission_rules")):
        return []
    found = cursor.execute(
        "select distinct fields.entity, rules.rule, fields.field from seeds.entity_tables as tables "
        "inner join seeds.validation_rules as rules on tables.entity = rules.entity "
        "inner join seeds.validation_fields as fields on tables.mds_version = fields.mds_version "
        "and rules.entity = fields.entity and rules.column_name = fields.column_name "
        "where tables.source_table = ? and rules.reason_code = 'no_parent_in_file' and rules.severity = 'reject' "
        "order by all",
        [source_table],
    ).fetchall()
    return [field for entity, rule, field in found if _has_lost(cursor, entity, rule, field, source_table, provider)]


def _has_lost(
    cursor: duckdb.DuckDBPyConnection, entity: str, rule: str, field: str, source_table: str, provider: str | None
) -> bool:
    if field not in _PARENTS:
        return False
    parent = _PARENTS[field]
    children = f"{'v2' if parent.startswith('v2') else 'v1_5'}_{source_table.lower()}"
    if not _are_built(cursor, (f"int_checked_{entity}", parent, children)):
        return False
    row = cursor.execute(
        f"with orphans as (select distinct rows.{field} as id from intermediate.int_checked_{entity} as checked "
        f"inner join raw.{children} as rows using (source_file, source_row) "
        "where checked.refusal = ? and coalesce(checked.provider_code = ?, true)), "
        f"parents as (select distinct ltrim({field}, '0') as id from raw.{parent} "
        f"where regexp_full_match({field}, '[0-9]+')) "
        "select count(*) filter (where parents.id is not null and regexp_full_match(orphans.id, '[0-9]+')) "
        "> max(rules.rule_value) * count(*) from orphans "
        "left join parents on ltrim(orphans.id, '0') = parents.id "
        "inner join seeds.submission_rules as rules on rules.rule = 'lost_zeros_share'",
        [rule, provider],
    ).fetchone()
    return bool(row and row[0])


def _are_built(cursor: duckdb.DuckDBPyConnection, names: tuple[str, ...]) -> bool:
    found = cursor.execute(
        "select count(distinct table_name) from information_schema.tables where table_name in (select unnest(?))",
        [list(names)],
    ).fetchone()
    return bool(found and found[0] == len(names))
