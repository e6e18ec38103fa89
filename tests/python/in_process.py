"""dbt in this process, over a data set of the test's own."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

PROJECT = Path(__file__).parents[2]
SHIPPED = PROJECT / "data" / "published"
"""England's published counts by ethnic group, which a build reads where PUBLISHED_DIR is not set."""
WITHOUT_TESTS = ("--indirect-selection", "empty", "--exclude-resource-type", "test", "unit_test")
"""Arguments of a build whose own tests are run elsewhere; not even looking for them saves a tenth of it."""
ANOTHER_ORDER = "order by hash(columns(*)::varchar) desc"
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
        if arguments[0] == "parse":
            return dbtRunner().invoke(["--quiet", *arguments, *places])
        variables = arguments[arguments.index("--vars") :][:2] if "--vars" in arguments else []
        manifest = parsed(*variables)
        with closed_at_the_end():
            # No test reads the files that describe a run, and they are long.
            return dbtRunner(manifest=manifest).invoke(["--quiet", "--no-write-json", *arguments, *places])


@contextmanager
def closed_at_the_end() -> Iterator[None]:
    """Closes the build file after a run: dbt would keep it open until the process ends."""
    try:
        yield
    finally:
        if DuckDBConnectionManager._ENV is not None:
            DuckDBConnectionManager._ENV.close()
        DuckDBConnectionManager.close_all_connections()


def parsed(*variables: str) -> Manifest:
    """The project, parsed once for all runs of the same variables; whatever its warehouse, it is `warehouse.duckdb`."""
    key = (os.environ.get("IAPT_EQUITY_KEEP_RECORDS", ""), *variables)
    if key not in _MANIFESTS:
        with tempfile.TemporaryDirectory(prefix="parsed_", ignore_cleanup_errors=True) as work:
            places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
            places += ["--target-path", work, "--log-path", work]
            with environment(IAPT_EQUITY_DB=str(Path(work) / "warehouse.duckdb")):
                result = dbtRunner().invoke(["--quiet", "--no-write-json", "parse", *variables, *places])
        assert isinstance(result.result, Manifest), result.exception
        _MANIFESTS[key] = result.result
    return _MANIFESTS[key]


def failures(result: dbtRunnerResult) -> list[str]:
    """The nodes of a run that failed or were left out after a failure, with their messages."""
    if result.exception is not None:
        return [str(result.exception)]
    bad = {"error", "fail", "skipped", "runtime error"}
    return [f"{node.node.name}: {node.message}" for node in result.result.results if str(node.status) in bad]


def rewrite(data: Path, copy: Path, suffix: str, order: str = "") -> Path:
    """The data set of version 2.1 in other files: one a table, Parquet or CSV, in another order of rows if asked."""
    shutil.copytree(data / "reference", copy / "reference")
    for folder in sorted((data / "v2_1").iterdir()):
        (copy / "v2_1" / folder.name).mkdir(parents=True)
        rows = duckdb.sql(f"select * from read_parquet('{folder.as_posix()}/*.parquet') {order}")
        file = str(copy / "v2_1" / folder.name / f"all.{suffix}")
        if suffix == "csv":
            rows.write_csv(file)
        else:
            rows.write_parquet(file)
    return copy


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
