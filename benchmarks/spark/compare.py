"""Compares the tables of two builds of the same input, DuckDB's and Spark's, row for row.

What each engine hashes for itself (`*_key`, `content_hash`) has other numbers: of each such column the distinct values
and the nulls are counted. Floating numbers may differ by 1e-12 of themselves, or by 1e-12 where they are below one.

    uv run python benchmarks/spark/compare.py iapt_equity_build.duckdb target/spark
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import Any

import duckdb

from iapt_equity.inputs.files import quote_name, quote_string

LAST_DAY = "cast('9999-12-31' as date)"
"""What stands for DuckDB's infinity on Spark."""
TOLERANCE = 1e-12
OWN_HASHES = "(column_name like '%\\_key' escape '\\' or column_name = 'content_hash')"


def columns_of(connection: duckdb.DuckDBPyConnection, schema: str, table: str, which: str) -> list[tuple[str, str]]:
    """Return the names of the columns that a condition picks, and their types."""
    found = connection.execute(
        "select column_name, data_type from duckdb_columns() where database_name = 'build' "
        f"and schema_name = ? and table_name = ? and {which} order by column_index",
        [schema, table],
    ).fetchall()
    return [(str(name), str(kind)) for name, kind in found]


def are_hashes_alike(connection: duckdb.DuckDBPyConnection, names: list[str], ours: str, theirs: str) -> bool:
    """Say whether each column of hashes has as many distinct values, and as many nulls, on both sides."""
    counts = ", ".join(f"count(distinct {quote_name(name)}), count({quote_name(name)})" for name in names) or "null"
    ours_counted, theirs_counted = (
        connection.execute(f"select {counts} from {source}").fetchall() for source in (ours, theirs)
    )
    return ours_counted == theirs_counted


def written(name: str, kind: str) -> str:
    """Return the SQL of a column as both sides write it."""
    value = f"cast({quote_name(name)} as {kind})"
    return f"{f'least({value}, {LAST_DAY})' if kind == 'DATE' else value} as {quote_name(name)}"


def is_close(one: Any, other: Any) -> bool:
    """Say whether two values are the same, or two floating numbers within the tolerance."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(one == other)


def unlike_rows(connection: duckdb.DuckDBPyConnection, schema: str, table: str, folder: Path) -> tuple[int, int]:
    """Return the number of rows of DuckDB's table, and of rows that have none like them on the other side.

    Args:
        connection: Has the file of the build attached as ``build``.
        schema: Of the table.
        table: Its name.
        folder: Of the Parquet files of Spark's table.
    """
    columns = columns_of(connection, schema, table, f"not {OWN_HASHES}")
    hashes = [name for name, _ in columns_of(connection, schema, table, OWN_HASHES)]
    values = ", ".join(written(name, kind) for name, kind in columns) or "null as nothing"
    ours, theirs = (
        f"build.{quote_name(schema)}.{quote_name(table)}",
        f"read_parquet({quote_string(f'{folder}/*.parquet')})",
    )
    # Rows that differ in the last place of a float are put side by side by all that is no float, then by the rest.
    plain = [quote_name(name) for name, kind in columns if kind != "DOUBLE"]
    order = ", ".join(plain + [f"round({quote_name(name)}, 6)" for name, kind in columns if kind == "DOUBLE"]) or "all"
    lacking, beyond = (
        connection.execute(
            f"select * from (select {values} from {left} except all select {values} from {right}) order by {order}"
        ).fetchall()
        for left, right in ((ours, theirs), (theirs, ours))
    )
    rows = connection.execute(f"select count(*) from {ours}").fetchall()[0][0]
    if len(lacking) != len(beyond):
        return rows, max(len(lacking), len(beyond))
    pairs = zip(lacking, beyond, strict=True)
    unlike = sum(not all(map(is_close, one, other)) for one, other in pairs)
    return rows, unlike or int(not are_hashes_alike(connection, hashes, ours, theirs))


def compare(build_file: Path, spark_folder: Path) -> dict[str, tuple[int, int] | None]:
    """Return of every table of the build its rows and its unlike rows; none where Spark has no such table.

    Args:
        build_file: Of the build with DuckDB.
        spark_folder: Of the build with Spark, with the folder ``warehouse``.
    """
    with duckdb.connect() as connection:
        connection.execute(f"attach {quote_string(str(build_file))} as build (read_only)")
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'build' "
            "and schema_name not in ('raw', 'raw_text') "
            "union all select schema_name, view_name from duckdb_views() where database_name = 'build' "
            "and not internal and schema_name not in ('raw', 'raw_text') order by all"
        ).fetchall()
        found: dict[str, tuple[int, int] | None] = {}
        for schema, table in tables:
            folder = spark_folder / "warehouse" / f"{schema}.db" / table
            is_there = any(folder.glob("*.parquet"))
            found[f"{schema}.{table}"] = unlike_rows(connection, schema, table, folder) if is_there else None
    return found


def main() -> int:
    """Say of each table whether it is equal; 1 where one is not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build_file", type=Path)
    parser.add_argument("spark_folder", type=Path)
    arguments = parser.parse_args()
    counts = {"equal": 0, "different": 0, "not on Spark": 0}
    for table, rows in compare(arguments.build_file, arguments.spark_folder).items():
        kind = "not on Spark" if rows is None else "different" if rows[1] else "equal"
        counts[kind] += 1
        print(f"{table}: {kind}" + (f", {rows[0]} rows, {rows[1]} unlike" if rows else ""))
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    return 1 if counts["different"] else 0


if __name__ == "__main__":
    sys.exit(main())
