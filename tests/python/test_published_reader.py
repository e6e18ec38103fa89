"""The reader of annual statistics: every year's header, and every way in which a folder can be bad."""

from __future__ import annotations

import csv
import gzip
import re
import zipfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.folders import FILES_NOT_READ, say_unread
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
    assert notices == ["PUBLISHED_DIR not given: the marts on published statistics are empty"]
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
        "PUBLISHED_DIR: skipped, neither annual main statistics nor monthly ones: a/psych-ther-2021-22-PEQ.csv, "
        "proms_annual.parquet, therapy_position_annual.parquet"
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


def notices_of(folder: Path) -> list[str]:
    return create_published_views(duckdb.connect(), folder)


@pytest.mark.parametrize(
    "notes",
    [
        "Source: NHS Digital\n",
        "\n\nSource: NHS Digital, 2021\nCopyright \u00a9 2021\n",
        '"1. Figures are rounded, and small ones are suppressed"\n',
        "Notes:,,\n* suppressed\n",
    ],
)
def test_notes_below_the_rows_are_left_out_and_said(tmp_path: Path, notes: str) -> None:
    path = write_raw(tmp_path / "2021-22-main.csv", HEADER_2020)
    before = read(tmp_path)
    with path.open("a", encoding="utf-8") as text:
        text.write(notes)
    assert read(tmp_path) == before
    count = len([line for line in notes.splitlines() if line])
    assert notices_of(tmp_path) == [f"PUBLISHED_DIR: 2021-22-main.csv: {count} lines of notes below the rows left out"]


def test_notes_filled_up_to_the_width_of_a_row_are_left_out_and_said(tmp_path: Path) -> None:
    path = write_raw(tmp_path / "2021-22-main.csv", HEADER_2020)
    before = read(tmp_path)
    with path.open("a", encoding="utf-8") as text:
        text.write(f"Source: NHS Digital{',' * (len(LABELS) + len(HEADER_2020) - 1)}\n")
    assert read(tmp_path) == before
    assert notices_of(tmp_path) == ["PUBLISHED_DIR: 2021-22-main.csv: 1 lines of notes below the rows left out"]


@pytest.mark.parametrize("lines", ["names and rows", "names", "rows"])
def test_commas_at_the_ends_of_lines_change_nothing(tmp_path: Path, lines: str) -> None:
    path = write_raw(tmp_path / "2021-22-main.csv", HEADER_2020)
    before = read(tmp_path)
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    comma = {"names and rows": (",,", ",,"), "names": (",", ""), "rows": ("", ",")}[lines]
    path.write_text("\n".join([header + comma[0], *(row + comma[1] for row in rows)]) + "\n", encoding="utf-8")
    assert read(tmp_path) == before


def test_blank_lines_above_the_names_and_other_delimiters_change_nothing(tmp_path: Path) -> None:
    path = write_raw(tmp_path / "2021-22-main.csv", HEADER_2020, name="Name")
    before = read(tmp_path)
    path.write_text("\n" + path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-16")
    assert read(tmp_path) == before


@pytest.mark.parametrize("cut", ["Provider,RB", "Provider"])
@pytest.mark.parametrize("whole_rows", [0, 1])
def test_a_row_that_is_cut_off_is_no_note(tmp_path: Path, cut: str, whole_rows: int) -> None:
    path = write_raw(tmp_path / "2021-22-main.csv", HEADER_2020)
    lines = path.read_text(encoding="utf-8").splitlines()[: 1 + whole_rows]
    path.write_text("\n".join([*lines, cut]), encoding="utf-8")
    with pytest.raises(InputError, match=r"^2021-22-main\.csv: cannot be read"):
        read(tmp_path)


def test_more_lines_than_notes_have_are_an_error(tmp_path: Path) -> None:
    path = write_raw(tmp_path / "2021-22-main.csv", HEADER_2020)
    with path.open("a", encoding="utf-8") as text:
        text.write("".join(f"line {number}\n" for number in range(60)))
    with pytest.raises(InputError, match=r"^2021-22-main\.csv: cannot be read"):
        read(tmp_path)


@pytest.mark.parametrize("hidden", [".ipynb_checkpoints/2021-22-main.csv", "~$2021-22-main.csv", "._2021-22-main.csv"])
def test_hidden_copies_are_not_read_and_every_other_file_is_listed(tmp_path: Path, hidden: str) -> None:
    write_raw(tmp_path / "2021-22-main [final].csv", HEADER_2020)
    write_raw(tmp_path / hidden, HEADER_2020)
    (tmp_path / "2021-22-main.xlsx").write_text("x", encoding="utf-8")
    (tmp_path / "readme.txt").write_text("What these files are", encoding="utf-8")
    write_csv(tmp_path / "other.csv", ["a"], ["b"])
    connection = duckdb.connect()
    create_published_views(connection, tmp_path)
    assert connection.execute(f"select distinct file_name from {VIEW}").fetchall() == [("2021-22-main [final].csv",)]
    listed = connection.execute(f"select source_file, reason_code from {FILES_NOT_READ} order by all").fetchall()
    assert dict(listed) == {
        hidden: "hidden",
        "2021-22-main.xlsx": "unknown_ending",
        "readme.txt": "other_header",
        "other.csv": "other_statistics",
    }
    assert say_unread(connection)[0].startswith("4 files or folders not read")


@pytest.mark.parametrize("ending", ["csv.zip", "zip", "csv.gz", "txt"])
def test_packed_files_and_text_are_read(tmp_path: Path, ending: str) -> None:
    path = write_raw(tmp_path / "2021-22-main.csv", HEADER_2020)
    before = [{**row, "file_name": f"2021-22-main.{ending}"} for row in read(tmp_path)]
    other = path.with_name(f"2021-22-main.{ending}")
    if ending.endswith("zip"):
        with zipfile.ZipFile(other, "w") as archive:
            archive.write(path, path.name)
    else:
        other.write_bytes(gzip.compress(path.read_bytes()) if ending == "csv.gz" else path.read_bytes())
    path.unlink()
    assert read(tmp_path) == before


def test_two_files_in_a_zip_and_a_cut_file_are_errors_in_one_line(tmp_path: Path) -> None:
    path = write_raw(tmp_path / "2021-22-main.csv", HEADER_2020)
    with zipfile.ZipFile(tmp_path / "2020-21-main.zip", "w") as archive:
        archive.write(path, "a.csv")
        archive.write(path, "b.csv")
    with pytest.raises(InputError, match=r"^2020-21-main\.zip: holds 2 files; expected one CSV file") as error:
        read(tmp_path)
    assert "\n" not in str(error.value)
    (tmp_path / "2020-21-main.zip").unlink()
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16")[:-3])
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
