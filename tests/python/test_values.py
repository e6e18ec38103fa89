"""Values as servers, spreadsheets and people leave them say in the typed views what the tidy ones say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from itertools import count
from pathlib import Path

import duckdb
import pytest

from dirty_corpus import Tables, clean_tables, write_tables
from iapt_equity.inputs.contract import CODE, IDENTIFIER, Column, read_contracts
from iapt_equity.inputs.contract import read_project_contracts as read_all
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.reader import create_views
from iapt_equity.inputs.values import text_expression
from in_process import PROJECT
from left_values import Change, as_float, blank_as, date_as, no_date_as, of_kind

pytestmark = pytest.mark.slow

CONTRACTS = read_all(PROJECT)
RULES = CONTRACTS["mds_v2"].rules
SOURCE = {"v1_5": "mds_v1_5", "v2_0": "mds_v2", "v2_1": "mds_v2"}
COLUMNS = {
    (source, table.name, column.name): column
    for source, contract in CONTRACTS.items()
    for table in contract.tables
    for column in table.columns
}


def read(folder: Path, version: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    create_views(connection, CONTRACTS[SOURCE[version]], folder, "MDS_DIR")
    return connection


def rows_of(folder: Path, version: str) -> dict[str, list[tuple[object, ...]]]:
    """Table: every row of its typed view with every column, short years aside."""
    connection = read(folder, version)
    short = "columns(lambda c: not ends_with(c, '__short_year'))"
    return {
        table.name: connection.execute(
            f"select {short} from raw.{table.identifier} order by source_file, source_row"
        ).fetchall()
        for table in CONTRACTS[SOURCE[version]].tables
    }


def changed(version: str, change: Change) -> tuple[Tables, int]:
    """The clean set with every value changed, and how many values are other ones now."""
    tables, changes = clean_tables(version), 0
    for table, rows in tables.items():
        for row in rows:
            for field, value in row.items():
                column = COLUMNS.get((SOURCE[version], table, field))
                if column is not None:
                    row[field] = change(column, value)
                    changes += row[field] != value
    return tables, changes


def serial(day_0: str) -> Change:
    return date_as(lambda day: str((day - date.fromisoformat(day_0)).days))


def each_in_turn(*changes: Change) -> Change:
    """Every value that some change alters is altered by the next one, so that all are met in one set."""
    turn = count()

    def change(column: Column, value: str) -> str:
        place = next(turn)
        others = (changes[(place + step) % len(changes)](column, value) for step in range(len(changes)))
        return next((other for other in others if other != value), value)

    return change


BLANKS = (*RULES.blank_texts, "NULL", " Null ", "NaN", "None\t", "\u00a0N/A", "#N/A", "\\N", "  ", "\t")
ALL_BUT_TEXT = (IDENTIFIER, CODE, "integer", "date", "boolean")
WAYS: dict[str, Callable[[], Change]] = {
    "blank": lambda: each_in_turn(*map(blank_as, BLANKS)),
    "null_everywhere": lambda: blank_as("NULL"),
    "spaces": lambda: each_in_turn(
        of_kind(IDENTIFIER, CODE, to=lambda value: value.ljust(20)),
        of_kind(*ALL_BUT_TEXT, to=lambda value: "\t" + value),
        of_kind(*ALL_BUT_TEXT, to=lambda value: value + "\u00a0"),
        of_kind(IDENTIFIER, CODE, to=lambda value: value + "\r\n"),
        of_kind(IDENTIFIER, CODE, to=lambda value: f"\ufeff{value}\u200b"),
    ),
    "case": lambda: each_in_turn(of_kind(IDENTIFIER, to=str.lower), of_kind(IDENTIFIER, to=str.title)),
    "spreadsheet": lambda: each_in_turn(
        of_kind(IDENTIFIER, CODE, to=lambda value: f'="{value}"'),
        of_kind(IDENTIFIER, CODE, to=lambda value: f"'{value}"),
    ),
    "float": lambda: each_in_turn(*map(as_float, (".0", ".00", ".0 ", "."))),
    "dates": lambda: each_in_turn(
        date_as(lambda day: day.strftime("%d/%m/%Y")),
        date_as(lambda day: day.strftime("%d.%m.%Y")),
        date_as(lambda day: day.strftime("%Y/%m/%d")),
        date_as(lambda day: day.strftime("%b %d %Y 12:00AM").replace(" 0", "  ", 1)),
        date_as(lambda day: day.strftime("%d%b%Y").upper()),
        date_as(lambda day: day.strftime("%d%b%Y:00:00:00").upper()),
        date_as(lambda day: day.strftime("%B %d, %Y")),
    ),
    "sas_serial": lambda: serial("1960-01-01"),
    "excel_serial": lambda: each_in_turn(
        serial("1899-12-30"), date_as(lambda day: f"{(day - date(1899, 12, 30)).days}.375")
    ),
    "spss_seconds": lambda: each_in_turn(
        date_as(lambda day: str((day - date(1582, 10, 14)).days * 86_400)),
        date_as(lambda day: f"{(day - date(1582, 10, 14)).days * 86_400}.0"),
    ),
    "no_date": lambda: each_in_turn(
        *(no_date_as(day.isoformat()) for day in RULES.birth_placeholder_dates),
        *map(no_date_as, ("1900-01-01 00:00:00", "31/12/9999", "01JAN1900")),
    ),
}
"""Way of leaving values: what it makes of a value of a column."""


@pytest.fixture(scope="module", params=sorted(SOURCE))
def clean(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, list]]:  # type: ignore[type-arg]
    folder = tmp_path_factory.mktemp("clean")
    write_tables(folder / request.param, clean_tables(request.param), "clean")
    return request.param, rows_of(folder, request.param)


@pytest.mark.parametrize("way", WAYS)
def test_values_left_in_some_way_are_read_as_the_tidy_ones(
    way: str,
    clean: tuple[str, dict[str, list]],  # type: ignore[type-arg]
    tmp_path: Path,
) -> None:
    version, tidy = clean
    tables, changes = changed(version, WAYS[way]())
    assert changes > 3
    write_tables(tmp_path / version, tables, "clean")
    found = rows_of(tmp_path, version)
    assert {table: rows for table, rows in found.items() if rows != tidy[table]} == {}


def write_column(folder: Path, version: str, table: str, field: str, change: Callable[[str], str]) -> None:
    """Write the clean set with one column changed."""
    tables = clean_tables(version)
    for row in tables[table]:
        row[field] = change(row[field])
    write_tables(folder / version, tables, "clean")


def american(text: str) -> str:
    return date.fromisoformat(text).strftime("%m/%d/%Y") if text else text


@pytest.mark.parametrize(
    ("version", "table", "field"),
    [
        ("v2_1", "IDS101Referral", "ReferralRequestReceivedDate"),
        ("v2_1", "IDS001MPI", "PersonBirthDate"),
        ("v2_0", "IDS201CareContact", "CareContDate"),
        ("v1_5", "Appointment", "APPOINTMENT"),
    ],
)
def test_a_column_that_only_fits_month_first_stops_the_build(
    version: str, table: str, field: str, tmp_path: Path
) -> None:
    days = iter(range(10_000))
    write_column(
        tmp_path, version, table, field, lambda text: american(f"2022-0{next(days) % 9 + 1}-25") if text else text
    )
    with pytest.raises(InputError) as error:
        read(tmp_path, version)
    message = str(error.value)
    assert f"{version}/{table}/clean.csv: column {field} has the month first" in message
    assert "\n" not in message
    assert "/25/" not in message


@pytest.mark.parametrize(
    "form", ['="%m/%d/%Y"', "'%m/%d/%Y", "b'%m/%d/%Y'", "\u00a0%m/%d/%Y", "\ufeff%m-%d-%Y", "%m %d %Y"]
)
def test_month_first_dates_stop_the_build_whatever_is_put_around_them(form: str, tmp_path: Path) -> None:
    write_column(tmp_path, "v2_1", "IDS101Referral", "ServDischDate", lambda _: date(2022, 4, 25).strftime(form))
    with pytest.raises(InputError, match="column ServDischDate has the month first"):
        read(tmp_path, "v2_1")


def test_month_first_dates_in_parquet_stop_the_build(tmp_path: Path) -> None:
    write_column(tmp_path, "v2_1", "IDS101Referral", "ServDischDate", lambda text: "04/25/2022")
    file = tmp_path / "v2_1" / "IDS101Referral" / "clean.csv"
    duckdb.read_csv(str(file), all_varchar=True).write_parquet(str(file.with_suffix(".parquet")))
    file.unlink()
    with pytest.raises(InputError, match="column ServDischDate has the month first"):
        read(tmp_path, "v2_1")


def moments_of_referrals(tmp_path: Path, moments: list[str], form: str) -> None:
    """Write referrals received at ISO moments, in a form of ``strftime``; in Parquet of moments or text if it is so."""
    tables = clean_tables("v2_1")
    row = tables["IDS101Referral"][0]
    kind, _, form = form.rpartition(":parquet:")
    texts = [datetime.fromisoformat(moment).strftime(form) for moment in moments]
    tables["IDS101Referral"] = [{**row, "ReferralRequestReceivedDate": text} for text in texts]
    write_tables(tmp_path / "v2_1", tables, "clean")
    if kind:
        file = tmp_path / "v2_1" / "IDS101Referral" / "clean.csv"
        rows = duckdb.read_csv(str(file), all_varchar=True)
        column = f"cast(ReferralRequestReceivedDate as {kind}) as ReferralRequestReceivedDate"
        rows.query("rows", f"select * replace ({column}) from rows").write_parquet(str(file.with_suffix(".parquet")))
        file.unlink()


MOMENTS = (
    *("%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M", "%d%b%Y:%H:%M:%S", "%Y-%m-%dT%H:%M:%S.000", "%d/%m/%Y %I:%M:%S %p"),
    *(f"{kind}:parquet:%Y-%m-%d %H:%M:%S" for kind in ("varchar", "timestamp", "timestamp_ns", "timestamp_s")),
)
"""Forms of moments without a zone, in CSV and Parquet."""


@pytest.mark.parametrize("form", MOMENTS)
def test_midnights_of_summer_by_the_clock_of_greenwich_stop_the_build(form: str, tmp_path: Path) -> None:
    """1 April and 1 July in England, and 1 December, when the clocks are the same: the days would be other ones."""
    moments_of_referrals(tmp_path, ["2022-03-31 23:00", "2022-06-30 23:00", *["2022-12-01 00:00"] * 8], form)
    with pytest.raises(InputError) as error:
        read(tmp_path, "v2_1")
    message = str(error.value)
    assert "column ReferralRequestReceivedDate has midnights of summer at 23:00 of the day before" in message
    assert "\n" not in message
    assert "2022-03-31" not in message


@pytest.mark.parametrize("form", MOMENTS)
@pytest.mark.parametrize(
    "moments",
    [
        # In winter eleven in the evening is eleven in England.
        ["2022-12-01 23:00"] * 3,
        # One late evening among many days of summer.
        ["2022-07-01 23:00", *["2022-07-01 09:30"] * 10],
        ["2022-07-01 00:00", "2022-07-01 23:59", "2022-07-01 11:00"],
    ],
)
def test_moments_of_a_day_are_of_that_day(moments: list[str], form: str, tmp_path: Path) -> None:
    moments_of_referrals(tmp_path, moments, form)
    found = read(tmp_path, "v2_1").execute(
        "select cast(ReferralRequestReceivedDate as varchar) from raw.v2_ids101referral"
    )
    assert [day for (day,) in found.fetchall()] == [moment[:10] for moment in moments]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        # Both readings fit: day first, as the data set has it.
        (["03/04/2022", "05/04/2022"], ["2022-04-03", "2022-04-05"]),
        # One value that fits day first alone settles the column; what does not fit is unreadable.
        (["13/04/2022", "04/25/2022"], ["2022-04-13", None]),
        # One slip among many ISO dates is a slip, not a column of American dates.
        (["2022-04-02"] * 19 + ["04/25/2022"], ["2022-04-02"] * 19 + [None]),
    ],
)
def test_a_column_that_fits_day_first_is_read_so(texts: list[str], expected: list[str | None], tmp_path: Path) -> None:
    tables = clean_tables("v2_1")
    row = tables["IDS101Referral"][0]
    tables["IDS101Referral"] = [{**row, "ReferralRequestReceivedDate": text} for text in texts]
    write_tables(tmp_path / "v2_1", tables, "clean")
    found = read(tmp_path, "v2_1").execute(
        "select cast(ReferralRequestReceivedDate as varchar) from raw.v2_ids101referral order by source_row"
    )
    assert [day for (day,) in found.fetchall()] == expected


def births(tmp_path: Path, texts: list[str], *received: str) -> list[tuple[object, ...]]:
    tables = clean_tables("v2_1")
    person, referral = tables["IDS001MPI"][0], tables["IDS101Referral"][0]
    for rows in tables.values():
        for row in rows:
            for field in row:
                if "Date" in field:
                    row[field] = ""
    tables["IDS001MPI"] = [{**person, "PersonBirthDate": text} for text in texts]
    tables["IDS101Referral"] = [
        {**referral, "ReferralRequestReceivedDate": text} for text in received or ("2022-04-01",)
    ]
    write_tables(tmp_path / "v2_1", tables, "clean")
    return (
        read(tmp_path, "v2_1")
        .execute(
            "select cast(PersonBirthDate as varchar), PersonBirthDate__unreadable, PersonBirthDate__short_year "
            "from raw.v2_ids001mpi order by source_row"
        )
        .fetchall()
    )


def test_serial_births_are_counted_as_the_other_dates_of_the_extract(tmp_path: Path) -> None:
    """7305 days from day 0 of SAS are 20 years of 365 days with five leap days, and for Excel 60 years less."""
    assert births(tmp_path / "sas", ["7305"], "22737") == [("1980-01-01", False, False)]
    assert births(tmp_path / "excel", ["7305"], "44652") == [("1919-12-31", False, False)]


def test_serial_births_alone_tell_by_their_ends_or_not_at_all(tmp_path: Path) -> None:
    assert births(tmp_path / "negative", ["-1", "7305"])[0][0] == "1959-12-31"
    assert births(tmp_path / "late", ["29221", "7305"])[0][0] == "1980-01-01"
    assert births(tmp_path / "neither", ["7305"]) == [(None, True, False)]


def test_long_births_are_seconds_of_spss_where_the_other_dates_are(tmp_path: Path) -> None:
    """Seconds since 14 October 1582 (IBM's documentation): to 1980-01-01 145,080 days, to 2022-04-01 160,511."""
    spss = births(tmp_path / "spss", ["12534912000", "7305"], "13868150400")
    assert spss == [("1980-01-01", False, False), (None, True, False)]
    # As milliseconds since 1970 the number is one of May of that year.
    unix = births(tmp_path / "unix", ["12534912000", "315532800000"], "1648771200000")
    assert unix == [("1970-05-26", False, False), ("1980-01-01", False, False)]


@pytest.mark.parametrize(
    ("others", "texts", "expected"),
    [
        # Serials of two programs among the other dates: none says which of two readings the births have.
        (("13868150400", "44652"), ["12534912000"], [(None, True)]),
        (("13868150400", "22737"), ["12534912000", "-60000000000"], [(None, True), (None, True)]),
        (("13868150400", "1648771200000"), ["12534912000"], [(None, True)]),
        # No other date is a number, and every birth would be of two months of 1970: judged by the whole column.
        (("2022-04-01",), ["12534912000", "11588486400"], [(None, True), (None, True)]),
        (("2022-04-01",), ["12534912000", "-788918400000"], [("1970-05-26", False), ("1945-01-01", False)]),
        (("44652",), ["12534912000", "946684800000"], [("1970-05-26", False), ("2000-01-01", False)]),
    ],
)
def test_births_of_spss_are_never_of_1970(
    others: tuple[str, ...], texts: list[str], expected: list[tuple[str | None, bool]], tmp_path: Path
) -> None:
    """12,534,912,000 seconds from 14 October 1582 are 1980-01-01, and milliseconds from 1970 a day of its May."""
    assert [row[:2] for row in births(tmp_path, texts, *others)] == expected


def days_of_excel(day_0: str, text: str) -> str:
    return str((date.fromisoformat(text) - date.fromisoformat(day_0)).days)


def in_excel(version: str, tmp_path: Path, day_0: str, table: str, column: str, days: list[str], month: str) -> None:
    """Write one month, its days of a column as Excel counts them from a day 0."""
    tables = clean_tables(version)
    header = "Header" if version == "v1_5" else "IDS000Header"
    start = "START_DATE" if version == "v1_5" else "ReportingPeriodStartDate"
    tables[header] = [{**tables[header][0], start: "2022-04-01" if table != header else month}]
    row = tables[table][0]
    tables[table] = [{**row, column: days_of_excel(day_0, day)} for day in days]
    write_tables(tmp_path / version, tables, "clean")


OF_APRIL = ["2022-04-30", *["2022-03-15"] * 19]


@pytest.mark.parametrize(
    ("version", "table", "column", "days"),
    [
        ("v2_1", "IDS101Referral", "ReferralRequestReceivedDate", OF_APRIL),
        ("v2_0", "IDS101Referral", "ServDischDate", OF_APRIL),
        ("v1_5", "Appointment", "APPOINTMENT", OF_APRIL),
        ("v1_5", "Referral", "REFRECDATE", OF_APRIL),
        ("v2_1", "IDS201CareContact", "CareContDate", OF_APRIL),
        ("v2_1", "IDS000Header", "ReportingPeriodStartDate", ["2022-04-01"]),
        ("v1_5", "Header", "START_DATE", ["2022-04-01"]),
    ],
)
def test_days_of_excel_from_1904_stop_the_build(
    version: str, table: str, column: str, days: list[str], tmp_path: Path
) -> None:
    """From 1 January 1904 to 1 April 2022 there are 43,190 days, four years and a day less than from day 0 of 1900."""
    assert days_of_excel("1904-01-01", "2022-04-01") == "43190" == str(44652 - 1462)
    in_excel(version, tmp_path, "1904-01-01", table, column, days, "43190")
    with pytest.raises(InputError) as error:
        read(tmp_path, version)
    message = str(error.value)
    assert message.startswith(f"{version}/{table}/clean.csv: column {column} of {table} holds numbers of Excel")
    assert "1904" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    "days",
    [
        OF_APRIL,
        # Referrals of years before that are still open, and one of last month.
        ["2022-03-31", *["2018-03-15"] * 19],
        # Nobody came for three years, or for five.
        ["2019-04-15"] * 20,
        ["2017-04-15"] * 20,
        # A few open referrals of four years ago alone say nothing of a workbook.
        ["2018-04-15"] * 19,
    ],
)
def test_days_of_excel_from_1900_are_the_days_that_they_are(days: list[str], tmp_path: Path) -> None:
    column = "ReferralRequestReceivedDate"
    in_excel("v2_1", tmp_path, "1899-12-30", "IDS101Referral", column, days, "")
    found = read(tmp_path, "v2_1").execute(f"select cast({column} as varchar) from raw.v2_ids101referral").fetchall()
    assert sorted(day for (day,) in found) == sorted(days)


def test_births_that_are_the_only_numbers_of_excel_are_said(tmp_path: Path) -> None:
    births(tmp_path / "alone", ["29221", "36526"])
    births(tmp_path / "beside", ["29221", "36526"], "44652")
    notices = {
        way: [
            line
            for line in create_views(duckdb.connect(), CONTRACTS["mds_v2"], tmp_path / way, "MDS_DIR")
            if "1904" in line
        ]
        for way in ("alone", "beside")
    }
    assert notices["beside"] == []
    assert len(notices["alone"]) == 1


@pytest.mark.parametrize("texts", [["f47ac10b-58cc", "f47ac10b-58cd"], ["first load", "second load"], ["2022-04-01"]])
def test_numbers_of_loads_that_are_none_stop_the_build(texts: list[str], tmp_path: Path) -> None:
    tables = clean_tables("v2_1")
    row = tables["IDS101Referral"][0]
    tables["IDS101Referral"] = [{**row, "AuditId": text} for text in texts]
    write_tables(tmp_path / "v2_1", tables, "clean")
    with pytest.raises(InputError) as error:
        read(tmp_path, "v2_1")
    message = str(error.value)
    assert message.startswith("v2_1/IDS101Referral/clean.csv: AuditId of IDS101Referral holds no number of a load in ")
    assert not any(text in message for text in texts)
    assert "\n" not in message


def test_a_birth_is_no_placeholder_of_another_column(tmp_path: Path) -> None:
    found = births(
        tmp_path, ["1970-01-01", "1960-01-01", "1900-01-01", "1900-01-02", "01/01/45", "17JUN61", "9999-12-31"]
    )
    assert found == [
        ("1970-01-01", False, False),
        ("1960-01-01", False, False),
        (None, False, False),
        ("1900-01-02", False, False),
        ("2045-01-01", False, True),
        ("2061-06-17", False, True),
        (None, False, False),
    ]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("5.0::double", "5"),
        ("5::tinyint", "5"),
        ("5.00::decimal(9, 2)", "5"),
        ("'nan'::double", None),
        ("'ab-c'", "AB-C"),
        ("'a1b2c3d4-0000-4000-8000-0000000000ff'::uuid", "A1B2C3D4-0000-4000-8000-0000000000FF"),
        ("9007199254740992::double", "9007199254740992"),
        # Beyond what the type tells apart, and what a spreadsheet makes of a long number: digits are lost.
        ("9007199254740994::double", None),
        ("16777218::float", None),
        ("'1.23457E+11'", None),
        ("'1E5'", "1E5"),
        ("'NA12'", "NA12"),
        ("'Nile'", "NILE"),
        ("'-'", None),
        ("'5.5'", "5.5"),
        # One identifier in two forms; what only looks like one keeps its own.
        ("'{a1b2c3d4-0000-4000-8000-0000000000ff}'", "A1B2C3D4-0000-4000-8000-0000000000FF"),
        ("'{patient-7}'", "{PATIENT-7}"),
        ("'0x00FFa1b2c3d4e5f6a7b8'", "00FFA1B2C3D4E5F6A7B8"),
        ("' 0X00ffa1b2c3d4e5f6a7b8'", "00FFA1B2C3D4E5F6A7B8"),
        ("'0x12'", "0X12"),
        ("'0xyz'", "0XYZ"),
        ("'943 476 5919'", "9434765919"),
        ("'943 4765919'", "943 4765919"),
        # Leading zeros are a provider's own.
        ("'0007'", "0007"),
    ],
)
def test_identifiers_of_every_physical_type(sql: str, expected: str | None, tmp_path: Path) -> None:
    write_tables(tmp_path / "v2_1", clean_tables("v2_1"), "clean")
    folder = tmp_path / "v2_1" / "IDS001MPI"
    duckdb.sql(f"select {sql} as LocalPatientId, 'S1' as UniqueSubmissionID, 'A' as EthnicCategory").write_parquet(
        str(folder / "typed.parquet")
    )
    found = read(tmp_path, "v2_1").execute(
        "select LocalPatientId from raw.v2_ids001mpi where source_file like '%parquet'"
    )
    assert found.fetchall() == [(expected,)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("46::float", "46"),
        ("720433000::double", "720433000"),
        # A float of 32 bits tells no nine digits apart: 720433000 may have been 720433001, another question.
        ("720433000::float", None),
        ("999671000000103::double", "999671000000103"),
        ("99967100000010312::double", None),
    ],
)
def test_codes_that_lost_digits_are_none(sql: str, expected: str | None, tmp_path: Path) -> None:
    write_tables(tmp_path / "v2_1", clean_tables("v2_1"), "clean")
    folder = tmp_path / "v2_1" / "IDS607CodedScoreAssessmentAct"
    duckdb.sql(
        f"select 'S1' as UniqueSubmissionID, 'a' as CareActId, {sql} as CodedAssToolType, '9' as PersScore"
    ).write_parquet(str(folder / "typed.parquet"))
    found = read(tmp_path, "v2_1").execute(
        "select CodedAssToolType from raw.v2_ids607codedscoreassessmentact where source_file like '%parquet'"
    )
    assert found.fetchall() == [(expected,)]


@pytest.mark.parametrize(
    ("version", "column"), [("v2_1", "UniqueSubmissionID"), ("v1_5", "HEADER_ID"), ("v1_5", "IAPT_RECORD_NUMBER")]
)
def test_a_number_of_nhs_england_is_one_whatever_zeros_stand_before_it(version: str, column: str) -> None:
    said = {"0007": "7", " 007.0 ": "7", "7": "7", "700": "700", "0": "0", "000": "000", "0A7": "0A7", "00-7": "00-7"}
    table = {"v1_5": "Person", "v2_1": "IDS101Referral"}[version]
    found = COLUMNS[SOURCE[version], table, column]
    connection = duckdb.connect()
    connection.execute("create table texts as select unnest(?) as text", [list(said)])
    read_text = f"select text, {text_expression(found, 'text', 'VARCHAR', RULES)} from texts"
    assert dict(connection.execute(read_text).fetchall()) == said


# Each branch of the cleaning: clean, clean between spaces, one letter, empty, and the patterns.
CODES_READ = {
    "F32.1": "F32.1", " F32.1 ": "F32.1", "N": "N", " M ": "M", "n": "n", "UU": "UU", " UU": "UU", "A1.0": "A1.0",
    "5.0": "5", " 05.00": "05", "5.5": "5.5", "1,234": "1234", "-1": "-1", '="N"': "N", "": None, "  ": None, "-": None,
    "_": None, "~": None, "..": None, "NA": None, " na ": None, "n.a.": None, "N/A": None, "None": None,
}  # fmt: skip


def test_codes_are_read_the_same_beside_clean_ones_and_alone() -> None:
    code = COLUMNS["mds_v2", "IDS603PresentingComplaints", "PresComp"]
    connection = duckdb.connect()
    connection.execute("create table texts as select unnest(?) as text", [[*CODES_READ, None]])
    read_text = f"select text, {text_expression(code, 'text', 'VARCHAR', RULES)} from texts"
    assert dict(connection.execute(read_text).fetchall()) == {**CODES_READ, None: None}
    alone = {text: connection.execute(f"{read_text} where text = ?", [text]).fetchall() for text in CODES_READ}
    assert alone == {text: [(text, expected)] for text, expected in CODES_READ.items()}


@pytest.mark.parametrize("day", ["date '9999-12-31'", "timestamp '1900-01-01 00:00:00'", "date '2099-12-31'"])
def test_typed_dates_that_stand_for_none_are_none(day: str, tmp_path: Path) -> None:
    write_tables(tmp_path / "v2_1", clean_tables("v2_1"), "clean")
    file = tmp_path / "v2_1" / "IDS101Referral" / "clean.csv"
    duckdb.sql(f"select * replace ({day} as ServDischDate) from read_csv('{file}', all_varchar = true)").write_parquet(
        str(file.with_suffix(".parquet"))
    )
    file.unlink()
    found = read(tmp_path, "v2_1").execute(
        "select distinct ServDischDate, ServDischDate__unreadable from raw.v2_ids101referral"
    )
    assert found.fetchall() == [(None, False)]


def test_text_keeps_its_text_and_codes_that_look_blank_are_codes(tmp_path: Path) -> None:
    tables = clean_tables("v2_1")
    tables["IDS205InternetTherLog"][0]["IntEnabledTherProg"] = "None"
    tables["IDS602LongTermCondition"][0]["LongTermCondition"] = "NONE"
    tables["IDS607CodedScoreAssessmentAct"][0]["PersScore"] = "NA"
    write_tables(tmp_path / "v2_1", tables, "clean")
    connection = read(tmp_path, "v2_1")
    for table, column, text in [
        ("v2_ids205internettherlog", "IntEnabledTherProg", "None"),
        ("v2_ids602longtermcondition", "LongTermCondition", "NONE"),
        ("v2_ids607codedscoreassessmentact", "PersScore", "NA"),
    ]:
        found = connection.execute(f"select {column} from raw.{table} where source_row = 0").fetchall()
        assert found == [(text,)]


def test_a_time_of_day_as_a_fraction_is_read(tmp_path: Path) -> None:
    tables = clean_tables("v2_1")
    for row, text in zip(tables["IDS201CareContact"], ["0.375", "09:00", " 09:00:00", "NULL", "soon"], strict=False):
        row["CareContTime"] = text
    write_tables(tmp_path / "v2_1", tables, "clean")
    found = read(tmp_path, "v2_1").execute(
        "select cast(CareContTime as varchar), CareContTime__unreadable from raw.v2_ids201carecontact "
        "order by source_row limit 5"
    )
    nine = ("09:00:00", False)
    assert found.fetchall() == [nine, nine, nine, (None, False), (None, True)]


def test_a_time_of_day_is_read_in_other_ways_or_not_at_all(tmp_path: Path) -> None:
    """What stands for two times, such as seconds since midnight beside hours without a zero, is unreadable."""
    said = {"24:00": "24:00:00", "2400": "24:00:00", "900": "09:00:00", "930.0": "09:30:00", "0900 hrs": "09:00:00"}
    said |= {"9:00 p.m.": "21:00:00", "12:30 a.m.": "00:30:00", "T09:00:00": "09:00:00", "09:00:00.5": "09:00:00.5"}
    said |= {"Jan  1 1900  9:00PM": "21:00:00", "01JAN1960:09:05:00": "09:05:00", "01-Jan-1900 09:00": "09:00:00"}
    said |= {"12/30/1899 9:00:00 PM": "21:00:00", "0 days 09:00:00.000000": "09:00:00", "44671.375": "09:00:00"}
    said |= {"4.166667E-2": "01:00:00"}
    unread = ["32400", "90000", "1 days 09:00:00", "9", "21:00 PM", "09:60", "25:00", "9 o'clock", "1.375"]
    tables = clean_tables("v2_1")
    contact = tables["IDS201CareContact"][0]
    tables["IDS201CareContact"] = [{**contact, "CareContTime": text} for text in [*said, *unread]]
    write_tables(tmp_path / "v2_1", tables, "clean")
    found = read(tmp_path, "v2_1").execute(
        "select cast(CareContTime as varchar), CareContTime__unreadable from raw.v2_ids201carecontact "
        "order by source_row"
    )
    assert found.fetchall() == [*((time, False) for time in said.values()), *((None, True) for _ in unread)]


def test_a_code_that_became_a_power_of_ten_is_the_code_that_it_was(tmp_path: Path) -> None:
    """Java and Spark write doubles of ten million and more so; digits that were lost do not come back."""
    said = {"7.20433E8": "720433000", "7.20433E+08": "720433000", "4.91581000000104E14": "491581000000104"}
    said |= {"1.25E1": "1.25E1", "1.234567890123456789E18": "1.234567890123456789E18", "5E2": "5E2"}
    tables = clean_tables("v2_1")
    score = tables["IDS607CodedScoreAssessmentAct"][0]
    tables["IDS607CodedScoreAssessmentAct"] = [{**score, "CodedAssToolType": text} for text in said]
    write_tables(tmp_path / "v2_1", tables, "clean")
    found = read(tmp_path, "v2_1").execute(
        "select CodedAssToolType from raw.v2_ids607codedscoreassessmentact order by source_row"
    )
    assert [code for (code,) in found.fetchall()] == list(said.values())


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        ("{number: [A]}", "value_kinds number is none of"),
        ("{identifier: [B]}", "no column B"),
        ("{birth_date: [A]}", "kind"),
        ("{}, identifiers_in_numbers: [C]", "no column C"),
    ],
)
def test_a_kind_that_is_not_there_is_named(kinds: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "sources.yml"
    file.write_text(
        f"""
sources:
  - name: s
    config: {{meta: {{input_folders: {{}}, value_kinds: {kinds}}}}}
    tables:
      - name: t
        columns: [{{name: A, data_type: varchar}}]
"""
    )
    with pytest.raises(ValueError, match=message):
        read_contracts([file])


@pytest.mark.parametrize(
    ("version", "table", "field"),
    [
        ("v2_1", "IDS101Referral", "Recovery_Flag"),
        ("v2_0", "IDS101Referral", "UsePathway_Flag"),
        ("v1_5", "Referral", "IC_RECOVERY_FLAG"),
    ],
)
def test_a_flag_is_true_in_every_way_of_writing_it(version: str, table: str, field: str, tmp_path: Path) -> None:
    """Access writes true as -1, MySQL a bit as a byte; what is neither true nor false is unreadable."""
    said: dict[str, bool | None] = {"-1": True, "1": True, "Y": True, "true": True, "1.0": True, "0": False, "N": False}
    said |= {"\x01": True, "\\x01": True, "b'\\x01'": True, "0x01": True, "b'1'": True}
    said |= {"\x00": False, "\\x00": False, "b'\\x00'": False, "0x0": False, "\\0": False}
    said |= {"-2": None, "perhaps": None, "\\x02": None, "0x10": None}
    # A field of fixed width that is filled up with zero bytes holds nothing.
    nothing = ["\x00\x00", " \x00 ", ""]
    tables = clean_tables(version)
    row = tables[table][0]
    tables[table] = [{**row, field: text} for text in (*said, *nothing)]
    write_tables(tmp_path / version, tables, "flags")
    view = {"v1_5": "v1_5_referral", "v2_0": "v2_ids101referral", "v2_1": "v2_ids101referral"}[version]
    found = (
        read(tmp_path, version)
        .execute(f"select {field}, {field}__unreadable from raw.{view} order by source_row")
        .fetchall()
    )
    assert found == [*((value, value is None) for value in said.values()), *[(None, False)] * len(nothing)]


def test_a_bit_in_parquet_is_a_flag(tmp_path: Path) -> None:
    """Binary columns, as drivers hand over the bits of MySQL."""
    tables = clean_tables("v2_1")
    tables["IDS101Referral"] = [{**tables["IDS101Referral"][0], "Recovery_Flag": text} for text in ("1", "0", "")]
    write_tables(tmp_path / "v2_1", tables, "flags")
    file = tmp_path / "v2_1" / "IDS101Referral" / "flags.csv"
    rows = duckdb.read_csv(str(file), all_varchar=True)
    flag = "case Recovery_Flag when '1' then '\\x01'::blob when '0' then '\\x00'::blob end as Recovery_Flag"
    rows.query("rows", f"select * replace ({flag}) from rows").write_parquet(str(file.with_suffix(".parquet")))
    file.unlink()
    found = read(tmp_path, "v2_1").execute(
        "select Recovery_Flag, Recovery_Flag__unreadable from raw.v2_ids101referral order by source_row"
    )
    assert found.fetchall() == [(True, False), (False, False), (None, False)]
