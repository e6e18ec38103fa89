"""Files that people have, met by a build: it stops in one line and the last good warehouse answers, or reads them."""

from __future__ import annotations

import shutil
import socket
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import published_files
from in_process import PROJECT, WITHOUT_TESTS, failures, run_dbt
from published_files import MONTHLY, monthly_row, tidy_row, write_tidy
from published_project import PublishedProject
from test_inputs import PATIENT, ROWS, write_csv

pytestmark = pytest.mark.slow

LISTED = ("build", "--select", "+files_not_read", *WITHOUT_TESTS)
"""The smallest build that publishes a table."""


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """A small extract that can be read, with one file that is not data."""
    for table, rows in ROWS.items():
        write_csv(tmp_path / "mds" / "v2_1" / table / "april.csv", rows)
    (tmp_path / "mds" / "v2_1" / "notes.docx").write_text("x", encoding="utf-8")
    return tmp_path / "mds"


def listed(warehouse: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute("from quality.files_not_read order by all").fetchall()


NOTES = [("MDS_DIR", "v2_1/notes.docx", "unknown_ending")]


def cut_utf16(folder: Path) -> None:
    file = folder / "april.csv"
    file.write_bytes(file.read_text(encoding="utf-8").encode("utf-16")[:-3])


def zip_of_two(folder: Path) -> None:
    with zipfile.ZipFile(folder / "april.zip", "w") as archive:
        archive.write(folder / "april.csv", "a.csv")
        archive.write(folder / "april.csv", "b.csv")


def delta_without_its_file(folder: Path) -> None:
    (folder / "_delta_log").mkdir()
    (folder / "_delta_log" / f"{0:020d}.json").write_text('{"add": {"path": "april.parquet"}}', encoding="utf-8")


def nested(folder: Path) -> None:
    rows = [{**ROWS["IDS001MPI"][0], "LocalPatientId": [PATIENT]}]
    pq.write_table(pa.Table.from_pylist(rows), folder / "april.parquet")


def damaged(folder: Path) -> None:
    (folder / "april.parquet").write_bytes(b"PAR1 but not for long")


@pytest.mark.parametrize("spoil", [cut_utf16, zip_of_two, delta_without_its_file, nested, damaged])
def test_the_last_good_warehouse_answers_after_a_stop(
    extract: Path, tmp_path: Path, spoil: Callable[[Path], None], capfd: pytest.CaptureFixture[str]
) -> None:
    assert failures(run_dbt(list(LISTED), extract, tmp_path)) == []
    assert listed(tmp_path / "warehouse.duckdb") == NOTES
    good = (tmp_path / "warehouse.duckdb").read_bytes()
    spoil(extract / "v2_1" / "IDS001MPI")
    capfd.readouterr()
    result = run_dbt(list(LISTED), extract, tmp_path)
    assert not result.success
    said = "".join(capfd.readouterr()) + str(result.exception)
    assert "april." in said or "IDS001MPI" in said
    assert "Traceback" not in said
    assert PATIENT not in said
    assert PATIENT not in (tmp_path / "logs" / "dbt.log").read_text(encoding="utf-8")
    assert (tmp_path / "warehouse.duckdb").read_bytes() == good
    assert listed(tmp_path / "warehouse.duckdb") == NOTES


@pytest.mark.parametrize("name", ["it's {{ 1 % 0 }} [x]", "{% raw %} <b>&amp;", '=1+1; "-- caf\u00e9'])
def test_a_folder_may_have_any_name(extract: Path, tmp_path: Path, name: str) -> None:
    mds = tmp_path / name / "mds"
    shutil.copytree(extract, mds)
    odd = mds / "v2_1" / "IDS001MPI" / f"{name}.csv"
    (mds / "v2_1" / "IDS001MPI" / "april.csv").rename(odd)
    (mds / "v2_1" / f"{name}.docx").write_text("x", encoding="utf-8")
    work = tmp_path / name / "work"
    assert failures(run_dbt(list(LISTED), mds, work)) == []
    assert ("MDS_DIR", f"v2_1/{name}.docx", "unknown_ending") in listed(work / "warehouse.duckdb")
    with duckdb.connect(str(work / "warehouse_build.duckdb"), read_only=True) as connection:
        rows = connection.execute("select source_file from raw.v2_ids001mpi").fetchall()
    assert rows == [(f"v2_1/IDS001MPI/{name}.csv",)]


def test_what_lies_beside_the_versions_is_listed_and_not_looked_into(extract: Path, tmp_path: Path) -> None:
    write_csv(extract / "truth" / "IDS001MPI" / "april.csv", ROWS["IDS001MPI"])
    write_csv(extract / "old.csv", ROWS["IDS001MPI"])
    (extract / ".git").mkdir()
    assert failures(run_dbt(list(LISTED), extract, tmp_path)) == []
    assert listed(tmp_path / "warehouse.duckdb") == [
        ("MDS_DIR", ".git/", "hidden"),
        ("MDS_DIR", "old.csv", "outside_the_tables"),
        ("MDS_DIR", "truth/", "outside_the_tables"),
        *NOTES,
    ]


def test_no_network_is_asked_for(extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def refuse(*arguments: Any, **_: Any) -> NoReturn:
        asked.append(arguments)
        raise OSError("Network is unreachable")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert failures(run_dbt(list(LISTED), extract, tmp_path)) == []
    assert asked == []
    # DuckDB asks by itself, past Python, for extensions that it lacks; the profile forbids it.
    profile = (PROJECT / "profiles.yml").read_text(encoding="utf-8")
    assert "autoinstall_known_extensions: false" in profile
    assert "autoload_known_extensions: false" in profile


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_moments_are_days_of_england_wherever_the_machine_stands(
    extract: Path, tmp_path: Path, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Half past eleven in the evening of 1 July by Greenwich is the second of July in England.
    file = extract / "v2_1" / "IDS101Referral" / "april.csv"
    file.unlink()
    moment = pa.array(["2015-07-01 23:30:00+00"]).cast(pa.timestamp("us", "UTC"))
    columns = {key: pa.array([value]) for key, value in ROWS["IDS101Referral"][0].items()}
    pq.write_table(pa.table({**columns, "ReferralRequestReceivedDate": moment}), file.with_suffix(".parquet"))
    monkeypatch.setenv("TZ", zone)
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    time.tzset()
    try:
        build = ["build", "--select", "+int_checked_referrals", *WITHOUT_TESTS]
        assert failures(run_dbt(build, extract, tmp_path)) == []
    finally:
        monkeypatch.undo()
        time.tzset()
    with duckdb.connect(str(tmp_path / "warehouse_build.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select cast(referral_received_date as varchar) from intermediate.int_checked_referrals"
        ).fetchall()
    assert found == [("2015-07-02",)]


def test_labels_that_are_not_known_are_said_by_file_with_where_to_look(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capfd: pytest.CaptureFixture[str]
) -> None:
    england = ("2021-22", "England", "All", "All", "Ethnic Group", "White")
    strange = [(*england, f"Group {number}", "recovery", "count", "5") for number in range(3)]
    write_tidy(tmp_path / "measures_annual.parquet", tidy_row("finished_course_treatment", "5"), *strange)
    project = PublishedProject(tmp_path_factory.mktemp("published_project"))
    roma = monthly_row("M211", "Percentage_ReliableRecovery_EthnicGroupRoma", "40.5")
    published_files.write_csv(tmp_path / "activity_performance.csv", MONTHLY, roma)
    result = project.build(tmp_path, "--no-quiet", "--exclude-resource-type", "unit_test")
    assert [failure.split(":")[0] for failure in failures(result)] == ["published_labels_are_known"]
    log = (project.folder / "logs" / "dbt.log").read_text(encoding="utf-8")
    lines = [line for line in log.splitlines() if "PUBLISHED_DIR: measures_annual.parquet: labels" in line]
    assert len(lines) == 1
    assert (
        "PUBLISHED_DIR: measures_annual.parquet: labels that seed published_group_labels does not know: 3, in 3 cells; "
        "they are listed in marts.published_input_issues of the build file, issue_type 'unknown_label'" in lines[0]
    )
    monthly = (
        "activity_performance.csv: measures by ethnic group that seed published_monthly_measures does not know: 1, "
    )
    assert len([line for line in log.splitlines() if f"PUBLISHED_DIR: {monthly}" in line]) == 1


def test_a_damaged_body_is_said_by_file(extract: Path, tmp_path: Path) -> None:
    folder = extract / "v2_1" / "IDS001MPI"
    (folder / "april.csv").unlink()
    rows = {"UniqueSubmissionID": ["s1"] * 50_000, "EthnicCategory": ["A"] * 50_000}
    people = pa.table({**rows, "LocalPatientId": [f"p{number * 7919}" for number in range(50_000)]})
    pq.write_table(people, folder / "april.parquet", compression="snappy", use_dictionary=False)
    data = bytearray((folder / "april.parquet").read_bytes())
    middle = len(data) // 2
    for place in range(middle, middle + 2000):
        data[place] ^= 0x5A
    (folder / "april.parquet").write_bytes(bytes(data))
    result = run_dbt(["build", "--select", "+int_checked_people", *WITHOUT_TESTS], extract, tmp_path)
    assert not result.success
    log = (tmp_path / "logs" / "dbt.log").read_text(encoding="utf-8")
    said = f"{folder / 'april.parquet'}: the file is damaged and cannot be read to its end; copy it again"
    assert len([line for line in log.splitlines() if said in line]) == 1
    assert not (tmp_path / "warehouse.duckdb").exists()
