"""NHS statistics on Talking Therapies, as published, into long views of cells: the annual ones here.

The monthly ones of the same folder are read by :mod:`iapt_equity.inputs.published_monthly`. Two annual file shapes are
read, from any depth below the folder:

* ``raw_main``: the wide "main" CSV of an annual report, 2017-18 on, one row per organisation and breakdown and one
  column per measure. Its year stands in the file name only. Column names drift from year to year; a seed of the
  warehouse says which measure each stands for.
* ``tidy``: the long tables that the R package *nhstt* makes of them (``measures_annual.parquet`` and
  ``measures_annual_legacy_format.parquet``), CSV or Parquet.

Values stay text, with every mark the publisher set; what a mark means is a rule of the warehouse, not of the reader.
Notes that publishers and spreadsheets add below the rows are left out and said.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa

from iapt_equity.inputs.csv_rows import SCHEMA
from iapt_equity.inputs.csv_text import BROKEN, NAMELESS, Dialect, open_rows, read_header, record_width
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import FileGroup, group_files, quote_name, quote_string, reads_fast, scan_sql
from iapt_equity.inputs.folders import (
    OTHER_HEADER,
    OTHER_STATISTICS,
    PARQUET_ENDINGS,
    REASONS,
    TEXT_ENDINGS,
    ending,
    list_unread,
    look_into,
)
from iapt_equity.inputs.naming import plain_name
from iapt_equity.inputs.published_monthly import (
    create_monthly_view,
    is_monthly_row,
    missing_monthly_columns,
    monthly_select,
    monthly_shape,
)

VIEW = "raw.published_annual_measures"
"""The view that :func:`create_published_views` makes."""

VIEW_COLUMNS = (
    "file_name",
    "file_shape",
    "reporting_period",
    "organisation_type",
    "organisation_code",
    "organisation_name",
    "variable_type",
    "variable_a",
    "variable_b",
    "source_column",
    "value_text",
)
"""Columns of the view, all text. ``source_column`` is the column of the raw file, or ``<statistic>_<measure>``."""

RAW_MAIN = "raw_main"
TIDY = "tidy"

VARIABLE = "PUBLISHED_DIR"
"""Environment variable of the folder."""

_RAW_LABELS = ("orgtype", "orgcode", "orgname", "variabletype", "variablea", "variableb")
# Without these no outcome rate can be made; all other measures may be absent.
_RAW_MEASURES = ("countreferralsreceived", "countfinishedcoursetreatment", "countnotatcaseness", "countrecovery")
_TIDY_LABELS = ("reportingperiod", *_RAW_LABELS)
_TIDY_COLUMNS = (*_TIDY_LABELS, "measurename", "measurestatistic", "value")
# A column that tells another tidy table (mean scores at start and end) from the measures.
_NOT_TIDY_MEASURES = "measuretime"
_TIDY_MEASURES = ("referrals_received", "finished_course_treatment")
# More lines than that below the rows are no notes, but a file that is broken.
_MOST_NOTES = 50
_BATCH = 20_000
_PERIOD = re.compile(r"(?<!\d)(20\d\d)[-_ ]?(\d\d)(?!\d)")


@dataclass(frozen=True)
class _Table:
    """One file of the folder: its name below the folder, its columns, and the SQL that reads it as it is.

    ``note_count`` is the number of lines below the rows that are no rows.
    """

    path: Path
    name: str
    scan: str
    columns: dict[str, str]
    note_count: int = 0


def create_published_views(connection: duckdb.DuckDBPyConnection, published_dir: Path | None) -> list[str]:
    """Create the views ``raw.published_annual_measures`` and ``raw.published_monthly_measures`` over a folder.

    Every file is looked at before anything is created, so a bad folder leaves the connection as it was.

    Args:
        connection: Connection to the database that is to hold the views.
        published_dir: Folder with raw annual "main" CSV files, monthly activity CSV files and/or tidy tables, at any
            depth; None for no input, which makes empty views of the same columns.

    Returns:
        One-line notices for the user: no input, or files of the folder that are other statistics.

    Raises:
        InputError: If the folder is missing or holds no such statistics, a file cannot be read, a file named as
            annual main or monthly statistics is of an unknown shape or lacks a column, a raw file's name gives no year,
            two raw files give the same year, a row of a tidy file has no financial year, or one of a monthly file no
            month. One line that names the file and what was expected.
    """
    connection.execute("begin transaction")
    try:
        notices = _read_folder(connection, published_dir)
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return notices


def _read_folder(connection: duckdb.DuckDBPyConnection, published_dir: Path | None) -> list[str]:
    if published_dir is None:
        _create_view(connection, [])
        create_monthly_view(connection, [])
        list_unread(connection, VARIABLE, VARIABLE, Path(), {})
        return ["PUBLISHED_DIR not given: the marts on published statistics are empty"]
    if not published_dir.is_dir():
        raise InputError(f"PUBLISHED_DIR: folder '{published_dir}' does not exist; expected NHS annual statistics")
    selects: list[str] = []
    monthly_selects: list[str] = []
    notices: list[str] = []
    raw_names: dict[str, str] = {}
    found = look_into(published_dir)
    for place, path in enumerate(found.data):
        name = path.relative_to(published_dir).as_posix()
        is_text = ending(path) in TEXT_ENDINGS
        table = _open_text(connection, path, name, place) if is_text else _open_table(connection, path, name, place)
        monthly = None if table is None else monthly_shape(table.columns)
        shape = monthly or (None if table is None else _shape(connection, table, is_text))
        if table is None or shape is None:
            found.unread[path] = OTHER_HEADER if is_text else OTHER_STATISTICS
            continue
        if monthly:
            monthly_selects.append(monthly_select(connection, name, monthly, table.scan, table.columns))
        elif shape == TIDY:
            selects.append(_tidy_select(connection, table))
        else:
            selects.append(_raw_select(table, _new_period(table, raw_names)))
        if note_count := table.note_count + _padded_note_count(connection, table):
            notices.append(f"PUBLISHED_DIR: {table.name}: {note_count} lines of notes below the rows left out")
    if not selects and not monthly_selects:
        raise InputError(
            f"PUBLISHED_DIR: no annual statistics in '{published_dir}', nor monthly ones; "
            "expected raw annual main CSV files or measures_annual.parquet, or activity_performance_monthly.parquet"
        )
    _create_view(connection, selects)
    create_monthly_view(connection, monthly_selects)
    list_unread(connection, VARIABLE, VARIABLE, published_dir, found.unread)
    skipped = [path.relative_to(published_dir).as_posix() for path in found.data if path in found.unread]
    skipped = [name for name in skipped if ending(Path(name)) not in TEXT_ENDINGS]
    if skipped:
        notices.append(f"PUBLISHED_DIR: skipped, {REASONS[OTHER_STATISTICS]}: {', '.join(skipped)}")
    return notices


def _new_period(table: _Table, raw_names: dict[str, str]) -> str:
    """Find the year of a raw file, which no other raw file may have, and note it."""
    period = _reporting_period(table)
    if period in raw_names:
        raise InputError(
            f"{table.name}: a second raw main file for {period} beside {raw_names[period]}; expected one file a year"
        )
    raw_names[period] = table.name
    return period


def _open_text(connection: duckdb.DuckDBPyConnection, path: Path, name: str, place: int) -> _Table | None:
    """Open a file whose ending other text shares; None where it is no table of annual statistics."""
    try:
        _, names = read_header(path)
    except InputError:
        return None
    keys = {plain_name(column) for column in names}
    is_annual = keys.issuperset((*_RAW_LABELS, *_RAW_MEASURES)) or keys.issuperset(_TIDY_COLUMNS)
    if not is_annual and monthly_shape(dict.fromkeys(keys, "")) is None:
        return None
    return _open_table(connection, path, name, place)


def _open_table(connection: duckdb.DuckDBPyConnection, path: Path, name: str, place: int) -> _Table:
    try:
        (group,) = group_files(connection, [path], "")
    except InputError as error:
        raise InputError(f"{name}: {str(error).removeprefix(f'{path}: ')}") from error
    columns: dict[str, str] = {}
    for column, kind in group.columns:
        if column.startswith(NAMELESS) or kind.endswith("]") or kind.startswith(("STRUCT", "MAP")):
            continue
        columns.setdefault(plain_name(column), column)
    scan, note_count = scan_sql(group), 0
    if group.is_csv and not reads_fast(group, path):
        scan, note_count = _load_rows(connection, group, path, name, place)
    elif ending(path) in PARQUET_ENDINGS:
        try:
            # Reading the last column of every row brings to light a broken row here, not in the middle of a build.
            connection.execute(f"select count({quote_name(group.columns[-1][0])}) from {scan}").fetchall()
        except duckdb.Error as error:
            raise InputError(f"{name}: cannot be read; expected a Parquet file") from error
    return _Table(path=path, name=name, scan=scan, columns=columns, note_count=note_count)


def _load_rows(
    connection: duckdb.DuckDBPyConnection, group: FileGroup, path: Path, name: str, place: int
) -> tuple[str, int]:
    """Take rows that the fast reader does not read into the build file; return the table and the number of notes."""
    if group.dialect is None:
        raise ValueError(f"{path} is no CSV file")
    names = tuple(column for column, _ in group.columns)
    target = f"{SCHEMA}.{quote_name(f'published_{place}')}"
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(
        f"create or replace table {target} ({', '.join(f'{quote_name(column)} varchar' for column in names)})"
    )
    notes: list[str] = []
    rows = _rows(path, group.dialect, names, name, notes)
    while batch := list(islice(rows, _BATCH)):
        arrays = [pa.array([row[index] or None for row in batch], pa.string()) for index in range(len(names))]
        connection.register("published_batch", pa.table(arrays, names=[f"c{index}" for index in range(len(names))]))
        connection.execute(f"insert into {target} select * from published_batch")
        connection.unregister("published_batch")
    return target, len(notes)


def _rows(path: Path, dialect: Dialect, names: tuple[str, ...], name: str, notes: list[str]) -> Iterator[list[str]]:
    """Yield the rows of a CSV file; lines below that begin as no row does are notes, and are put into ``notes``."""
    expected = "expected a CSV file with a line of column names"
    beginnings: set[str] = set()
    try:
        width = record_width(path, dialect, names)
        for row in open_rows(path, dialect):
            if len(row) == width:
                if notes:
                    raise InputError(f"{name}: cannot be read; {expected}")
                beginnings.add(row[0].strip().casefold())
                yield [*row, *("" for _ in names[width:])][: len(names)]
            elif "".join(row).strip():
                notes.append(row[0].strip().casefold())
                if len(notes) > _MOST_NOTES:
                    raise InputError(f"{name}: cannot be read; {expected}")
    except (*BROKEN, csv.Error) as error:
        raise InputError(f"{name}: cannot be read; {expected}") from error
    if notes and (not beginnings or not beginnings.isdisjoint(notes)):
        raise InputError(f"{name}: cannot be read, its last row is cut off; {expected}")


def _padded_note_count(connection: duckdb.DuckDBPyConnection, table: _Table) -> int:
    """Count the notes that a spreadsheet filled up to the width of a row: they say nothing in the labels."""
    row = connection.execute(f"select count(*) from {table.scan} where not {_is_row(table)}").fetchone()
    return 0 if row is None else int(row[0])


def _is_row(table: _Table) -> str:
    """Return the SQL that tells a row of statistics from a note: it names an organisation, a breakdown or a measure."""
    if monthly_shape(table.columns):
        return is_monthly_row(table.columns)
    labels = [quote_name(table.columns[key]) for key in _RAW_LABELS if key != "orgtype"]
    return f"(coalesce({', '.join(f'cast({label} as varchar)' for label in labels)}) is not null)"


def _shape(connection: duckdb.DuckDBPyConnection, table: _Table, is_text: bool = False) -> str | None:
    """Say what a file is by its columns; None for a table of other statistics."""
    columns = table.columns
    if all(key in columns for key in _TIDY_COLUMNS) and _NOT_TIDY_MEASURES not in columns:
        measures = ", ".join(quote_string(measure) for measure in _TIDY_MEASURES)
        found = connection.execute(
            f"select 1 from {table.scan} where {quote_name(columns['measurename'])} in ({measures}) limit 1"
        ).fetchone()
        if found:
            return TIDY
    if all(key in columns for key in (*_RAW_LABELS, *_RAW_MEASURES)):
        return RAW_MAIN
    if is_text:
        return None
    words = re.split(r"[^a-z]+", Path(table.name).stem.lower())
    if "main" in words:
        missing = [key for key in (*_RAW_LABELS, *_RAW_MEASURES) if key not in columns]
        raise InputError(f"{table.name}: not a known annual main file; expected columns like {', '.join(missing)}")
    if {"activity", "performance"}.issubset(words):
        missing = missing_monthly_columns(columns)
        raise InputError(f"{table.name}: not a known monthly file; expected columns like {', '.join(missing)}")
    if words[:2] == ["measures", "annual"]:
        missing = [key for key in _TIDY_COLUMNS if key not in columns]
        wanted = f"columns like {', '.join(missing)}" if missing else "the measure finished_course_treatment"
        raise InputError(f"{table.name}: not a known tidy table of annual measures; expected {wanted}")
    return None


def _reporting_period(table: _Table) -> str:
    """Find the financial year in the file's own name, or else in the nearest folder that names one."""
    for part in reversed(Path(table.name).parts):
        years = {f"{start}-{end}" for start, end in _PERIOD.findall(part) if int(end) == (int(start) + 1) % 100}
        if len(years) == 1:
            return years.pop()
        if len(years) > 1:
            break
    raise InputError(f"{table.name}: no financial year in the name; expected one like 2021-22")


def _raw_select(table: _Table, period: str) -> str:
    labels = [table.columns[key] for key in _RAW_LABELS]
    measures = [column for key, column in table.columns.items() if key not in _RAW_LABELS]
    values = ", ".join(f"{quote_name(column)} as {quote_string(column)}" for column in measures)
    columns = [quote_string(table.name), quote_string(RAW_MAIN), quote_string(period)]
    columns += [quote_name(column) for column in labels]
    named = ", ".join(f"{expression} as {name}" for expression, name in zip(columns, VIEW_COLUMNS, strict=False))
    # Nulls are kept: an empty cell is a cell, and its mark a matter for the warehouse.
    return (
        f"select {named}, source_column, value_text from (select * from {table.scan} where {_is_row(table)}) "
        f"unpivot include nulls (value_text for source_column in ({values}))"
    )


def _tidy_select(connection: duckdb.DuckDBPyConnection, table: _Table) -> str:
    period = f"cast({quote_name(table.columns['reportingperiod'])} as varchar)"
    unreadable = connection.execute(
        f"select count(*) from {table.scan} "
        f"where {_is_row(table)} and not coalesce({_is_financial_year(period)}, false)"
    ).fetchone()
    if unreadable and unreadable[0]:
        raise InputError(
            f"{table.name}: {table.columns['reportingperiod']}: {unreadable[0]} rows without a financial year; "
            "expected one like 2021-22"
        )

    def text(key: str) -> str:
        return f"cast({quote_name(table.columns[key])} as varchar)"

    columns = [quote_string(table.name), quote_string(TIDY), *(text(key) for key in _TIDY_LABELS)]
    columns += [f"concat_ws('_', {text('measurestatistic')}, {text('measurename')})", text("value")]
    named = ", ".join(f"{expression} as {name}" for expression, name in zip(columns, VIEW_COLUMNS, strict=True))
    return f"select {named} from {table.scan} where {_is_row(table)}"


def _is_financial_year(period: str) -> str:
    next_year = f"(try_cast(substr({period}, 3, 2) as integer) + 1) % 100"
    return rf"regexp_full_match({period}, '20\d\d-\d\d') and try_cast(right({period}, 2) as integer) = {next_year}"


def _create_view(connection: duckdb.DuckDBPyConnection, selects: list[str]) -> None:
    if not selects:
        selects = [f"select {', '.join(f'null::varchar as {name}' for name in VIEW_COLUMNS)} where false"]
    connection.execute("create schema if not exists raw")
    connection.execute(f"create or replace view {VIEW} as {' union all '.join(selects)}")
