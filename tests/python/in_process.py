"""dbt in this process, over a data set of the test's own."""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from itertools import takewhile
from pathlib import Path
from typing import Any

import duckdb
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.resources.types import NodeType
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.contracts.graph.manifest import Manifest

PROJECT = Path(__file__).parents[2]
SHIPPED = PROJECT / "data" / "published"
"""England's published counts by ethnic group, which a build reads where PUBLISHED_DIR is not set."""
WITHOUT_TESTS = ("--indirect-selection", "empty", "--exclude-resource-type", "test", "unit_test")
"""Arguments of a build whose own tests are run elsewhere; not even looking for them saves a tenth of it."""
EXCLUDED = "--exclude-resource-type"
PARSED = "partial_parse.msgpack"
"""What dbt leaves of a parsed project for the next time."""
ANOTHER_ORDER = "order by hash(columns(*)::varchar) desc"
_MANIFESTS: dict[tuple[str, ...], Manifest] = {}
_SHARED: list[Path] = []


def default_of(variable: str) -> Any:
    """The value of a variable of the project where nobody sets it."""
    return yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"][variable]


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
        # Never those of the project: a release that is made there meanwhile would change what may be published.
        IAPT_EQUITY_RELEASES=str(work / "releases"),
    ):
        if arguments[0] == "parse":
            return dbtRunner().invoke(["--quiet", *arguments, *places])
        variables = arguments[arguments.index("--vars") :][:2] if "--vars" in arguments else []
        manifest = parsed(*variables)
        manifest = without(excluded_kinds(arguments), manifest)
        if "PYTEST_XDIST_WORKER" in os.environ and arguments[0] == "build" and "--threads" not in arguments:
            # The other core is another process's, and on small data two threads of one would take turns.
            arguments = [*arguments, "--threads", "1"]
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


def share_parsed(folder: Path) -> None:
    """Names the folder in which the processes of a run leave what they parsed for each other."""
    _SHARED[:] = [folder]


def parsed(*variables: str) -> Manifest:
    """The project, parsed once for all runs of the same variables; whatever its warehouse, it is `warehouse.duckdb`."""
    key = (str(PROJECT), *variables)
    if key not in _MANIFESTS:
        with tempfile.TemporaryDirectory(prefix="parsed_", ignore_cleanup_errors=True) as work:
            target = Path(work)
            # Named alike in every process: with a warehouse elsewhere dbt parses everything again.
            warehouse = (_SHARED[0] if _SHARED else target) / "warehouse.duckdb"
            with environment(IAPT_EQUITY_DB=str(warehouse)), without_collecting():
                _MANIFESTS[key] = _parse_anew(target, *variables) if variables else _parse_once_for_all(target)
    return _MANIFESTS[key]


def excluded_kinds(arguments: list[str]) -> set[str]:
    """The kinds of nodes that stand after ``--exclude-resource-type``."""
    after = arguments[arguments.index(EXCLUDED) + 1 :] if EXCLUDED in arguments else []
    return set(takewhile(lambda word: not word.startswith("--"), after))


def without(kinds: set[str], manifest: Manifest) -> Manifest:
    """The project without its tests where they are excluded: they are most of its nodes, and a small build spends a
    third of its time on putting those in order that it does not run.
    """
    few = copy(manifest)
    if "test" in kinds:
        few.nodes = {name: node for name, node in manifest.nodes.items() if node.resource_type != NodeType.Test}
    if "unit_test" in kinds:
        few.unit_tests = {}
    return few


def parsed_alike(*variables: str) -> None:
    """Says that the parsed project is the same under variables: no reference and no configuration asks for them."""
    _MANIFESTS[(str(PROJECT), *variables)] = parsed()


@contextmanager
def without_collecting() -> Iterator[None]:
    """A parsed project is a million objects that stay: no collection of garbage looks through them, then or later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _parse_anew(target: Path, *variables: str) -> Manifest:
    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    places += ["--target-path", str(target), "--log-path", str(target)]
    result = dbtRunner().invoke(["--quiet", "--no-write-json", "parse", *variables, *places])
    assert isinstance(result.result, Manifest), result.exception
    return result.result


def _parse_once_for_all(target: Path) -> Manifest:
    """What another process has parsed is read, and of it parsed again what the environment has changed since."""
    if not _SHARED:
        return _parse_anew(target)
    shared = _SHARED[0]
    try:
        shared.mkdir()
    except FileExistsError:
        while not (shared / "done").exists():
            time.sleep(0.2)
        if (shared / PARSED).exists():
            shutil.copy(shared / PARSED, target)
        return _parse_anew(target)
    try:
        manifest = _parse_anew(target)
        shutil.copy(target / PARSED, shared)
    finally:
        (shared / "done").touch()
    return manifest


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


def joined(data: Path) -> Path:
    """A CSV set with one file a table in place of one a submission or month, which take long to open."""
    for folder in sorted(data.glob("v*/*")):
        parts = sorted(folder.glob("*.csv"))
        lines = [part.read_bytes().splitlines(keepends=True) for part in parts]
        assert len({part[0] for part in lines}) == 1, "a header of their own"
        for part in parts:
            part.unlink()
        (folder / "all.csv").write_bytes(b"".join([lines[0][0], *(line for part in lines for line in part[1:])]))
    return data


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
