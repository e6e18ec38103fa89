"""Publishing: the tables for readers are copied to the warehouse file in one step, at the end of a good build."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from iapt_equity.build_file import reader_mode
from iapt_equity.inputs.files import quote_name, quote_string

STORAGE_VERSION = "v1.4.0"
"""Storage format of the file; DuckDB 1.4 and later can read it."""


def publish(cursor: duckdb.DuckDBPyConnection, warehouse: Path, tables: Sequence[str]) -> int:
    """Copy tables, with constraints and comments, and replace the warehouse file by a file of just these.

    Readers that have the old file open keep what they see; a reader never meets a half-written warehouse. The new
    file is for its owner alone (:func:`iapt_equity.build_file.reader_mode`).

    Args:
        cursor: A connection to the build file; its current database is copied from.
        warehouse: The file that readers open.
        tables: Tables to copy, as ``schema.table``; those that have not been built yet are passed over.

    Returns:
        The number of tables copied.

    Raises:
        PermissionError: If the system does not let the file be replaced while a reader has it open, as Windows does
            not. The new file is kept beside it.
        duckdb.Error: If the new file cannot be written, as on a full disk; what there is of it is removed.
        OSError: If the system refuses anything else; the old file stays.
    """
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    unfinished = warehouse.with_name(warehouse.name + ".unfinished")
    _remove(unfinished)
    try:
        count = _copy(cursor, unfinished, tables)
        unfinished.chmod(reader_mode(warehouse))
    except BaseException:
        _remove(unfinished)
        raise
    try:
        unfinished.replace(warehouse)
    except PermissionError as error:
        raise PermissionError(
            f"{warehouse} is open in another program and cannot be replaced; the new build is in {unfinished}: "
            "close the program and build again"
        ) from error
    return count


def _remove(unfinished: Path) -> None:
    """Remove a file that was never finished, and its log: DuckDB would apply the one to the next file of the name."""
    unfinished.unlink(missing_ok=True)
    unfinished.with_name(unfinished.name + ".wal").unlink(missing_ok=True)


def _copy(cursor: duckdb.DuckDBPyConnection, file: Path, tables: Sequence[str]) -> int:
    source = str(cursor.execute("select current_database()").fetchall()[0][0])
    wanted = cursor.execute(
        "select schema_name, table_name, sql from duckdb_tables() "
        "where database_name = ? and list_contains(?, schema_name || '.' || table_name) "
        "order by schema_name, table_name",
        [source, list(tables)],
    ).fetchall()
    comments = _comments(cursor, source, {f"{schema}.{table}" for schema, table, _ in wanted})
    # What readers get is packed, whatever the build file is.
    packing = str(cursor.execute("select current_setting('force_compression')").fetchall()[0][0])
    cursor.execute(f"attach {quote_string(file.as_posix())} as publishing (storage_version '{STORAGE_VERSION}')")
    try:
        cursor.execute("set force_compression = 'auto'")
        cursor.execute("use publishing")
        for schema, table, sql in wanted:
            name = f"{quote_name(schema)}.{quote_name(table)}"
            cursor.execute(f"create schema if not exists {quote_name(schema)}")
            cursor.execute(sql)
            cursor.execute(f"insert into publishing.{name} select * from {quote_name(source)}.{name}")
        # One transaction: a commit for each of a thousand comments took as long as the rows.
        cursor.execute("begin transaction")
        try:
            for statement in comments:
                cursor.execute(statement)
        except duckdb.Error:
            cursor.execute("rollback")
            raise
        cursor.execute("commit")
        cursor.execute("checkpoint publishing")
    finally:
        cursor.execute(f"set force_compression = {quote_string(packing)}")
        cursor.execute(f"use {quote_name(source)}")
        cursor.execute("detach publishing")
    return len(wanted)


def _comments(cursor: duckdb.DuckDBPyConnection, source: str, tables: set[str]) -> list[str]:
    """The statements that give tables and columns of another database the comments that they have in ``source``."""
    statements = []
    for schema, table, column, text in cursor.execute(
        "select schema_name, table_name, null as column_name, comment from duckdb_tables() "
        "where database_name = $1 and comment is not null union all "
        "select schema_name, table_name, column_name, comment from duckdb_columns() "
        "where database_name = $1 and comment is not null order by all",
        [source],
    ).fetchall():
        if f"{schema}.{table}" in tables:
            table_name = f"{quote_name(schema)}.{quote_name(table)}"
            what = f"column {table_name}.{quote_name(column)}" if column else f"table {table_name}"
            statements.append(f"comment on {what} is {quote_string(text)}")
    return statements
