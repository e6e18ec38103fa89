"""The analysts' copy: the readers' tables as files, described in full, replaced as a whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from iapt_equity import analysts_copy
from iapt_equity.analysts_copy import ABOUT_ONE, copy_beside, read_choice, write_copy
from iapt_equity.cli import main
from iapt_equity.inputs.errors import InputError
from iapt_equity.whole_folders import mark_of
from in_process import PROJECT, environment, parsed, run_dbt
from warehouses import Warehouse

MODELS = """
models:
  - name: found
    data_tests:
      - unique_combination: {arguments: {columns: [area, found_day]}}
  - name: listed
    columns:
      - {name: area, data_tests: [not_null, unique]}
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Three tables about groups, two without a key of their own, and one about people; and a project of them."""
    file = tmp_path / "w.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("""
            create schema marts;
            create schema quality;
            create table marts.rates (area varchar not null, share double, days tinyint, primary key (area));
            comment on table marts.rates is 'One row per area.';
            comment on column marts.rates.share is 'Share of ten.';
            insert into marts.rates values ('b', 0.5, 2), ('a', null, 1);
            create table quality.found (area varchar, found_day date, whole decimal(18, 2), is_good boolean);
            insert into quality.found values ('b', '2020-02-01', 1, true), (null, '2020-01-01', 2, false);
            create table quality.listed (area varchar not null);
            create table marts.fct_people (person_id varchar, area varchar);
            insert into marts.fct_people values ('person-1', 'a');
        """)
    file.chmod(0o600)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "_some__models.yml").write_text(MODELS, encoding="utf-8")
    return file


def package_of(folder: Path) -> dict[str, Any]:
    package: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return package


def content(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_tables_about_people_are_copied_only_where_asked(warehouse: Path, tmp_path: Path) -> None:
    assert write_copy(warehouse, tmp_path / "copy", tmp_path) == 3
    assert b"person-1" not in b"".join(content(tmp_path / "copy").values())
    assert write_copy(warehouse, tmp_path / "copy", tmp_path, with_people=True) == 4
    file = tmp_path / "copy" / "marts" / "fct_people.parquet"
    assert duckdb.sql(f"from '{file.as_posix()}'").fetchall() == [("person-1", "a")]


def test_every_table_is_described_with_types_and_keys(warehouse: Path, tmp_path: Path) -> None:
    write_copy(warehouse, tmp_path / "copy", tmp_path)
    rates, found, listed = package_of(tmp_path / "copy")["resources"]
    assert rates["description"] == "One row per area."
    assert rates["schema"] == {
        "fields": [
            {"name": "area", "type": "string", "description": "", "constraints": {"required": True}},
            {"name": "share", "type": "number", "description": "Share of ten."},
            {"name": "days", "type": "integer", "description": ""},
        ],
        "missingValues": [],
        "primaryKey": ["area"],
    }
    assert [field["type"] for field in found["schema"]["fields"]] == ["string", "date", "number", "boolean"]
    # One of whose columns may be null, and one whose may not.
    assert found["schema"]["uniqueKeys"] == [["area", "found_day"]]
    assert listed["schema"]["primaryKey"] == ["area"]


def test_checksums_are_those_of_the_files_and_the_same_figures_give_the_same_bytes(
    warehouse: Path, tmp_path: Path
) -> None:
    write_copy(warehouse, tmp_path / "copy", tmp_path)
    first = content(tmp_path / "copy")
    sums = dict(reversed(line.split("  ")) for line in first["SHA256SUMS"].decode().splitlines())
    assert sums == {name: hashlib.sha256(text).hexdigest() for name, text in first.items() if name != "SHA256SUMS"}
    for resource in package_of(tmp_path / "copy")["resources"]:
        assert resource["hash"] == f"sha256:{sums[resource['path']]}"
        assert resource["bytes"] == len(first[resource["path"]])
    with duckdb.connect(str(warehouse)) as connection:
        # The same rows in another order.
        connection.execute("delete from marts.rates where area = 'b'; insert into marts.rates values ('b', 0.5, 2)")
    write_copy(warehouse, tmp_path / "copy", tmp_path)
    assert content(tmp_path / "copy") == first


def test_a_copy_that_fails_leaves_the_old_one_and_one_that_does_not_replaces_it(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "copy"
    write_copy(warehouse, out, tmp_path)
    old = content(out)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update marts.rates set days = 9")
    with monkeypatch.context() as broken:
        broken.setattr(analysts_copy, "_describe", lambda *_: (_ for _ in ()).throw(OSError("No space left on device")))
        with pytest.raises(OSError, match="No space"):
            write_copy(warehouse, out, tmp_path)
    assert content(out) == old
    with (out / "marts" / "rates.parquet").open("rb") as reader:
        write_copy(warehouse, out, tmp_path)
        assert reader.read() == old["marts/rates.parquet"]
    assert content(out).keys() == old.keys()
    assert content(out) != old
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy"]


@pytest.mark.parametrize("name", ["copy", "copy.unfinished", "copy.former"])
def test_a_folder_of_somebody_else_is_never_removed(name: str, warehouse: Path, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=f"{name}: it holds something else"):
        write_copy(warehouse, tmp_path / "copy", tmp_path)
    assert content(tmp_path / name) == {"notes.txt": b"mine"}


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of Unix")
@pytest.mark.parametrize(("of_warehouse", "of_files", "of_folders"), [(0o600, 0o600, 0o700), (0o640, 0o640, 0o750)])
def test_who_may_read_the_warehouse_may_read_the_copy(
    of_warehouse: int, of_files: int, of_folders: int, warehouse: Path, tmp_path: Path
) -> None:
    warehouse.chmod(of_warehouse)
    out = tmp_path / "copy"
    write_copy(warehouse, out, tmp_path)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (out, *out.rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_file()} == {of_files}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {of_folders}


def test_the_command_says_in_one_line_what_it_cannot_copy(
    warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["copy", "--warehouse", str(warehouse), "--project", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'w_copy'}: 3 tables copied\n"
    assert main(["copy", "--warehouse", str(tmp_path / "absent.duckdb")]) == 1
    warehouse.write_text("no database", encoding="utf-8")
    assert main(["copy", "--warehouse", str(warehouse)]) == 1
    absent, unreadable = capsys.readouterr().err.splitlines()
    assert "there is no warehouse file" in absent
    assert "cannot be read as a warehouse" in unreadable
    assert len(package_of(tmp_path / "w_copy")["resources"]) == 3


def test_the_choice_is_one_of_three() -> None:
    assert [read_choice(text) for text in ("", " People ", "tables", "none")] == ["none", "people", "tables", "none"]
    with pytest.raises(InputError, match="IAPT_EQUITY_COPY: expected none, tables or people"):
        read_choice("all")


def test_every_table_for_readers_has_words_types_and_a_key(whole_warehouse: Warehouse, tmp_path: Path) -> None:
    count = write_copy(whole_warehouse.file, tmp_path / "copy", PROJECT)
    tables = {
        f"{schema}.{name}"
        for schema, name in whole_warehouse.rows("select schema_name, table_name from duckdb_tables()")
    }
    resources = {resource["name"]: resource for resource in package_of(tmp_path / "copy")["resources"]}
    about_one = {
        *("marts.fct_referrals", "marts.fct_episodes", "marts.fct_experience", "marts.fct_experience_answers"),
        *("quality.quarantine", "quality.derivation_disagreements"),
    }
    assert tables - resources.keys() == about_one
    assert count == len(resources) > 60
    (exposure,) = [exposure for exposure in parsed().exposures.values() if exposure.name == "analysts_copy"]
    used = [parsed().nodes[node] for node in exposure.depends_on.nodes]
    assert {f"{node.schema}.{node.alias}" for node in used} == resources.keys()
    for name, resource in resources.items():
        assert resource["description"], name
        assert resource["schema"].keys() & {"primaryKey", "uniqueKeys"}, name
        for field in resource["schema"]["fields"]:
            assert field["description"], (name, field)
            assert field["type"] != "any", (name, field)
            assert field["name"] not in ABOUT_ONE or name == "quality.submissions"


VALIDATOR = """
import json, sys
from pathlib import Path
import pyarrow.parquet
from frictionless import Package, Resource, Schema
folder = Path(sys.argv[1])
package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
said = [str(error) for error in Package.metadata_validate(package)]
rows = 0
for table in package["resources"]:
    # Read here: the validator's own reader makes floats of whole numbers beside nulls.
    found = pyarrow.parquet.read_table(folder / table["path"]).slice(0, 300).to_pylist()
    rows += len(found)
    data = found or [[field["name"] for field in table["schema"]["fields"]]]
    report = Resource(data=data, schema=Schema.from_descriptor(table["schema"])).validate()
    said += [f"{table['name']}: {error.type}: {error.note}" for task in report.tasks for error in task.errors[:2]]
print(json.dumps([len(package["resources"]), rows, said]))
"""


@pytest.mark.slow
def test_the_reference_validator_of_data_packages_finds_nothing(whole_warehouse: Warehouse, tmp_path: Path) -> None:
    """Frictionless, beside the libraries of this project and no part of it."""
    beside = tmp_path / "frictionless"
    install = [
        "uv",
        "pip",
        "install",
        "-q",
        "--python",
        sys.executable,
        "--target",
        str(beside),
        "frictionless==5.21.0",
    ]
    if shutil.which("uv") is None or subprocess.run(install, check=False, capture_output=True).returncode:
        pytest.skip("frictionless cannot be installed here")
    count = write_copy(whole_warehouse.file, tmp_path / "copy", PROJECT)
    tables, rows, said = validated(tmp_path / "copy", beside)
    assert (tables, said) == (count, [])
    assert rows > 5_000
    # And would find a wrong type, and a null where none may be.
    package = package_of(tmp_path / "copy")
    for table in package["resources"]:
        for field in table["schema"]["fields"]:
            if (table["name"], field["name"]) == ("marts.access_rates", "area_name"):
                field["type"] = "integer"
            if (table["name"], field["name"]) == ("marts.definitions", "exclusions"):
                field["constraints"] = {"required": True}
    (tmp_path / "copy" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    found = {(line.split(": ")[0], line.split(": ")[1]) for line in validated(tmp_path / "copy", beside)[2]}
    assert found == {("marts.access_rates", "type-error"), ("marts.definitions", "constraint-error")}


def validated(folder: Path, beside: Path) -> tuple[int, int, list[str]]:
    """How many tables and rows the validator looked at, and what it says of them."""
    run = subprocess.run(
        [sys.executable, "-c", VALIDATOR, str(folder)],
        env={**os.environ, "PYTHONPATH": str(beside)},
        check=True,
        capture_output=True,
        text=True,
    )
    tables, rows, said = json.loads(run.stdout)
    return tables, rows, said


def test_a_build_copies_where_it_is_asked_to(hand_made_warehouse: Warehouse, tmp_path: Path) -> None:
    for file in hand_made_warehouse.work.glob("*.duckdb"):
        shutil.copy(file, tmp_path)
    out = copy_beside(tmp_path / "warehouse.duckdb")
    run = ["run", "--select", "ethnicity_by_person"]
    with environment(IAPT_EQUITY_COPY="all"):
        assert not run_dbt(run, hand_made_warehouse.data, tmp_path).success
    assert run_dbt(run, hand_made_warehouse.data, tmp_path).success
    assert not out.exists()
    with environment(IAPT_EQUITY_COPY="tables"):
        assert run_dbt(run, hand_made_warehouse.data, tmp_path).success
        assert (out / "quality" / "ethnicity_by_person.parquet").exists()
        assert not (out / "marts" / "fct_referrals.parquet").exists()
        # What cannot be copied fails the build, whose warehouse is published all the same.
        (out / mark_of("copy")).unlink()
        before = (tmp_path / "warehouse.duckdb").stat().st_mtime_ns
        result = run_dbt(run, hand_made_warehouse.data, tmp_path)
    assert not result.success
    assert (tmp_path / "warehouse.duckdb").stat().st_mtime_ns > before
