"""Spark's folder and what goes back to DuckDB, without Spark: nothing of others is removed, nobody else may read."""

from __future__ import annotations

import importlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml
from dbt_common.exceptions import DbtRuntimeError

from iapt_equity.cli import main
from iapt_equity.inputs.errors import InputError
from iapt_equity.spark.folder import open_duckdb, prepare_spark_folder
from in_process import PROJECT, failures, run_dbt


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """A umask that lets everybody read, as most machines have it; put back afterwards."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def rows_of_spark(folder: Path, **tables: str) -> Path:
    """A folder such as Spark leaves: of each table (its name with two underscores for the point) one column."""
    for table, column in tables.items():
        schema, name = table.split("__")
        place = folder / "warehouse" / f"{schema}.db" / name
        place.mkdir(parents=True)
        duckdb.sql(f"select 1 as {column}").write_parquet(str(place / "part-0.parquet"))
    return folder


def test_a_folder_of_ones_own_is_made_and_used_again(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "spark"
    (tmp_path / "data").mkdir()
    for _ in range(2):
        prepare_spark_folder(folder, {"MDS_DIR": tmp_path / "data"})
        (folder / "warehouse").mkdir(exist_ok=True)
    assert [mode(folder), mode(folder / "warehouse")] == [0o700, 0o700]


@pytest.mark.parametrize("theirs", ["iapt_equity_inputs/extract.parquet", "raw/extract.csv", "warehouse/notes.txt"])
def test_a_folder_of_others_is_refused_and_left_as_it_is(theirs: str, tmp_path: Path) -> None:
    file = tmp_path / "data" / theirs
    file.parent.mkdir(parents=True)
    file.touch()
    with pytest.raises(InputError, match=r"IAPT_EQUITY_SPARK: '.*data' holds other things than tables of Spark"):
        prepare_spark_folder(tmp_path / "data", {})
    assert [path for path in (tmp_path / "data").rglob("*") if path.is_file()] == [file]


@pytest.mark.parametrize("data", [".", "spark", "spark/iapt_equity_inputs/mds"])
def test_inputs_around_or_inside_are_refused(data: str, tmp_path: Path) -> None:
    prepare_spark_folder(tmp_path / "spark", {})
    with pytest.raises(InputError, match=r"the folder of REFERENCE_DIR, '.*', lie in one another"):
        prepare_spark_folder(tmp_path / "spark", {"REFERENCE_DIR": tmp_path / data})


def test_what_cannot_be_a_folder_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file/spark' cannot be made or written to"):
        prepare_spark_folder(tmp_path / "file" / "spark", {})


def test_duckdb_is_opened_as_the_profile_says_and_spills_below_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IAPT_EQUITY_MEMORY", "1234MiB")
    with open_duckdb(None, tmp_path / "spark", PROJECT) as connection:
        said = dict(connection.execute("select name, value from duckdb_settings()").fetchall())
    target = yaml.safe_load((PROJECT / "profiles.yml").read_text())["iapt_equity"]["outputs"]["warehouse"]
    wanted = {**target["config_options"], **target["settings"]}
    assert said["autoload_known_extensions"] == said["autoinstall_known_extensions"] == "false"
    assert said["memory_limit"] == "1.2 GiB"
    assert said["TimeZone"] == wanted["TimeZone"] == "Europe/London"
    assert said["disabled_optimizers"] == wanted["disabled_optimizers"]
    assert said["storage_compatibility_version"] == wanted["storage_compatibility_version"]
    assert said["temp_directory"] == str(tmp_path / "spark" / "temporary")


def test_without_the_extra_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    package = importlib.import_module("dbt.adapters.iaptspark")
    monkeypatch.setattr(package, "find_spec", lambda _: None)
    with pytest.raises(DbtRuntimeError, match="Spark is not installed: uv sync --extra spark"):
        package.Plugin  # noqa: B018  # what dbt asks for
    assert importlib.import_module("dbt.adapters.iaptspark.__version__").version


@pytest.mark.parametrize(
    ("column", "said"), [("area_key", "holds keys that Spark has hashed"), ("area_code", "have not been built")]
)
def test_a_build_file_of_tables_of_spark_is_its_owners_alone_and_keeps_to_one_engine(
    column: str, said: str, tmp_path: Path
) -> None:
    folder = rows_of_spark(tmp_path / "spark", marts__fct_referrals="person_key", marts__published_counts=column)
    build_file = tmp_path / "warehouse_build.duckdb"
    assert main(["from-spark", str(folder), str(build_file), "--project", str(PROJECT)]) == 0
    assert mode(build_file) == 0o600
    # The published statistics alone, which need no data set: of keys of Spark it would build some, and leave others.
    result = run_dbt(["run", "--selector", "published"], tmp_path, tmp_path)
    assert not result.success
    assert said in " ".join(failures(result))


@pytest.mark.parametrize("is_left_over", [False, True])
def test_a_table_that_cannot_be_read_leaves_no_file(
    is_left_over: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = rows_of_spark(tmp_path / "spark", marts__a="a_key", marts__b="a_key")
    (folder / "warehouse" / "marts.db" / "b" / "part-0.parquet").write_bytes(b"no parquet")
    if is_left_over:
        (tmp_path / "b.duckdb.unfinished").write_bytes(b"of a build that was killed")
    assert main(["from-spark", str(folder), str(tmp_path / "b.duckdb"), "--project", str(PROJECT)]) == 1
    assert "part-0.parquet" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["spark"]
