"""Hands the tables that Spark made over to DuckDB, where Python models and what rests on them are built."""

from __future__ import annotations

from pathlib import Path

import duckdb

from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import quote_name, quote_string


def hand_back(folder: Path, build_file: Path) -> int:
    """Make a build file of the tables of a build with Spark; dbt goes on from there with DuckDB.

    Args:
        folder: What ``IAPT_EQUITY_SPARK`` named, with the folder ``warehouse``.
        build_file: File to write; not there yet.

    Returns:
        Number of tables.

    Raises:
        InputError: If the folder holds no tables of Spark, or the file is there already.
    """
    if build_file.exists():
        raise InputError(f"{build_file}: this file is there already; name another, or move it away")
    tables = sorted(table for table in (folder / "warehouse").glob("*.db/*") if any(table.glob("*.parquet")))
    if not tables:
        raise InputError(f"{folder}: no tables of Spark there; expected warehouse/<schema>.db/<table>/*.parquet")
    with duckdb.connect(str(build_file), config={"storage_compatibility_version": "v1.4.0"}) as connection:
        connection.execute("set preserve_insertion_order = false")
        for table in tables:
            schema, rows = quote_name(table.parent.stem), quote_string(str(table / "*.parquet"))
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create table {schema}.{quote_name(table.name)} as from read_parquet({rows})")
    return len(tables)
