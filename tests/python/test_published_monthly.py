"""The reader of monthly statistics: both layouts, and every way in which a file can be bad. Values are made up."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb
import pytest

from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.published import VIEW, create_published_views
from iapt_equity.inputs.published_monthly import MONTHLY_VIEW, MONTHLY_VIEW_COLUMNS
from in_process import PROJECT
from published_files import IN_ENGLAND, MONTHLY, monthly_row, write_csv, write_tidy_monthly

NAME = "nhstalkingtherapies_month_oct_2024_activity_performance.csv"
PROVIDER = ("Provider", "all", "all SubICBs", "RAA", "A, PROVIDER")


def read(folder: Path) -> list[tuple[str | None, ...]]:
    connection = duckdb.connect()
    create_published_views(connection, folder)
    return connection.execute(f"select * from {MONTHLY_VIEW} order by all").fetchall()


def test_a_file_as_published_is_read_cell_by_cell(tmp_path: Path) -> None:
    rows = [
        monthly_row("M193", "Count_ReliableRecovery", "20"),
        monthly_row("M193", "Count_ReliableRecovery", "*", PROVIDER, "01/10/2024"),
    ]
    write_csv(tmp_path / "a" / NAME, MONTHLY, *rows)
    shared = (f"a/{NAME}", "raw_monthly")
    assert read(tmp_path) == [
        (*shared, "01/10/2024", *PROVIDER, "M193", "Count_ReliableRecovery", "*"),
        (*shared, "2024-10-01", *IN_ENGLAND, "M193", "Count_ReliableRecovery", "20"),
    ]


def test_the_tidy_table_is_read_with_statistic_and_measure_joined(tmp_path: Path) -> None:
    file = tmp_path / "activity_performance_monthly.parquet"
    cells = (("reliable_recovery", "count", 20.0), ("reliable_recovery", "percentage", None))
    write_tidy_monthly(file, *(("2024-10", *IN_ENGLAND, "M193", *cell) for cell in cells))
    shared = (file.name, "tidy_monthly", "2024-10", *IN_ENGLAND, "M193")
    assert read(tmp_path) == [
        (*shared, "count_reliable_recovery", "20.0"),
        (*shared, "percentage_reliable_recovery", None),
    ]


def test_a_folder_may_hold_monthly_files_alone_or_none(tmp_path: Path) -> None:
    connection = duckdb.connect()
    create_published_views(connection, None)
    described = connection.execute(f"describe {MONTHLY_VIEW}").fetchall()
    assert [(name, kind) for name, kind, *_ in described] == [(name, "VARCHAR") for name in MONTHLY_VIEW_COLUMNS]
    write_csv(tmp_path / NAME, MONTHLY, monthly_row("M001", "Count_ReferralsReceived", "5"))
    assert create_published_views(connection, tmp_path) == []
    counts = f"select (select count(*) from {VIEW}), (select count(*) from {MONTHLY_VIEW})"
    assert connection.execute(counts).fetchall() == [(0, 1)]


def test_notes_below_the_rows_are_left_out_and_said(tmp_path: Path) -> None:
    path = write_csv(tmp_path / NAME, MONTHLY, monthly_row("M001", "Count_ReferralsReceived", "5"))
    with path.open("a", encoding="utf-8") as text:
        text.write(f"* suppressed{',' * (len(MONTHLY) - 1)}\n")
    assert len(read(tmp_path)) == 1
    notices = create_published_views(duckdb.connect(), tmp_path)
    assert notices == [f"PUBLISHED_DIR: {NAME}: 1 lines of notes below the rows left out"]


@pytest.mark.parametrize("month", ["2024-13", "October 2024", "2024-10x", "31/13/2024", "10/01/2024", ""])
def test_a_month_that_cannot_be_read_is_an_error_without_the_value(tmp_path: Path, month: str) -> None:
    rows = [monthly_row("M001", "Count_ReferralsReceived", "5", start=start) for start in ("2024-10-01", month)]
    write_csv(tmp_path / NAME, MONTHLY, *rows)
    expected = "REPORTING_PERIOD_START: 1 rows without a month; expected one like 2024-10 or 01/10/2024"
    with pytest.raises(InputError, match=f"^{re.escape(f'{NAME}: {expected}')}$"):
        read(tmp_path)


@pytest.mark.parametrize("column", ["MEASURE_ID", "MEASURE_VALUE_SUPPRESSED", "ORG_CODE2"])
def test_a_monthly_file_without_a_needed_column_is_an_error_that_names_it(tmp_path: Path, column: str) -> None:
    keep = [index for index, name in enumerate(MONTHLY) if name != column]
    row = monthly_row("M001", "Count_ReferralsReceived", "5")
    write_csv(tmp_path / NAME, [MONTHLY[index] for index in keep], [row[index] for index in keep])
    wanted = column.lower().replace("_", "")
    expected = f"{NAME}: not a known monthly file; expected columns like {wanted}"
    with pytest.raises(InputError, match=f"^{re.escape(expected)}$"):
        read(tmp_path)


def test_the_seed_names_a_measure_of_a_group_once_and_its_parts_are_measures() -> None:
    with (PROJECT / "seeds/published/published_monthly_measures.csv").open(encoding="utf-8") as text:
        used = [row for row in csv.DictReader(text) if row["is_used"] == "true"]
    assert len({(row["measure"], row["group_id"]) for row in used}) == len(used) > 70
    measures = {row["measure"] for row in used if row["statistic"] == "count"}
    for row in used:
        parts = {row[f"{part}_measure"] for part in ("numerator", "denominator", "excluded")} - {""}
        assert parts <= measures
        assert bool(parts) == (row["statistic"] == "percentage"), row["measure_id"]
        assert bool(row["counted"]) != bool(parts)
    # Reliable recovery by five groups is what the publication has by ethnic group.
    groups = {row["group_id"]: row["measure_id"] for row in used if row["group_id"] != "total"}
    assert groups == {"white": "M206", "asian": "M207", "black": "M208", "mixed": "M209", "other": "M210"}
