"""Checks the input folders against the contract and makes the typed views of schema ``raw``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from iapt_equity.inputs.contract import Contract, Table
from iapt_equity.inputs.csv_rows import broken_rows, load_csv_rows
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import (
    FileGroup,
    count_parquet_rows,
    find_other_tables,
    find_table_files,
    group_files,
    quote_name,
    quote_string,
)
from iapt_equity.inputs.naming import relative_name
from iapt_equity.inputs.views import check_required_columns, view_sql

INPUT_FILES = "raw.input_files"
"""Table with one row per file that was read: input folder, table, file and its number of data rows."""


def create_views(
    connection: duckdb.DuckDBPyConnection, contract: Contract, directory: Path, variable: str
) -> list[str]:
    """Make one typed view per table of the contract, and list the files in ``raw.input_files``.

    Everything is checked before the first view is replaced, so that bad input changes nothing.

    Args:
        connection: Connection to the build file.
        contract: What the input may and must hold.
        directory: The input directory; its sub-folder ``contract.folder`` holds the tables.
        variable: Name of the environment variable behind ``directory``, for the messages.

    Returns:
        Lines for people to read: the optional tables that are not given.

    Raises:
        InputError: If the directory or a required table or column is missing, or a file cannot be read or is of
            another version.
    """
    folder = directory / contract.folder if contract.folder else directory
    if not directory.is_dir():
        raise InputError(f"{variable}: folder '{directory}' does not exist")
    if not folder.is_dir():
        raise InputError(f"{variable}: '{directory}' holds no folder '{contract.folder}'; expected the tables there")
    found: list[tuple[Table, list[FileGroup]]] = []
    absent: list[str] = []
    notices: list[str] = []
    for table in contract.tables:
        files = find_table_files(folder, table.name)
        if not files and table.is_required:
            raise InputError(f"{folder / table.name}: no CSV or Parquet file; no mart can be made without {table.name}")
        if not files:
            absent.append(table.name)
        groups = group_files(connection, files)
        check_required_columns(table, groups)
        for group in groups:
            if group.dialect and (how := _unusual(group)):
                notices.append(f"{relative_name(group.files[0], directory)}: read with {how}")
        found.append((table, groups))
    with _all_or_nothing(connection):
        notices += _replace_views(connection, contract, directory, found)
    if absent:
        notices.append(f"{folder}: not given, counts as empty: {', '.join(absent)}")
    if contract.folder and (others := find_other_tables(folder, [table.name for table in contract.tables])):
        notices.append(f"{folder}: tables that no model reads: {', '.join(others)}")
    return notices


def _unusual(group: FileGroup) -> str:
    if group.dialect is None:
        return ""
    parts = [] if group.dialect.is_plain else [f"encoding {group.dialect.encoding}"]
    if group.dialect.delimiter != ",":
        parts.append(f"delimiter {'tab' if group.dialect.delimiter == chr(9) else group.dialect.delimiter}")
    return " and ".join(parts)


def create_empty_views(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Make the views of a source that is not given: all there, all empty."""
    with _all_or_nothing(connection):
        _replace_views(connection, contract, Path(), [(table, []) for table in contract.tables])


UNREADABLE_ROWS = "raw.unreadable_rows"
"""Table with one row per CSV row that cannot be taken apart into fields, and why."""


@contextmanager
def _all_or_nothing(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _replace_views(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    directory: Path,
    found: list[tuple[Table, list[FileGroup]]],
) -> list[str]:
    notices: list[str] = []
    connection.execute("create schema if not exists raw")
    connection.execute(
        f"create table if not exists {INPUT_FILES} "
        "(source_name varchar, source_table varchar, source_file varchar, row_count bigint)"
    )
    connection.execute(
        f"create table if not exists {UNREADABLE_ROWS} (source_name varchar, source_table varchar, "
        "source_file varchar, source_row bigint, reason_code varchar)"
    )
    for listing in (INPUT_FILES, UNREADABLE_ROWS):
        connection.execute(f"delete from {listing} where source_name = {quote_string(contract.source)}")
    for table, groups in found:
        csv_groups = [group for group in groups if group.is_csv]
        counts = load_csv_rows(connection, table, csv_groups, directory)
        for group in groups:
            if not group.is_csv:
                rows = count_parquet_rows(connection, group)
                counts |= {relative_name(file, directory): count for file, count in rows.items()}
        if counts:
            connection.execute(
                f"insert into {INPUT_FILES} select ?, ?, unnest(?), unnest(?)",
                [contract.source, table.name, list(counts), list(counts.values())],
            )
        if broken := broken_rows(connection, table):
            connection.executemany(
                f"insert into {UNREADABLE_ROWS} values (?, ?, ?, ?, 'row_unreadable')",
                [[contract.source, table.name, name, row] for name, row in broken],
            )
            notices.append(f"{table.name}: {len(broken)} rows cannot be taken apart; see quality.quarantine")
        connection.execute(view_sql(table, groups, directory))
        if table.name == contract.header_table:
            _check_version(connection, contract, table)
    return notices


def _check_version(connection: duckdb.DuckDBPyConnection, contract: Contract, table: Table) -> None:
    if not any(column.name == "DatSetVer" for column in table.columns):
        return
    version = "trim(DatSetVer)"
    found = connection.execute(
        f"select source_file, min({version}) from raw.{quote_name(table.identifier)} "
        f"where ltrim(lower({version}), 'v0') <> ? group by source_file order by source_file",
        [contract.data_set_version],
    ).fetchone()
    if found is not None:
        raise InputError(
            f"{found[0]}: {table.name} says data set version '{found[1]}'; "
            f"folder '{contract.folder}' holds version {contract.data_set_version}"
        )
