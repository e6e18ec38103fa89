"""Hands the tables that Spark made over to DuckDB, where Python models and what rests on them are built."""

from __future__ import annotations

import os
from pathlib import Path

from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import quote_name, quote_string
from iapt_equity.spark.folder import open_duckdb

HASHED_BY_SPARK = "keys hashed by Spark"
"""Comment of each table with hashes, which DuckDB's do not join (macros/check_one_engine.sql)."""


def hand_back(folder: Path, build_file: Path, project: Path) -> int:
    """Make a build file of the tables of a build with Spark; dbt goes on from there with DuckDB.

    The file is its owner's alone, and has its name once it is whole.

    Args:
        folder: What ``IAPT_EQUITY_SPARK`` named, with the folder ``warehouse``.
        build_file: File to write; not there yet.
        project: Folder of ``profiles.yml``.

    Returns:
        Number of tables.

    Raises:
        InputError: If the folder holds no tables of Spark, or the file is there already.
        OSError: If the file cannot be written.
        duckdb.Error: If a table cannot be read, or the file not be written.
    """
    if build_file.exists():
        raise InputError(f"{build_file}: this file is there already; name another, or move it away")
    tables = sorted(table for table in (folder / "warehouse").glob("*.db/*") if any(table.glob("*.parquet")))
    if not tables:
        raise InputError(f"{folder}: no tables of Spark there; expected warehouse/<schema>.db/<table>/*.parquet")
    os.umask(0o077)
    unfinished = build_file.with_name(build_file.name + ".unfinished")
    _remove(unfinished)
    try:
        _copy(tables, unfinished, folder, project)
        unfinished.rename(build_file)
    finally:
        _remove(unfinished)
    return len(tables)


def _copy(tables: list[Path], file: Path, folder: Path, project: Path) -> None:
    with open_duckdb(file, folder, project) as connection:
        for table in tables:
            schema, rows = quote_name(table.parent.stem), quote_string(str(table / "*.parquet"))
            name = f"{schema}.{quote_name(table.name)}"
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create table {name} as from read_parquet({rows})")
            columns = [column for column, *_ in connection.execute(f"describe {name}").fetchall()]
            if any(column.endswith("_key") or column == "content_hash" for column in columns):
                connection.execute(f"comment on table {name} is {quote_string(HASHED_BY_SPARK)}")


def _remove(unfinished: Path) -> None:
    for file in (unfinished, unfinished.with_name(unfinished.name + ".wal")):
        file.unlink(missing_ok=True)
