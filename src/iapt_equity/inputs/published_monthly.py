"""NHS monthly activity and performance statistics on Talking Therapies, as published, into one long view of cells.

Two shapes are read, both one row per month, organisation and measure:

* ``raw_monthly``: the activity and performance CSV of a month, ``MEASURE_NAME`` as ``Count_ReferralsReceived``;
* ``tidy_monthly``: the table that the R package *nhstt* makes of them (``activity_performance_monthly.parquet``), with
  ``measure_statistic`` and ``measure_name`` apart and an empty value for every mark.

Values stay text; what a mark, a measure and an organisation mean is a rule of the warehouse.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import quote_name, quote_string

MONTHLY_VIEW = "raw.published_monthly_measures"
"""The view over the monthly files."""

MONTHLY_VIEW_COLUMNS = (
    "file_name",
    "file_shape",
    "month_text",
    "organisation_type",
    "commissioner_code",
    "commissioner_name",
    "provider_code",
    "provider_name",
    "measure_id",
    "source_column",
    "value_text",
)
"""Columns of the view, all text. ``source_column`` is the measure as in the raw file, or ``<statistic>_<measure>``."""

RAW_MONTHLY = "raw_monthly"
TIDY_MONTHLY = "tidy_monthly"

_LABELS = ("grouptype", "orgcode1", "orgname1", "orgcode2", "orgname2", "measureid", "measurename")
_SHAPES = {
    RAW_MONTHLY: (*_LABELS, "reportingperiodstart", "measurevaluesuppressed"),
    TIDY_MONTHLY: (*_LABELS, "reportingperiod", "measurestatistic", "value"),
}
# As the raw files of 2021 on and the tidy table write a month, or its first day. Another day than the first would be a
# month that stands first: 10/01/2024.
_MONTH = r"20\d\d-(0[1-9]|1[0-2])(-\d\d.*)?|01/(0[1-9]|1[0-2])/20\d\d"


def monthly_shape(columns: Mapping[str, str]) -> str | None:
    """Say which monthly shape a file has by its columns, named without case and underscores; None for no such file."""
    return next((shape for shape, needed in _SHAPES.items() if all(key in columns for key in needed)), None)


def missing_monthly_columns(columns: Mapping[str, str]) -> list[str]:
    """Return the columns that a file lacks to be a monthly one, of the shape that it comes nearest to."""
    lacks = [[key for key in needed if key not in columns] for needed in _SHAPES.values()]
    return min(lacks, key=len)


def is_monthly_row(columns: Mapping[str, str]) -> str:
    """Return the SQL that tells a row of monthly statistics from a note below them: it has a measure."""
    return f"({quote_name(columns['measureid'])} is not null)"


def monthly_select(
    connection: duckdb.DuckDBPyConnection, name: str, shape: str, scan: str, columns: Mapping[str, str]
) -> str:
    """Return the SQL of a file's rows in the columns of the view.

    Args:
        connection: Connection that can run ``scan``.
        name: Name of the file below its folder.
        shape: One of the two shapes.
        scan: SQL that reads the file as it is.
        columns: Columns of the file by their names without case and underscores.

    Raises:
        InputError: If a month cannot be read. One line that names the file and the column, and no value.
    """
    month = columns["reportingperiod" if shape == TIDY_MONTHLY else "reportingperiodstart"]
    rows = f"(select * from {scan} where {is_monthly_row(columns)})"
    unreadable = connection.execute(
        f"select count(*) from {rows} "
        f"where not coalesce(regexp_full_match(cast({quote_name(month)} as varchar), {quote_string(_MONTH)}), false)"
    ).fetchone()
    if unreadable and unreadable[0]:
        raise InputError(
            f"{name}: {month}: {unreadable[0]} rows without a month; expected one like 2024-10 or 01/10/2024"
        )

    def text(key: str) -> str:
        return f"cast({quote_name(columns[key])} as varchar)"

    measure = text("measurename")
    if shape == TIDY_MONTHLY:
        measure = f"concat_ws('_', {text('measurestatistic')}, {measure})"
    value = text("value" if shape == TIDY_MONTHLY else "measurevaluesuppressed")
    cells = [quote_string(name), quote_string(shape), f"cast({quote_name(month)} as varchar)"]
    cells += [text(key) for key in _LABELS[:-1]] + [measure, value]
    named = ", ".join(f"{cell} as {column}" for cell, column in zip(cells, MONTHLY_VIEW_COLUMNS, strict=True))
    return f"select {named} from {rows}"


def create_monthly_view(connection: duckdb.DuckDBPyConnection, selects: list[str]) -> None:
    """Create the view over the files' rows; without any, an empty one of the same columns."""
    if not selects:
        selects = [f"select {', '.join(f'null::varchar as {name}' for name in MONTHLY_VIEW_COLUMNS)} where false"]
    connection.execute("create schema if not exists raw")
    connection.execute(f"create or replace view {MONTHLY_VIEW} as {' union all '.join(selects)}")
