"""What the last release of the marts said: read from the published warehouse file before a build, for its revisions.

The warehouse file is replaced only by a good build, so that what it holds is the last release, whatever became of the
build file, of builds that failed and of ``--full-refresh``.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from iapt_equity.build_file import VARIABLE
from iapt_equity.inputs.errors import InputError, one_line

_KEY = {
    "table_name": "varchar",
    "financial_year": "varchar",
    "area_level": "varchar",
    "area_code": "varchar",
    "ethnic_classification": "varchar",
    "ethnic_group": "varchar",
    "measure": "varchar",
}
REMEMBERED: Mapping[str, Mapping[str, str]] = {
    "released_figures": {
        **_KEY,
        "numerator_count": "bigint",
        "denominator_count": "bigint",
        "rate": "double",
    },
    "used_submissions": {
        "mds_version": "varchar",
        "submission_id": "varchar",
        "provider_code": "varchar",
        "reporting_month": "date",
        "content_hash": "varchar",
    },
    "figure_revisions": {
        "release_number": "integer",
        **_KEY,
        "figure": "varchar",
        "value_before": "double",
        "value_now": "double",
        "difference": "double",
        "submissions_came": "varchar",
        "submissions_replaced": "varchar",
        "submissions_withdrawn": "varchar",
        "submissions_corrected": "varchar",
    },
}
"""Tables of schema ``marts`` that a build reads of the release before it, with their columns and types. A test holds
them against the contracts."""


def read_last_release(conn: duckdb.DuckDBPyConnection, warehouse: Path) -> list[str]:
    """Make the tables ``raw.last_<table>``: what the last release held; empty where nothing was released.

    Args:
        conn: Connection to the build file.
        warehouse: The file that readers open.

    Returns:
        A line for the log where the last release is of a version that did not remember figures.

    Raises:
        InputError: If the file is there and cannot be read.
    """
    conn.execute("create schema if not exists raw")
    for table, columns in REMEMBERED.items():
        declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        conn.execute(f"create or replace table raw.last_{table} ({declared})")
    if not warehouse.is_file():
        return []
    try:
        with _opened(warehouse) as released:
            there = {table for table in REMEMBERED if _has_columns(released, table)}
            for table in sorted(there):
                conn.register("last_rows", released.table(f"marts.{table}").select(*REMEMBERED[table]).to_arrow_table())
                conn.execute(f"insert into raw.last_{table} select * from last_rows")
                conn.unregister("last_rows")
    except duckdb.Error as error:
        raise InputError(
            f"{VARIABLE}: '{warehouse}' cannot be read ({one_line(str(error))}), and what changes from it cannot be "
            "told: move the file away, and build again"
        ) from error
    if there and there != set(REMEMBERED):
        return [f"'{warehouse}' is of another version: what its figures were is not compared in marts.figure_revisions"]
    return []


@contextmanager
def _opened(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the warehouse file; a copy of it where another program keeps it open for writing, as some readers do."""
    try:
        connection = duckdb.connect(str(warehouse), read_only=True)
    except duckdb.IOException:
        # Beside the warehouse, for its owner alone: it holds rows about people.
        with tempfile.TemporaryDirectory(prefix=".last_release_", dir=warehouse.parent) as folder:
            copy = shutil.copyfile(warehouse, Path(folder) / warehouse.name)
            with duckdb.connect(str(copy), read_only=True) as connection:
                yield connection
        return
    with connection:
        yield connection


def _has_columns(released: duckdb.DuckDBPyConnection, table: str) -> bool:
    found = released.execute(
        "select column_name from duckdb_columns() where schema_name = 'marts' and table_name = ?", [table]
    ).fetchall()
    return set(REMEMBERED[table]) <= {str(name) for (name,) in found}
