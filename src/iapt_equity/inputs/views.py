"""Typed views over input files: extracts vary in column types, flags and dates; the views do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from iapt_equity.inputs.contract import BIRTH_DATE, Column, Table
from iapt_equity.inputs.csv_rows import text_table
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import FileGroup, find_column, partition_expression, quote_name, quote_string, scan_sql
from iapt_equity.inputs.naming import MDS_VERSION, SHORT_YEAR_SUFFIX, SOURCE_FILE, SOURCE_ROW, UNREADABLE_SUFFIX
from iapt_equity.inputs.value_rules import ValueRules
from iapt_equity.inputs.values import (
    SQL_TYPES,
    meant_expression,
    out_of_range_expression,
    short_year_expression,
    text_expression,
    text_type,
    typed_expression,
)


def missing_columns(table: Table, group: FileGroup) -> list[str]:
    """Return the names of the required columns that the group's files do not hold."""
    required = [column for column in table.columns if column.is_required and group.folder not in column.absent_in]
    return [column.name for column in required if find_column(column, group) is None]


def check_required_columns(table: Table, groups: list[FileGroup]) -> None:
    """Check that every file of a table holds the required columns.

    Raises:
        InputError: If a file lacks one.
    """
    for group in groups:
        if missing := missing_columns(table, group):
            raise InputError(
                f"{group.files[0]}: column {', '.join(missing)} is missing; {table.name} cannot be read without it"
            )


def _select(
    table: Table, group: FileGroup, provenance: str, source: str, rules: ValueRules, days_0: frozenset[str]
) -> str:
    """One select in three steps: texts by kind, values of the type of the contract, what they mean.

    What no file holds is nothing at once, as every expression of a view is planned whenever a model reads the view.
    """
    texts, values = [provenance], [SOURCE_FILE, SOURCE_ROW]
    meanings = [f"{quote_string(group.folder)} as {MDS_VERSION}"] if group.folder else []
    helpers = []
    for column in table.columns:
        name, typed = quote_name(column.name), quote_name(column.name + _TYPED)
        found = find_column(column, group)
        if not found:
            meanings.append(f"cast(null as {SQL_TYPES[column.data_type]}) as {name}")
            helpers += [f"false as {quote_name(helper)}" for helper in _helpers(column)]
            continue
        held = text_type(column, found[1])
        texts.append(f"{text_expression(column, *found, rules)} as {name}")
        if column.data_type == "varchar":
            values.append(name)
            meanings.append(name)
            continue
        values += [f"{typed_expression(column, name, held, rules, days_0)} as {typed}", name]
        meanings.append(f"{meant_expression(column, typed, rules)} as {name}")
        is_typed = held == SQL_TYPES[column.data_type].upper()
        unreadable = "false" if is_typed else f"({typed} is null and {name} is not null)"
        if implausible := out_of_range_expression(column, typed, rules):
            unreadable = implausible if is_typed else f"({unreadable} or {implausible})"
        helpers.append(f"{unreadable} as {quote_name(column.name + UNREADABLE_SUFFIX)}")
        if column.kind == BIRTH_DATE:
            helpers.append(f"{short_year_expression(name, held)} as {quote_name(column.name + SHORT_YEAR_SUFFIX)}")
    return (
        f"select {', '.join([*meanings, *helpers, SOURCE_FILE, SOURCE_ROW])} from "
        f"(select {', '.join(values)} from (select {', '.join(texts)} from {source}))"
    )


def _helpers(column: Column) -> list[str]:
    """The boolean columns that stand beside a column of the contract."""
    unreadable = [] if column.data_type == "varchar" else [column.name + UNREADABLE_SUFFIX]
    return [*unreadable, column.name + SHORT_YEAR_SUFFIX] if column.kind == BIRTH_DATE else unreadable


def view_sql(
    table: Table,
    groups: list[FileGroup],
    directory: Path,
    has_versions: bool,
    rules: ValueRules,
    birth_days_0: Mapping[str, frozenset[str]],
) -> str:
    """Return the statement that creates the typed view of a table in schema ``raw``.

    Columns that a query does not use cost nothing, provenance and helper columns among them.

    Args:
        table: The table of the contract.
        groups: Its files by layout; none for a table that is not given, whose view is empty. The rows of CSV files
            are read from the table that ``csv_rows.load_csv_rows`` fills.
        directory: Folder that the names of source files are relative to.
        has_versions: Whether the source lies in a folder for each version of the data set.
        rules: How values are read.
        birth_days_0: What numbers that stand for births count from, by input folder.

    Returns:
        A ``create or replace view`` statement with ``mds_version`` (varchar) where there are versions, the columns of
        the contract in its order, then for every column that is not text a boolean ``<column>__unreadable`` and for
        every date of birth a boolean ``<column>__short_year``, then ``source_file`` (varchar) and ``source_row``
        (bigint).
    """
    selects = []
    for group in groups:
        if not group.is_csv:
            provenance, source = parquet_source(group, directory)
            days_0 = birth_days_0.get(group.folder, frozenset())
            selects.append(_select(table, group, provenance, source, rules, days_0))
    for folder in sorted({group.folder for group in groups if group.is_csv}):
        of_folder = [group for group in groups if group.is_csv and group.folder == folder]
        held = [column for column in table.columns if any(find_column(column, group) for group in of_folder)]
        text = FileGroup(folder, files=(), is_csv=True, columns=tuple((column.name, "VARCHAR") for column in held))
        days_0 = birth_days_0.get(folder, frozenset())
        selects.append(_select(table, text, _KEPT, text_table(table, folder), rules, days_0))
    if not groups:
        version = f"cast(null as varchar) as {MDS_VERSION}, " if has_versions else ""
        nothing = f"(select cast(null as varchar) as {SOURCE_FILE}, cast(null as bigint) as {SOURCE_ROW} where false)"
        empty = _select(table, FileGroup("", files=(), is_csv=True, columns=()), _KEPT, nothing, rules, frozenset())
        selects.append(f"select {version}{empty.removeprefix('select ')}")
    return f"create or replace view raw.{quote_name(table.identifier)} as " + " union all ".join(selects)


def parquet_source(group: FileGroup, directory: Path) -> tuple[str, str]:
    """Return the SQL of a Parquet file's name and row numbers, and of the scan that they come from.

    Args:
        group: Parquet files of one layout.
        directory: Folder that the names of source files are relative to.
    """
    cut = len(directory.as_posix().rstrip("/")) + 2
    provenance = (
        f"replace(substr({_PHYSICAL_FILE}, {cut}), chr(92), '/') as {SOURCE_FILE}, file_row_number as {SOURCE_ROW}"
    )
    scan = scan_sql(group, f", filename = '{_PHYSICAL_FILE}', file_row_number = true")
    if group.partitions:
        given = [f"{partition_expression(name, _PHYSICAL_FILE)} as {quote_name(name)}" for name in group.partitions]
        scan = f"(select *, {', '.join(given)} from {scan})"
    return provenance, scan


_PHYSICAL_FILE = "__physical_file"
_KEPT = f"{SOURCE_FILE}, {SOURCE_ROW}"
_TYPED = "__typed"


UNREADABLE_VALUES = "raw.unreadable_values"
"""View with one row per file and typed column, and how many of its values are read as none for what they say."""


def unreadable_values_sql(tables: Iterable[Table]) -> str:
    """Return the statement that creates ``raw.unreadable_values``; nothing is counted until it is asked.

    Args:
        tables: The tables of the data set, of all versions; their typed views are there.
    """
    selects = []
    for table in tables:
        names = [column.name for column in table.columns if column.data_type != "varchar"]
        if names:
            counts = [f"count(*) filter (where {quote_name(name + UNREADABLE_SUFFIX)})" for name in names]
            selects.append(
                f"select {MDS_VERSION}, {quote_string(table.name)} as source_table, {SOURCE_FILE}, "
                f"unnest([{', '.join(map(quote_string, names))}]) as field, unnest(counts) as value_count from "
                f"(select {MDS_VERSION}, {SOURCE_FILE}, [{', '.join(counts)}] as counts "
                f"from raw.{quote_name(table.identifier)} group by all)"
            )
    return f"create or replace view {UNREADABLE_VALUES} as {' union all '.join(selects)}"
