"""Compares the tables of two builds of the same input, DuckDB's and Spark's, row for row.

Keys (`*_key`) are left out, since each engine hashes for itself. Floating numbers are compared to a number of places.

    uv run python benchmarks/spark/compare.py iapt_equity_build.duckdb target/spark
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import duckdb

LAST_DAY = "cast('9999-12-31' as date)"
"""What stands for DuckDB's infinity on Spark."""


def columns_of(connection: duckdb.DuckDBPyConnection, schema: str, table: str, places: int) -> str:
    """SQL of the columns that are compared, as both sides write them."""
    found = connection.execute(
        "select column_name, data_type from duckdb_columns() where database_name = 'build' "
        "and schema_name = ? and table_name = ? order by column_index",
        [schema, table],
    ).fetchall()
    items = []
    for name, kind in found:
        if name.endswith("_key"):
            continue
        value = f'cast("{name}" as {kind})'
        if kind == "DOUBLE":
            value = f"round({value}, {places})"
        elif kind == "DATE":
            value = f"least({value}, {LAST_DAY})"
        items.append(f'{value} as "{name}"')
    return ", ".join(items)


def main() -> int:
    """Say of each table that both have whether it is equal; 1 where one is not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build_file", type=Path)
    parser.add_argument("spark_folder", type=Path)
    parser.add_argument("--places", type=int, default=12)
    arguments = parser.parse_args()
    connection = duckdb.connect()
    connection.execute(f"attach '{arguments.build_file}' as build (read_only)")
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'build' and schema_name <> 'raw' "
        "order by all"
    ).fetchall()
    counts = {"equal": 0, "different": 0, "not on Spark": 0}
    for schema, table in tables:
        folder = arguments.spark_folder / "warehouse" / f"{schema}.db" / table
        if not any(folder.glob("*.parquet")):
            counts["not on Spark"] += 1
            continue
        columns = columns_of(connection, schema, table, arguments.places)
        ours = f"select {columns} from build.{schema}.{table}"
        theirs = f"select {columns} from read_parquet('{folder}/*.parquet')"
        queries = (ours, f"{ours} except all {theirs}", f"{theirs} except all {ours}")
        rows, lacking, beyond = (
            connection.execute(f"select count(*) from ({sql})").fetchall()[0][0] for sql in queries
        )
        is_equal = lacking == 0 and beyond == 0
        counts["equal" if is_equal else "different"] += 1
        said = "equal" if is_equal else f"DIFFERENT: Spark lacks {lacking} of them and has {beyond} others"
        print(f"{schema}.{table}: {rows} rows, {said}")
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    return 1 if counts["different"] else 0


if __name__ == "__main__":
    sys.exit(main())
