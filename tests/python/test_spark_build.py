"""A data set of all three versions, late, sent twice and with defects, built on both engines: every table is equal."""

from __future__ import annotations

import importlib
import os
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from iapt_equity.cli import main
from iapt_equity.synthetic import generate
from in_process import PROJECT, WITHOUT_TESTS
from spark_support import skip_without_spark
from warehouses import SEED, Warehouse, build

pytestmark = pytest.mark.slow
skip_without_spark()

REFERRALS = 1_500
PARTS = ("--selector", "spark", *WITHOUT_TESTS)
#: Records are kept from build to build on DuckDB alone.
KEPT = {
    "staging.stg_input_files__fingerprints",
    "intermediate.int_submission_files",
    "intermediate.int_submission_fingerprints",
    "intermediate.int_submissions_to_read",
    "intermediate.int_kept_submissions",
}


@pytest.fixture(scope="module")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    work = tmp_path_factory.mktemp("on_duckdb")
    years = "2018-19:2023-24"
    options: dict[str, Any] = {"version": "by_date", "experience": True, "messy": True, "dirt": 0.03}
    generate(work / "data", REFERRALS, SEED, years, progress=False, **options)
    assert {folder.name for folder in (work / "data").glob("v*")} == {"v1_5", "v2_0", "v2_1"}
    return build(work / "data", work, *PARTS, published=PROJECT / "data" / "published")


def shown(words: str) -> str:
    """The command of docs/spark.md that holds these words."""
    (command,) = re.findall(f"^.*{words}.*$", (PROJECT / "docs" / "spark.md").read_text(encoding="utf-8"), re.MULTILINE)
    return str(command)


@pytest.fixture(scope="module")
def on_spark(on_duckdb: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tables on Spark, by the command of the page; where the page names folders they are the test's.

    It runs in a process of its own, since a session of Spark stays for the whole one.
    """
    work = tmp_path_factory.mktemp("on_spark")
    variables = {
        "REFERENCE_DIR": "",
        "PUBLISHED_DIR": str(PROJECT / "data" / "published"),
        "IAPT_EQUITY_RELEASES": str(on_duckdb.work / "releases"),
        "IAPT_EQUITY_SPARK": str(work / "spark"),
        "DBT_TARGET_PATH": str(work / "target"),
        "DBT_LOG_PATH": str(work / "logs"),
        "UV_PROJECT_ENVIRONMENT": sys.prefix,
    }
    run = subprocess.run(
        shown("dbt build --target spark").replace("data/demo", shlex.quote(str(on_duckdb.data))),
        shell=True,
        cwd=PROJECT,
        env=os.environ | variables,
        # As most machines have it: what the build writes is for its owner alone nevertheless.
        umask=0o022,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return work / "spark"


def test_every_table_is_equal_on_both_engines(
    on_duckdb: Warehouse, on_spark: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(PROJECT / "benchmarks" / "spark"))
    found = importlib.import_module("compare").compare(on_duckdb.build_file, on_spark)
    # Marts of the core, published statistics and quality are among them, and hold rows.
    for table in ("marts.fct_referrals", "marts.outcome_rates", "marts.published_counts", "quality.row_accounting"):
        assert found[table][0] > 0, table
    # Every model and seed of the build, whatever hooks ran beside them.
    built = [name for name in on_duckdb.statuses if not name.startswith("iapt_equity-on-run-")]
    assert len(found) == len(built) > 400
    assert {table for table, rows in found.items() if rows is None} == KEPT
    assert {table: rows for table, rows in found.items() if rows and rows[1]} == {}


def test_nobody_else_reads_what_spark_has_written(on_spark: Path) -> None:
    written = list(on_spark.rglob("*"))
    assert {path.name for path in on_spark.iterdir()} >= {"warehouse", "catalogue", "iapt_equity_inputs"}
    assert [path for path in [on_spark, *written] if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_statistics_context_and_findings_are_the_same_to_the_last_place_from_tables_of_spark(
    on_duckdb: Warehouse, on_spark: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands of the page, the first with its data tests, which are those of the regressions."""
    folders = {"target/spark": str(on_spark), "spark_build.duckdb": str(tmp_path / "warehouse_build.duckdb")}
    words = shlex.split(shown("iapt-equity from-spark"))
    assert words[:3] == ["uv", "run", "iapt-equity"]
    monkeypatch.chdir(PROJECT)
    assert main([folders.get(word, word) for word in words[3:]]) == 0
    tables: list[str] = []
    for part in ("statistics", "context", "findings"):
        command = shlex.split(shown(f"--selector {part}"))
        assert command[:6] == ["MDS_DIR=data/demo", "IAPT_EQUITY_DB=spark.duckdb", "uv", "run", "dbt", "build"]
        built = build(on_duckdb.data, on_duckdb.work, *command[6:], *WITHOUT_TESTS).statuses
        again = build(on_duckdb.data, tmp_path, *command[6:], *(WITHOUT_TESTS if tables else ())).statuses
        tables += [name for name in built if not name.startswith("iapt_equity-on-run-")]
        assert set(built) <= set(again)
    with duckdb.connect() as connection:
        for name, file in {"one": on_duckdb.build_file, "other": tmp_path / "warehouse_build.duckdb"}.items():
            connection.execute(f"attach '{file}' as {name} (read_only)")
        schemas = connection.execute(
            "select table_name, schema_name || '.' || table_name from duckdb_tables() where database_name = 'one'"
        ).fetchall()
        places = {name: place for name, place in schemas if name in tables}
        assert {"py_regressions", "estimates", "study_comparisons", "report_findings"} <= set(places)
        filled = 0
        for place in places.values():
            for one, other in (("one", "other"), ("other", "one")):
                differs = f"select * from {one}.{place} except all select * from {other}.{place}"
                assert connection.execute(differs).fetchall() == [], place
            filled += connection.execute(f"select count(*) > 0 from one.{place}").fetchall()[0][0]
        assert filled > 30


def test_a_folder_without_tables_and_a_file_that_is_there_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["from-spark", str(tmp_path), str(tmp_path / "new.duckdb")]) == 1
    assert "no tables of Spark there" in capsys.readouterr().err
    (tmp_path / "kept.duckdb").touch()
    assert main(["from-spark", str(tmp_path), str(tmp_path / "kept.duckdb")]) == 1
    assert "kept.duckdb: this file is there already" in capsys.readouterr().err
