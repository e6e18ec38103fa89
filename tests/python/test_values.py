"""Values as servers, spreadsheets and people leave them say in the typed views what the tidy ones say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path

import duckdb
import pytest

from dirty_corpus import HEADER, Tables, clean_tables, write_tables
from iapt_equity.inputs.contract import BIRTH_DATE, CODE, IDENTIFIER, TEXT, Column, read_contracts
from iapt_equity.inputs.contract import read_project_contracts as read_all
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.reader import create_views
from in_process import PROJECT

CONTRACTS = read_all(PROJECT)
RULES = CONTRACTS["mds_v2"].rules
SOURCE = {"v1_5": "mds_v1_5", "v2_0": "mds_v2", "v2_1": "mds_v2"}
COLUMNS = {
    (source, table.name, column.name): column
    for source, contract in CONTRACTS.items()
    for table in contract.tables
    for column in table.columns
}
Change = Callable[[Column, str], str]


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


def blank_as(text: str) -> Change:
    def change(column: Column, value: str) -> str:
        is_code_here = text.strip().upper() in column.keeps
        return value if value or column.kind == TEXT or is_code_here else text

    return change


def of_kind(*kinds: str, to: Callable[[str], str]) -> Change:
    return lambda column, value: to(value) if value and column.kind in kinds else value


def as_float(zeros: str) -> Change:
    def change(column: Column, value: str) -> str:
        is_number = value.isdigit() and str(int(value)) == value
        return value + zeros if is_number and column.kind in (IDENTIFIER, CODE, "integer") else value

    return change


def date_as(to: Callable[[date], str]) -> Change:
    def change(column: Column, value: str) -> str:
        return to(date.fromisoformat(value)) if value and column.data_type == "date" else value

    return change


def serial(day_0: str) -> Change:
    return date_as(lambda day: str((day - date.fromisoformat(day_0)).days))


def no_date_as(text: str) -> Change:
    return lambda column, value: text if not value and column.data_type == "date" else value


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
