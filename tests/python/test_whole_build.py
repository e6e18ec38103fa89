"""The whole build on a small set: regressions, quality and analyses too, and the same figures from the same input."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from iapt_equity.synthetic import generate
from in_process import PROJECT, contents, run_dbt

# How long a fit took is the only thing that may differ between two builds on the same input.
NOT_REPEATABLE = ("seconds",)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "mds"
    generate(folder, referrals=6_000, seed=29, years="2015-16:2016-17", progress=False)
    return folder


@pytest.fixture(scope="module")
def built(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("built")
    result = run_dbt(["build", "--exclude-resource-type", "unit_test"], data, work)
    assert result.success, [node.message for node in result.result.results if node.status in ("error", "fail")]
    return work


def test_every_public_table_is_published(built: Path) -> None:
    with duckdb.connect(str(built / "warehouse.duckdb"), read_only=True) as connection:
        tables = {
            row[0]
            for row in connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        }
        rows = connection.execute("select count(*) from regression.estimates").fetchall()[0][0]
    models = {
        f"{folder}.{file.stem}"
        for folder in ("marts", "quality", "regression")
        for file in (PROJECT / "models" / folder).rglob("*.sql")
        if file.parent.name != "steps"
    }
    assert tables == models
    assert rows > 500


def test_the_worked_questions_have_answers(built: Path, data: Path) -> None:
    assert run_dbt(["compile", "--select", "resource_type:analysis"], data, built).success
    analyses = sorted((built / "target" / "compiled" / "iapt_equity" / "analyses").glob("*.sql"))
    assert len(analyses) >= 3
    with duckdb.connect(str(built / "warehouse.duckdb"), read_only=True) as connection:
        answers = {
            # As a reader asks them: of the warehouse file, not of the build file.
            file.stem: connection.execute(file.read_text(encoding="utf-8").replace('"warehouse_build".', "")).fetchall()
            for file in analyses
        }
    assert len(answers["who_is_lost_on_the_way"]) == 17
    assert answers["ethnicity_recording_by_provider"]


def test_the_same_input_gives_the_same_figures_in_every_schema(built: Path, data: Path, tmp_path: Path) -> None:
    shuffled = tmp_path / "mds"
    shutil.copytree(data / "reference", shuffled / "reference")
    for folder in sorted((data / "v2_1").iterdir()):
        (shuffled / "v2_1" / folder.name).mkdir(parents=True)
        duckdb.sql(
            f"select * from read_parquet('{folder.as_posix()}/*.parquet') order by hash(columns(*)::varchar) desc"
        ).write_parquet(str(shuffled / "v2_1" / folder.name / "all.parquet"))
    assert run_dbt(
        ["build", "--threads", "1", "--exclude-resource-type", "test", "unit_test"], shuffled, tmp_path
    ).success
    # Where a row stood differs, and nothing else but the accounts of the files themselves.
    one = contents(tmp_path / "warehouse.duckdb", *NOT_REPEATABLE, "source_file", "source_row")
    other = contents(built / "warehouse.duckdb", *NOT_REPEATABLE, "source_file", "source_row")
    assert {table for table in one if one[table] != other[table]} == {"quality.row_accounting"}
    assert len(one) > 15
