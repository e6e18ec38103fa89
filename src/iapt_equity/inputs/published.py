"""NHS annual statistics on Talking Therapies, as published, into one long view of cells.

Two file shapes are read, from any depth below the folder:

* ``raw_main``: the wide "main" CSV of an annual report, 2017-18 on, one row per organisation and breakdown and one
  column per measure. Its year stands in the file name only. Column names drift from year to year; a seed of the
  warehouse says which measure each stands for.
* ``tidy``: the long tables that the R package *nhstt* makes of them (``measures_annual.parquet`` and
  ``measures_annual_legacy_format.parquet``), CSV or Parquet.

Values stay text, with every mark the publisher set; what a mark means is a rule of the warehouse, not of the reader.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb

from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import quote_name, quote_string

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

_SUFFIXES = (".csv", ".parquet")
_RAW_LABELS = ("orgtype", "orgcode", "orgname", "variabletype", "variablea", "variableb")
# Without these no outcome rate can be made; all other measures may be absent.
_RAW_MEASURES = ("countreferralsreceived", "countfinishedcoursetreatment", "countnotatcaseness", "countrecovery")
_TIDY_LABELS = ("reportingperiod", *_RAW_LABELS)
_TIDY_COLUMNS = (*_TIDY_LABELS, "measurename", "measurestatistic", "value")
# A column that tells another tidy table (mean scores at start and end) from the measures.
_NOT_TIDY_MEASURES = "measuretime"
_TIDY_MEASURES = ("referrals_received", "finished_course_treatment")
_PERIOD = re.compile(r"(?<!\d)(20\d\d)[-_ ]?(\d\d)(?!\d)")


@dataclass(frozen=True)
class _Table:
    """One file of the folder: its name below the folder, its columns, and the SQL that reads it as it is."""

    path: Path
    name: str
    scan: str
    columns: dict[str, str]


def create_published_views(connection: duckdb.DuckDBPyConnection, published_dir: Path | None) -> list[str]:
    """Create the view ``raw.published_annual_measures`` over a folder of annual statistics.

    Every file is looked at before anything is created, so a bad folder leaves the connection as it was.

    Args:
        connection: Connection to the database that is to hold the view.
        published_dir: Folder with raw annual "main" CSV files and/or tidy tables, at any depth; None for no input,
            which makes an empty view of the same columns.

    Returns:
        One-line notices for the user: no input, or files of the folder that are not annual main statistics.

    Raises:
        InputError: If the folder is missing or holds no annual statistics, a file cannot be read, a file named as
            annual main statistics is of an unknown shape or lacks a column, a raw file's name gives no year, or two
            raw files give the same year. One line that names the file and what was expected.
    """
    if published_dir is None:
        _create_view(connection, [])
        return ["PUBLISHED_DIR not given: the marts on published annual statistics are empty"]
    if not published_dir.is_dir():
        raise InputError(f"PUBLISHED_DIR: folder '{published_dir}' does not exist; expected NHS annual statistics")
    selects: list[str] = []
    skipped: list[str] = []
    raw_names: dict[str, str] = {}
    for path in _data_files(published_dir):
        table = _open_table(connection, path, path.relative_to(published_dir).as_posix())
        shape = _shape(connection, table)
        if shape is None:
            skipped.append(table.name)
        elif shape == TIDY:
            selects.append(_tidy_select(table))
        else:
            period = _reporting_period(table)
            if period in raw_names:
                raise InputError(
                    f"{table.name}: a second raw main file for {period} beside {raw_names[period]}; "
                    "expected one file a year"
                )
            raw_names[period] = table.name
            selects.append(_raw_select(table, period))
    if not selects:
        raise InputError(
            f"PUBLISHED_DIR: no annual statistics in '{published_dir}'; "
            "expected raw annual main CSV files or measures_annual.parquet"
        )
    _create_view(connection, selects)
    return [f"PUBLISHED_DIR: skipped, not annual main statistics: {', '.join(skipped)}"] if skipped else []


def _data_files(folder: Path) -> list[Path]:
    found = [
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix.lower() in _SUFFIXES and not path.name.startswith((".", "~"))
    ]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _key(label: str) -> str:
    """Lower case, letters and digits only: column names drift in case and underscores."""
    return re.sub(r"[^a-z0-9]", "", label.lower())


def _open_table(connection: duckdb.DuckDBPyConnection, path: Path, name: str) -> _Table:
    location = quote_string(path.resolve().as_posix())
    if path.suffix.lower() == ".csv":
        scan = (
            f"read_csv({location}, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', "
            f"encoding = {quote_string(_csv_encoding(path, name))})"
        )
        expected = "a CSV file with a line of column names"
    else:
        scan = f"read_parquet({location})"
        expected = "a Parquet file"
    try:
        described = connection.execute(f"describe select * from {scan}").fetchall()
        # Reading the last column of every row brings to light a broken row here, not in the middle of a build.
        connection.execute(f"select count({quote_name(described[-1][0])}) from {scan}").fetchall()
    except duckdb.Error as error:
        raise InputError(f"{name}: cannot be read; expected {expected}") from error
    columns: dict[str, str] = {}
    for column, *_ in described:
        columns.setdefault(_key(column), column)
    return _Table(path=path, name=name, scan=scan, columns=columns)


def _csv_encoding(path: Path, name: str) -> str:
    """Publishers' CSVs come in UTF-8 or, from older spreadsheets, in a Latin code page.

    Read as Latin-1, which DuckDB knows without an extension: letters are right, curly quotes and
    dashes of Windows' page are not.
    """
    try:
        path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    except OSError as error:
        raise InputError(f"{name}: cannot be read; expected a CSV file with a line of column names") from error
    return "utf-8"


def _shape(connection: duckdb.DuckDBPyConnection, table: _Table) -> str | None:
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
    words = re.split(r"[^a-z]+", Path(table.name).stem.lower())
    if "main" in words:
        missing = [key for key in (*_RAW_LABELS, *_RAW_MEASURES) if key not in columns]
        raise InputError(f"{table.name}: not a known annual main file; expected columns like {', '.join(missing)}")
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
        f"select {named}, source_column, value_text from {table.scan} "
        f"unpivot include nulls (value_text for source_column in ({values}))"
    )


def _tidy_select(table: _Table) -> str:
    def text(key: str) -> str:
        return f"cast({quote_name(table.columns[key])} as varchar)"

    columns = [quote_string(table.name), quote_string(TIDY), *(text(key) for key in _TIDY_LABELS)]
    columns += [f"{text('measurestatistic')} || '_' || {text('measurename')}", text("value")]
    named = ", ".join(f"{expression} as {name}" for expression, name in zip(columns, VIEW_COLUMNS, strict=True))
    return f"select {named} from {table.scan}"


def _create_view(connection: duckdb.DuckDBPyConnection, selects: list[str]) -> None:
    if not selects:
        selects = [f"select {', '.join(f'null::varchar as {name}' for name in VIEW_COLUMNS)} where false"]
    connection.execute("create schema if not exists raw")
    connection.execute(f"create or replace view {VIEW} as {' union all '.join(selects)}")
