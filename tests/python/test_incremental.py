"""Kept records: a build on new files gives, table by table and row by row, what a build from nothing gives."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from iapt_equity.synthetic import generate
from in_process import PROJECT, WITHOUT_TESTS, contents, run_dbt
from warehouses import OTHER_PARTS

YEARS = "2015-16:2015-16"
LAST_DELIVERY = "2016-04"
LATE_DELIVERY = "2015-09"


@pytest.fixture(scope="module")
def data_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("incremental") / "mds"
    generate(folder, referrals=1_500, seed=31, years=YEARS, progress=False)
    return folder


RECORDS = ("--select", "+path:models/intermediate/records", "+quarantine", "+row_accounting")
"""What is kept or follows from it alone; all after it is made anew in every build."""

SAYS_WHAT_WAS_READ = "intermediate.int_submissions_to_read"
"""The one table that tells of the build itself, and so is another where other submissions were read."""


def build(data: Path, work: Path, whole: bool = False) -> dict[str, str]:
    chosen = ("--exclude", *OTHER_PARTS) if whole else RECORDS
    result = run_dbt(["build", *chosen, *WITHOUT_TESTS], data, work)
    assert result.success, [node.message for node in result.result.results if node.status in ("error", "fail")]
    found = contents(work / "warehouse_build.duckdb")
    del found[SAYS_WHAT_WAS_READ]
    return found


def files_of(data: Path, delivery: str) -> list[Path]:
    found = sorted((data / "v2_1").rglob(f"{delivery}*"))
    assert len(found) > 10
    return found


def move_out(data: Path, store: Path, delivery: str) -> None:
    for file in files_of(data, delivery):
        target = store / file.relative_to(data)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, target)


def move_in(data: Path, store: Path, delivery: str) -> None:
    for file in files_of(store, delivery):
        shutil.move(file, data / file.relative_to(store))


def submissions_read(data: Path, work: Path) -> tuple[int, int]:
    """How many submissions the last build read, and how many are in use."""
    question = (
        "select (select count(*) from intermediate.int_submissions_to_read) as read_count, "
        "(select count(*) from intermediate.int_submissions where is_accepted) as used_count"
    )
    answer: Any = run_dbt(["show", "--inline", question], data, work).result
    read, used = answer.results[0].agate_table.rows[0].values()
    return int(read), int(used)


def without_header(work: Path) -> int:
    """How many rows the last build refused because their submission has no header."""
    query = "select count(*) from quality.quarantine where reason_code = 'submission_without_header'"
    with duckdb.connect(str(work / "warehouse.duckdb"), read_only=True) as connection:
        return int(connection.execute(query).fetchall()[0][0])


@pytest.mark.slow
def test_kept_records_give_what_a_full_build_gives(data_set: Path, tmp_path: Path) -> None:
    data, store, work = tmp_path / "mds", tmp_path / "store", tmp_path / "work"
    shutil.copytree(data_set, data)
    move_out(data, store, LATE_DELIVERY)
    move_out(data, store, LAST_DELIVERY)
    build(data, work)
    read, in_use = submissions_read(data, work)
    # A submission may hold a header and nothing else.
    assert in_use > 90
    assert 0.95 * in_use < read <= in_use

    def same_as_from_nothing(step: str, whole: bool = False) -> None:
        (tmp_path / step).mkdir()
        # What the last release said is no part of what is kept.
        shutil.copy(work / "warehouse.duckdb", tmp_path / step)
        kept = build(data, work, whole=whole)
        fresh = build(data, tmp_path / step, whole=whole)
        assert len([table for table in kept if table.startswith("intermediate.int_checked_")]) >= 10
        assert {table for table in {*kept, *fresh} if kept.get(table) != fresh.get(table)} == set(), step
        read, in_use = submissions_read(data, work)
        assert 0 < read < in_use / 3, step

    # The newest month: its Primary submissions, and Refreshes that replace those of the month before.
    move_in(data, store, LAST_DELIVERY)
    same_as_from_nothing("new month")
    # An earlier delivery that comes late, out of order, and a file that has changed in place: it lost half its rows.
    move_in(data, store, LATE_DELIVERY)
    contacts = data / "v2_1" / "IDS201CareContact" / f"{LAST_DELIVERY}.parquet"
    half = contacts.with_name("half.parquet")
    duckdb.sql(
        f"select * from read_parquet('{contacts.as_posix()}', file_row_number = true) where file_row_number % 2 = 0"
    ).project("* exclude (file_row_number)").write_parquet(str(half))
    half.replace(contacts)
    same_as_from_nothing("out of order")
    # A delivery that is taken away again: its Refreshes give way to the Primaries.
    move_out(data, store, LAST_DELIVERY)
    same_as_from_nothing("withdrawn")
    # Nothing new: nothing is read.
    build(data, work)
    assert submissions_read(data, work)[0] == 0
    # Rows that come before the header of their submission are refused, build after build, until it comes.
    move_in(data, store, LAST_DELIVERY)
    header = data / "v2_1" / "IDS000Header" / f"{LAST_DELIVERY}.parquet"
    header.rename(store / header.name)
    build(data, work)
    same_as_from_nothing("without header")
    assert without_header(work) > 100
    (store / header.name).rename(header)
    same_as_from_nothing("header comes", whole=True)
    assert without_header(work) == 0


def test_every_model_of_checked_rows_can_be_kept() -> None:
    files = sorted((PROJECT / "models" / "intermediate" / "records").glob("int_checked_*.sql"))
    assert len(files) > 10
    calls = ("{{ configure_records(", "{{ only_to_read(")
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    # No mart uses these two: made anew in every build, and not by the core, which stands without them.
    never_kept = ["int_checked_disabilities.sql", "int_checked_waiting_time_pauses.sql"]
    assert [name for name, text in texts.items() if not all(call in text for call in calls)] == never_kept
    assert [name for name, text in texts.items() if any(call in text for call in calls)] == [
        name for name in texts if name not in never_kept
    ]
