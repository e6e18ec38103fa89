"""The reader of annual statistics: every year's header, and every way in which a folder can be bad."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.published import VIEW, VIEW_COLUMNS, create_published_views
from in_process import PROJECT
from published_files import HEADER_2017, HEADER_2020, HEADERS, LABELS, TIDY, tidy_row, write_csv, write_raw, write_tidy
from published_project import real_data


def read(folder: Path | None) -> list[dict[str, str | None]]:
    connection = duckdb.connect()
    create_published_views(connection, folder)
    cursor = connection.execute(f"select * from {VIEW} order by file_name, reporting_period, source_column")
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.parametrize("period", HEADERS)
def test_every_years_header_is_read_cell_by_cell(tmp_path: Path, period: str) -> None:
    measures = HEADERS[period]
    write_raw(tmp_path / f"psych-ther-ann-rep-csv-{period}-main.csv", measures)
    rows = read(tmp_path)
    values = {row["source_column"]: row["value_text"] for row in rows}
    expected: dict[str | None, str | None] = {name: str(index + 1) for index, name in enumerate(measures[:-2])}
    expected |= {measures[-2]: "*", measures[-1]: None}
    assert values == expected
    assert {row["reporting_period"] for row in rows} == {period}
    assert {row["file_shape"] for row in rows} == {"raw_main"}
    assert {row["organisation_name"] for row in rows} == {"Name, with comma"}


def test_every_column_of_the_test_headers_is_known_to_the_warehouse() -> None:
    with (PROJECT / "seeds/published/published_measure_columns.csv").open(encoding="utf-8") as text:
        known = {row["column_key"] for row in csv.DictReader(text)}
    for measures in HEADERS.values():
        assert {re.sub("[^a-z0-9]", "", name.lower()) for name in measures} <= known


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_tidy_tables_in_either_format(tmp_path: Path, suffix: str) -> None:
    row = tidy_row("recovery", "*")
    more = tidy_row("finished_course_treatment", "1200")
    if suffix == ".csv":
        write_csv(tmp_path / "measures_annual.csv", TIDY, [str(v) for v in row], [str(v) for v in more])
    else:
        write_tidy(tmp_path / "measures_annual.parquet", row, more)
    rows = read(tmp_path)
    assert [(row["source_column"], row["value_text"]) for row in rows] == [
        ("count_finished_course_treatment", "1200"),
        ("count_recovery", "*"),
    ]
    assert {(row["file_shape"], row["reporting_period"]) for row in rows} == {("tidy", "2021-22")}


def test_tidy_values_may_be_numbers(tmp_path: Path) -> None:
    write_tidy(tmp_path / "measures_annual_legacy_format.parquet", tidy_row("finished_course_treatment", 883968.0))
    assert [row["value_text"] for row in read(tmp_path)] == ["883968.0"]


def test_no_folder_makes_an_empty_view_and_says_so() -> None:
    connection = duckdb.connect()
    notices = create_published_views(connection, None)
    assert notices == ["PUBLISHED_DIR not given: the marts on published annual statistics are empty"]
    described = connection.execute(f"describe {VIEW}").fetchall()
    assert [(name, kind) for name, kind, *_ in described] == [(name, "VARCHAR") for name in VIEW_COLUMNS]
    assert connection.execute(f"select count(*) from {VIEW}").fetchall() == [(0,)]


def test_other_statistics_in_the_folder_are_skipped_by_name(tmp_path: Path) -> None:
    write_tidy(tmp_path / "measures_annual.parquet", tidy_row("finished_course_treatment", "5"))
    write_tidy(tmp_path / "therapy_position_annual.parquet", tidy_row("position_1", "5"))
    write_csv(tmp_path / "a" / "psych-ther-2021-22-PEQ.csv", [*LABELS[:3], "CountPreferTreatments"], ["a"] * 4)
    proms = pa.table({name: ["x"] for name in [*TIDY, "measure_time"]})
    pq.write_table(proms, tmp_path / "proms_annual.parquet")
    (tmp_path / "readme.txt").write_text("not data", encoding="utf-8")
    notices = create_published_views(duckdb.connect(), tmp_path)
    assert notices == [
        "PUBLISHED_DIR: skipped, not annual main statistics: a/psych-ther-2021-22-PEQ.csv, proms_annual.parquet, "
        "therapy_position_annual.parquet"
    ]
    assert {row["file_name"] for row in read(tmp_path)} == {"measures_annual.parquet"}


def test_byte_order_mark_and_latin_code_page(tmp_path: Path) -> None:
    write_raw(tmp_path / "main_2017-18.csv", HEADER_2017, encoding="utf-8-sig")
    write_raw(tmp_path / "main_2018-19.csv", HEADER_2017, encoding="latin-1", name="Caf\u00e9 service")
    names = {row["reporting_period"]: row["organisation_name"] for row in read(tmp_path)}
    assert names == {"2017-18": "Name, with comma", "2018-19": "Caf\u00e9 service"}


def test_year_may_stand_in_the_folders_name(tmp_path: Path) -> None:
    write_raw(tmp_path / "annual-2021-22" / "psych-main.csv", HEADER_2020)
    write_raw(tmp_path / "annual-2021-22" / "psych-main_202021.csv", HEADER_2020)
    assert {row["reporting_period"] for row in read(tmp_path)} == {"2020-21", "2021-22"}


@pytest.mark.parametrize("name", ["main.csv", "main-2021-23.csv", "main-2020-21-and-2021-22.csv"])
def test_raw_file_without_one_year_is_an_error(tmp_path: Path, name: str) -> None:
    write_raw(tmp_path / name, HEADER_2020)
    with pytest.raises(InputError, match=f"^{re.escape(name)}: no financial year in the name; expected one like"):
        read(tmp_path)


def test_two_raw_files_of_a_year_are_an_error(tmp_path: Path) -> None:
    write_raw(tmp_path / "2021-22-main-v1.csv", HEADER_2020)
    write_raw(tmp_path / "2021-22-main-v2.csv", HEADER_2020)
    with pytest.raises(
        InputError, match=r"2021-22-main-v2\.csv: a second raw main file for 2021-22 beside 2021-22-main"
    ):
        read(tmp_path)


def test_main_file_without_a_needed_column_is_an_error_that_names_it(tmp_path: Path) -> None:
    write_raw(tmp_path / "2021-22-main.csv", [name for name in HEADER_2020 if "NotAtCaseness" not in name])
    with pytest.raises(InputError, match=r"2021-22-main\.csv: .*expected columns like countnotatcaseness$"):
        read(tmp_path)


def test_tidy_file_of_another_shape_is_an_error(tmp_path: Path) -> None:
    pq.write_table(pa.table({"x": [1]}), tmp_path / "measures_annual.parquet")
    with pytest.raises(InputError, match=r"measures_annual\.parquet: not a known tidy table.*reportingperiod"):
        read(tmp_path)


@pytest.mark.parametrize("name", ["measures_annual.parquet", "2021-22-main.csv"])
def test_unreadable_file_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"" if name.endswith("csv") else b"PAR1 but no more")
    with pytest.raises(InputError, match=f"^{re.escape(name)}: "):
        read(tmp_path)


def test_broken_row_is_an_error_before_the_build(tmp_path: Path) -> None:
    path = write_raw(tmp_path / "2021-22-main.csv", HEADER_2020)
    with path.open("a", encoding="utf-8") as text:
        text.write("Provider,RBB,Name\n")
    with pytest.raises(InputError, match=r"^2021-22-main\.csv: cannot be read"):
        read(tmp_path)


def test_missing_and_useless_folders_are_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read(tmp_path / "nowhere")
    with pytest.raises(InputError, match="no annual statistics in"):
        read(tmp_path)


def test_bad_folder_leaves_the_last_view(tmp_path: Path) -> None:
    write_tidy(tmp_path / "measures_annual.parquet", tidy_row("finished_course_treatment", "5"))
    connection = duckdb.connect()
    create_published_views(connection, tmp_path)
    (tmp_path / "2021-22-main.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError):
        create_published_views(connection, tmp_path)
    assert connection.execute(f"select count(*) from {VIEW}").fetchall() == [(1,)]


def test_headers_as_really_published_are_read_and_known(tmp_path: Path) -> None:
    metadata = real_data() / "metadata"
    fixtures = sorted(metadata.glob("nhstt_fixture_raw_header_main_*.csv"))
    assert len(fixtures) == len(HEADERS)
    for fixture in fixtures:
        (tmp_path / fixture.name).write_bytes(fixture.read_bytes())
    rows = read(tmp_path)
    with (PROJECT / "seeds/published/published_measure_columns.csv").open(encoding="utf-8") as text:
        known = {row["column_key"]: row for row in csv.DictReader(text)}
    for period, measures in HEADERS.items():
        columns = {row["source_column"] or "" for row in rows if row["reporting_period"] == period}
        assert set(measures) <= columns
        for column in columns:
            seen = known[re.sub("[^a-z0-9]", "", column.lower())]
            assert seen["first_period"] <= period <= seen["last_period"]
