"""The extreme of every type in every column of published statistics: read, or one line that names the file."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.published import create_published_views
from in_process import failures
from published_files import HEADERS, LABELS, MONTHLY, TIDY, TIDY_MONTHLY, write_csv
from published_project import PublishedProject
from test_extremes import NEITHER, NUMBERS, TRACES, traces

pytestmark = pytest.mark.slow

EXTREMES = ("", *NUMBERS, "99999999999999", "infinity", "10000-01-01", *NEITHER)
GROUPS = [
    *(("White", "British"), ("White", "Irish"), ("White", "Any other White background")),
    *(("Mixed", "White and Black Caribbean"), ("Mixed", "White and Black African"), ("Mixed", "White and Asian")),
    *(("Asian or Asian British", "Indian"), ("Asian or Asian British", "Pakistani")),
    *(("Asian or Asian British", "Bangladeshi"), ("Black or Black British", "Caribbean")),
    *(("Black or Black British", "African"), ("Other Ethnic Groups", "Chinese")),
    *(("Mixed", "Any other mixed background"), ("Asian or Asian British", "Any other Asian background")),
]
# A year for each part of a rate, as the extremes of one must not stand in the way of another's.
VALUES = {
    "2017-18": "CountRecovery",
    "2018-19": "CountFinishedCourseTreatment",
    "2019-20": "CountNotAtCaseness",
    "2020-21": "Percentage_Recovery",
}
ENGLAND = ["England", "All", "All", "Ethnic Group", "White", "British"]
MONTHLY_ENGLAND = ["England", "all", "all SubICBs", "all", "all Providers", "M193"]
FILES = {
    "2021-22-main.csv": (LABELS, HEADERS["2021-22"], [*ENGLAND, *("100" for _ in HEADERS["2021-22"])]),
    "measures_annual.csv": (TIDY, [], ["2015-16", *ENGLAND, "finished_course_treatment", "count", "100"]),
    "activity_performance.csv": (
        *(MONTHLY, []),
        ["2024-10-01", "2024-10-31", *MONTHLY_ENGLAND, "Count_ReliableRecovery", "45"],
    ),
    "activity_performance_monthly.csv": (
        *(TIDY_MONTHLY, []),
        ["2022-10", *MONTHLY_ENGLAND, "reliable_recovery", "count", "45"],
    ),
}
"""File by its name: its columns that are tried, its others, and a row that is read."""


def rows_read(folder: Path, name: str, rows: list[list[str]]) -> list[list[str]]:
    """The rows that are read, all together or one by one; each of the others stops in one line."""
    columns, others, good = FILES[name]
    write_csv(folder / name, [*columns, *others], good, *rows)
    try:
        with duckdb.connect() as connection:
            create_published_views(connection, folder)
    except InputError as error:
        if len(rows) > 1:
            half = len(rows) // 2
            return rows_read(folder, name, rows[:half]) + rows_read(folder, name, rows[half:])
        message = str(error)
        assert message.startswith(f"{name}: ")
        assert "; expected " in message
        assert not any(trace in message.lower() for trace in TRACES)
        return []
    return rows


def write_labels(folder: Path, work: Path) -> set[tuple[str, str]]:
    """Writes what is read of the files with an extreme in a column each; returns the columns that stopped."""
    stopped = set()
    for name, (columns, others, good) in FILES.items():
        read: list[list[str]] = []
        for place, column in enumerate(columns):
            rows = [[*good[:place], extreme, *good[place + 1 :]] for extreme in EXTREMES]
            found = rows_read(work / name, name, rows)
            stopped |= {(name, column)} if len(found) < len(rows) else set()
            read += found
        write_csv(folder / name, [*columns, *others], good, *read)
    return stopped


def write_values(folder: Path) -> None:
    """Writes a year for each part of a rate, with an extreme in every ethnic category of England."""
    for year, column in VALUES.items():
        rows = []
        for group, extreme in zip(GROUPS, EXTREMES, strict=True):
            counts = {name: "90" if "Finished" in name else "5" for name in HEADERS[year]}
            rows.append([*ENGLAND[:4], *group, *(counts | {column: extreme}).values()])
        write_csv(folder / f"{year}-main.csv", LABELS + HEADERS[year], *rows)


def test_published_statistics_with_every_extreme_in_every_column(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    stopped = write_labels(tmp_path / "published", tmp_path / "one")
    assert stopped == {
        ("measures_annual.csv", "reporting_period"),
        ("activity_performance.csv", "REPORTING_PERIOD_START"),
        ("activity_performance_monthly.csv", "reporting_period"),
    }
    write_values(tmp_path / "published")
    project = PublishedProject(tmp_path)
    result = project.build(tmp_path / "published", "--exclude-resource-type", "test", "unit_test")
    assert failures(result) == []
    assert traces(tmp_path, *capfd.readouterr()) == set()
    # England is one, whatever code stands in its rows; who it is that has no type, is listed.
    nation = "select distinct organisation_code from marts.published_outcomes where organisation_level = 'national'"
    assert project.rows(nation) == [("All",)]
    listed = project.rows(
        "select distinct file_name from marts.published_input_issues "
        "where issue_type = 'unknown_organisation_type' and detail like 'not given: %' order by all"
    )
    assert [name for (name,) in listed] == sorted(FILES)
    percentages = project.rows(
        "select published_percentage from marts.published_outcomes "
        "where financial_year = '2020-21' and outcome = 'recovery' and published_percentage is not null"
    )
    assert percentages == []
