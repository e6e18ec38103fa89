"""Checks the input folders against the contract and makes the typed views of schema ``raw``."""

from __future__ import annotations

from pathlib import Path

import duckdb

from iapt_equity.inputs.contract import Contract, Table
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import FileGroup, check_csv_rows, find_table_files, group_files, quote_name, scan_sql
from iapt_equity.inputs.views import view_sql

HEADER_TABLE = "IDS000Header"
"""The table whose version number says which version of the data set a file is."""


def create_views(
    connection: duckdb.DuckDBPyConnection, contract: Contract, directory: Path, variable: str
) -> list[str]:
    """Make one typed view per table of the contract.

    Everything is checked before the first view is replaced, so that bad input changes nothing.

    Args:
        connection: Connection to the build file.
        contract: What the input may and must hold.
        directory: The input directory; its sub-folder ``contract.folder`` holds the tables.
        variable: Name of the environment variable behind ``directory``, for the messages.

    Returns:
        One line for every optional table that is not given.

    Raises:
        InputError: If the directory or a required table or column is missing, or a file cannot be read or is of
            another version.
    """
    folder = directory / contract.folder if contract.folder else directory
    if not directory.is_dir():
        raise InputError(f"{variable}: folder '{directory}' does not exist")
    if not folder.is_dir():
        raise InputError(f"{variable}: '{directory}' holds no folder '{contract.folder}'; expected the tables there")
    notices: list[str] = []
    statements: list[str] = []
    for table in contract.tables:
        files = find_table_files(folder, table.name)
        if not files and table.is_required:
            raise InputError(f"{folder / table.name}: no CSV or Parquet file; no mart can be made without {table.name}")
        if not files:
            notices.append(f"{folder / table.name}: not given; it counts as empty")
        groups = group_files(connection, files)
        for group in groups:
            if group.is_csv:
                check_csv_rows(group)
        if table.name == HEADER_TABLE:
            _check_version(connection, contract, table, groups)
        statements.append(view_sql(table, groups))
    connection.execute("create schema if not exists raw")
    for statement in statements:
        connection.execute(statement)
    return notices


def create_empty_views(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Make the views of a source that is not given: all there, all empty."""
    connection.execute("create schema if not exists raw")
    for table in contract.tables:
        connection.execute(view_sql(table, []))


def _check_version(
    connection: duckdb.DuckDBPyConnection, contract: Contract, table: Table, groups: list[FileGroup]
) -> None:
    for group in groups:
        name = next((name for name, _ in group.columns if name.lower() == "datsetver"), None)
        if name is None:
            continue
        version = f"trim(cast({quote_name(name)} as varchar))"
        found = connection.execute(
            f"select filename, min({version}) from {scan_sql(group, ', filename = true')} "
            f"where ltrim(lower({version}), 'v0') <> ? group by filename order by filename",
            [contract.data_set_version],
        ).fetchone()
        if found is not None:
            raise InputError(
                f"{found[0]}: {table.name} says data set version '{found[1]}'; "
                f"folder '{contract.folder}' holds version {contract.data_set_version}"
            )
