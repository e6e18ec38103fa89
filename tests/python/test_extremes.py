"""The extreme of every type in every column of every table: the build stays green, and each value is accounted for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from pathlib import Path

import duckdb
import pytest

from dirty_corpus import Tables, clean_tables, provider_copy, write_tables
from iapt_equity.inputs.contract import Column, Table, read_project_contracts
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.reader import create_views
from in_process import PROJECT, failures, run_dbt
from warehouses import FACTS, OTHER_PARTS

pytestmark = pytest.mark.slow

CONTRACTS = read_project_contracts(PROJECT)
SOURCE = {"v1_5": "mds_v1_5", "v2_1": "mds_v2"}
# Text as a server or a spreadsheet writes it, and nothing of it a plausible value of any type but text.
NUMBERS = ("5000000000", "987654321", "-50000", "1e400", "inf")
DATES = ("infinity", "2019-02-29", "5881580-07-10", "10000-01-01", "31/12/9998", "0000-01-01", "-0044-03-15")
MARKER = "Qzmarkerq"
# A structure, marks that turn the direction of writing, an emoji, a byte of nought, a quote and a template's brackets.
NESTED = f'{{"{MARKER}": ["\u202e\U0001f600\u2066\x00", {{{{ 1 / 0 }}}}, \'; --]}}'
NEITHER = (MARKER, NESTED, "x" * 10_000, "NaN", "50000")
# No word of the project: where one stands after a build, it came from the data.
TRACES = (MARKER.lower(), "x" * 100, "987654321", "5000000000")
EXTREMES = (*NUMBERS, *DATES, *NEITHER)
IN_TYPE = {
    "DATE": ("'infinity'", "'-infinity'", "'5881580-07-10'", "'5877642-06-25 (BC)'", "'9998-12-31'", "'0001-01-02'"),
    "TIMESTAMP": ("'infinity'", "'-infinity'", "'290000-01-01 00:00:00'", "'0001-01-02 00:00:00'"),
    "BIGINT": ("5000000000", "-50000", "9223372036854775807"),
    "DOUBLE": ("987654321", "50000", "1e308", "'inf'", "'-inf'", "'nan'"),
}
TYPES = {"date": ("DATE", "TIMESTAMP"), "timestamp": ("TIMESTAMP", "DATE"), "integer": ("BIGINT", "DOUBLE")}
TYPES["double"] = ("DOUBLE", "BIGINT")
# The number of a load goes on over all extracts: any that a program can tell from the next.
LOADS = 2**53
DAYS = {"date": (date(1880, 1, 1), date(3000, 1, 1)), "timestamp": (datetime(1990, 1, 1), datetime(2101, 1, 1))}


def typed_columns(version: str) -> list[tuple[Table, Column]]:
    tables = CONTRACTS[SOURCE[version]].tables
    return [(table, column) for table in tables for column in table.columns if column.data_type in TYPES]


def is_within(value: object, column: Column) -> bool:
    if isinstance(value, (date, datetime)):
        lowest, highest = DAYS[column.data_type]
        return lowest <= value < highest  # type: ignore[operator]
    assert isinstance(value, (int, float))
    if column.data_type == "integer":
        return 0 <= value <= (LOADS if column.name == "AuditId" else 10**9)
    return abs(value) <= 1000


@pytest.mark.parametrize("version", sorted(SOURCE))
def test_what_is_out_of_range_in_a_typed_file_is_read_as_none_and_marked(version: str, tmp_path: Path) -> None:
    """Every typed column, in every physical type that can hold it; NaN is nothing and is not marked."""
    columns = typed_columns(version)
    assert len(columns) > 20
    folder = tmp_path / version
    with duckdb.connect() as connection:
        for turn in (0, 1):
            for table in CONTRACTS[SOURCE[version]].tables:
                (folder / table.name).mkdir(parents=True, exist_ok=True)
                kinds = {
                    column.name: TYPES[column.data_type][turn] if column.data_type in TYPES else "VARCHAR"
                    for column in table.columns
                }
                rows = max(len(values) for values in IN_TYPE.values())
                lines = []
                for row in range(rows):
                    values = {
                        name: IN_TYPE[kind][row % len(IN_TYPE[kind])] if kind in IN_TYPE else "null"
                        for name, kind in kinds.items()
                    }
                    listed = ", ".join(f'cast({values[name]} as {kind}) as "{name}"' for name, kind in kinds.items())
                    lines.append(f"select {listed}")
                file = (folder / table.name / f"{turn}.parquet").as_posix()
                connection.execute(f"copy ({' union all '.join(lines)}) to '{file}' (format parquet)")
    with duckdb.connect() as connection:
        create_views(connection, CONTRACTS[SOURCE[version]], tmp_path, "MDS_DIR")
        for table, column in columns:
            values = connection.execute(
                f'select "{column.name}", "{column.name}__unreadable" from raw.{table.identifier}'
            ).fetchall()
            assert len(values) == 12
            for value, is_unreadable in values:
                assert (value is None) or (is_within(value, column) and not is_unreadable), column.name
            marked = sum(is_unreadable for _, is_unreadable in values)
            assert marked >= 5, (table.name, column.name, marked)


def extreme_tables(version: str) -> Tables:
    """The clean provider once for every column and extreme, with the extreme in the column's first row."""
    clean = clean_tables(version)
    contract = CONTRACTS[SOURCE[version]]
    every: Tables = {}
    for table in contract.tables:
        blank = {column.name: "" for column in table.columns}
        rows = clean.get(table.name) or [blank]
        by_name = {name.upper(): name for name in blank}
        every[table.name] = [
            {**blank, **{by_name[field.upper()]: value for field, value in row.items() if field.upper() in by_name}}
            for row in rows
        ]
    together: Tables = {table: [] for table in every}
    numbers = count()
    for table in contract.tables:
        for column in table.columns:
            # A header of another version stops the build, and says so.
            for extreme in EXTREMES if column.name != "DatSetVer" else ():
                copy = provider_copy(every, f"X{next(numbers):04d}")
                copy[table.name] = copy[table.name] or [dict(every[table.name][0])]
                copy[table.name][0][column.name] = extreme
                for name, rows in copy.items():
                    together[name] += rows
    return together


REFERENCE = {
    "lsoa_code": "E01000001",
    "imd_decile": "5",
    "provider_code": "RAA",
    "successor_provider_code": "RBB",
    "change_month": "2018-04-01",
    "commissioner_code": "00C",
    "successor_commissioner_code": "84H",
    "ethnic_category_code": "A",
    "census_group": "White",
    "population_count": "10",
}
"""A value of each column of the reference tables; a name may be anything."""


def extremes_of(column: Column) -> tuple[str, ...]:
    """What is tried in a column of a reference table: nothing, and the extremes of its type and of none."""
    of_type = {"integer": NUMBERS, "date": DATES}.get(column.data_type, () if column.listed_in else EXTREMES)
    return tuple(dict.fromkeys(("", *of_type, *NEITHER)))


def extreme_rows(table: Table, place: int) -> list[dict[str, str]]:
    """Rows of a reference table with an extreme of a column each, under keys of their own where it is not the key's."""
    column = table.columns[place]
    rows = []
    for number, extreme in enumerate(extremes_of(column)):
        row = {one.name: REFERENCE.get(one.name, "Name") for one in table.columns}
        row[table.key[0]] = f"X{place:02d}{number:02d}"
        rows.append({**row, column.name: extreme})
    return rows


def rows_read(folder: Path, table: Table, name: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows that are read, all together or one by one; each of the others stops in one line."""
    write_tables(folder, {table.name: rows}, "extreme")
    contract = replace(CONTRACTS["reference"], tables=(table,))
    try:
        with duckdb.connect() as connection:
            create_views(connection, contract, folder, "REFERENCE_DIR")
    except InputError as error:
        if len(rows) > 1:
            half = len(rows) // 2
            return rows_read(folder, table, name, rows[:half]) + rows_read(folder, table, name, rows[half:])
        message = str(error)
        assert message.startswith(f"{table.name}/extreme.csv: 1 rows of {table.name} with a {name} ")
        assert ", first in source_row 0; expected " in message
        assert "\n" not in message
        assert not any(trace in message.lower() for trace in TRACES)
        return []
    return rows


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Rows of reference tables with an extreme that are read; the others stop in one line that does not say it."""
    folder = tmp_path_factory.mktemp("reference")
    read: Tables = {}
    for table in CONTRACTS["reference"].tables:
        read[table.name] = []
        for place, column in enumerate(table.columns):
            found = rows_read(folder, table, column.name, extreme_rows(table, place))
            is_typed = column.data_type != "varchar" or bool(column.listed_in)
            # 50000 is a plausible count, and a day of Excel's.
            assert (len(found) <= 3) is is_typed, (table.name, column.name)
            read[table.name] += found
    return read


def traces(folder: Path, *said: str) -> set[str]:
    """Files below the logs and the target folder of a run, or words of it, that hold a value of the data."""
    texts = {f"said {number}": text for number, text in enumerate(said)}
    for file in (*(folder / "logs").rglob("*"), *(folder / "target").rglob("*")):
        if file.is_file():
            texts[file.relative_to(folder).as_posix()] = file.read_text(encoding="utf-8", errors="replace")
    assert any(name.startswith("logs/") for name in texts)
    return {name for name, text in texts.items() if any(trace in text.lower() for trace in TRACES)}


def test_a_build_with_every_extreme_in_every_column_is_green_and_accounts_for_each(
    reference: Tables, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    write_tables(data / "reference", reference, "extremes")
    write_tables(data / "v2_1", clean_tables("v2_1"), "clean")
    for version in SOURCE:
        write_tables(data / version, extreme_tables(version), "extremes")
    left_out = ("--exclude", *OTHER_PARTS, "uncertain_rules", "--exclude-resource-type", "test", "unit_test")
    result = run_dbt(["build", *left_out], data, tmp_path)
    assert result.success, failures(result)
    tested = run_dbt(["test", "--select", "path:models/staging/reference"], data, tmp_path)
    assert tested.success, failures(tested)
    assert traces(tmp_path, *capfd.readouterr()) == set()
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
        counted = connection.execute(
            "select mds_version, source_table, field, value_count from quality.unreadable_values"
        ).fetchall()
        lost = connection.execute(
            "select count(*) from quality.row_accounting where read_count <> "
            "kept_count + superseded_count + quarantined_count"
        ).fetchone()
    assert lost == (0,)
    expected: Counter[tuple[str, str, str]] = Counter()
    for version in SOURCE:
        for table, column in typed_columns(version):
            # NaN means nothing; 50000 is a date of Excel (2036-11-21), and an endless date as text means none.
            lenient = {"NaN"}
            if column.data_type in ("date", "timestamp"):
                lenient |= {"50000", "infinity"}
            if column.data_type == "integer":
                lenient |= {"50000", "987654321"}
            if column.name == "AuditId":
                lenient |= {"5000000000"}
            expected[(version, table.name, column.name)] = len(set(EXTREMES) - lenient)
    found = {(version, table, field): count for version, table, field, count in counted}
    few = {key: (found.get(key, 0), least) for key, least in expected.items() if found.get(key, 0) < least}
    assert few == {}


@pytest.mark.parametrize("way", ["version", "contract", "damaged"])
def test_no_value_of_the_data_is_said_by_a_build_that_stops(
    way: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every text of the data is a marker, and the build stops where the version, a column or a row is read."""
    data = tmp_path / "data"
    contract = CONTRACTS["mds_v2"]
    tables = clean_tables("v2_1")
    kinds = {(table.name, column.name): column.data_type for table in contract.tables for column in table.columns}
    for name, rows in tables.items():
        for row in rows:
            row.update({field: MARKER for field in row if kinds[(name, field)] == "varchar" and field != "DatSetVer"})
    if way == "version":
        tables["IDS000Header"][0]["DatSetVer"] = MARKER
    if way == "contract":
        for row in tables["IDS101Referral"]:
            del row["LocalPatientId"]
    write_tables(data / "v2_1", tables, "marked")
    if way == "damaged":
        with (data / "v2_1" / "IDS001MPI" / "marked.csv").open("ab") as file:
            file.write(b"\x00" + MARKER.encode("utf-16-le"))
    result = run_dbt(["build", *FACTS], data, tmp_path)
    assert not result.success or way == "damaged"
    assert traces(tmp_path, *capfd.readouterr(), str(result.exception)) == set()
