"""dbt in this process, over a data set of the test's own."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

PROJECT = Path(__file__).parents[2]
_MANIFESTS: dict[tuple[str, ...], Manifest] = {}


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """Environment variables for as long as the block runs."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def run_dbt(arguments: list[str], data: Path, work: Path, published: Path | None = None) -> dbtRunnerResult:
    """Runs dbt over a data set, with its files in ``work`` (the warehouse: ``warehouse.duckdb``)."""
    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    places += ["--target-path", str(work / "target"), "--log-path", str(work / "logs")]
    with environment(
        MDS_DIR=str(data),
        REFERENCE_DIR="",
        IAPT_EQUITY_DB=str(work / "warehouse.duckdb"),
        PUBLISHED_DIR="" if published is None else str(published),
    ):
        manifest = None if arguments[0] == "parse" else _parsed(arguments, places)
        return dbtRunner(manifest=manifest).invoke(["--quiet", *arguments, *places])


def _parsed(arguments: list[str], places: list[str]) -> Manifest:
    """The project, parsed once for all runs of the same variables."""
    variables = arguments[arguments.index("--vars") :][:2] if "--vars" in arguments else []
    key = (os.environ.get("IAPT_EQUITY_KEEP_RECORDS", ""), *variables)
    if key not in _MANIFESTS:
        result = dbtRunner().invoke(["--quiet", "parse", *variables, *places])
        assert isinstance(result.result, Manifest), result.exception
        _MANIFESTS[key] = result.result
    return _MANIFESTS[key]


def contents(warehouse: Path, *left_out: str) -> dict[str, str]:
    """A hash of every table's rows, in an order of their own, without the columns named."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() order by 1"
        ).fetchall()
        hashes = {}
        for (table,) in tables:
            columns = [row[0] for row in connection.execute(f"describe {table}").fetchall() if row[0] not in left_out]
            rows = connection.execute(f"select {', '.join(columns)} from {table} order by all").fetchall()
            hashes[table] = hashlib.sha256(repr(rows).encode()).hexdigest()
        return hashes
