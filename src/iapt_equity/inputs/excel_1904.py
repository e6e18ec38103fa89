"""Whether a workbook of Excel counts its days from 1904, as on a Mac: read from 1900, all would be four years early.

Both systems give the same numbers to plausible days, so no value tells; what a whole column of a file says beside the
month that the file reports does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from iapt_equity.inputs.contract import IDENTIFIER, Column, Contract, InputFolder, Table
from iapt_equity.inputs.date_columns import SerialColumn
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import quote_name, quote_string
from iapt_equity.inputs.naming import MDS_VERSION, SOURCE_FILE

DAYS_BETWEEN = 1462
"""Days from 1 January 1904, day 0 of that system, back to day 0 of the other (Microsoft's documentation)."""

_FEWEST = 20
"""So many dates of a column, none of the last four years, would be no extract of a month."""

# The latest date of a column may lie in the month that the file reports, or in the two before it.
_BEFORE, _WITHIN = timedelta(62), timedelta(31)


@dataclass(frozen=True)
class _Latest:
    """A column of a file: how many dates it has, the latest one, and the latest month of its submissions."""

    file: str
    count: int
    day: date
    month: date

    @property
    def is_of_1904(self) -> bool:
        read_from_1904 = self.day + timedelta(DAYS_BETWEEN)
        return self.month - _BEFORE <= read_from_1904 < self.month + _WITHIN


def check_days_of_excel(
    connection: duckdb.DuckDBPyConnection, contract: Contract, folder: InputFolder, serials: Iterable[SerialColumn]
) -> None:
    """Check that no column of a file counts its days from 1904.

    Args:
        connection: Connection to the build file, with the typed views of the source.
        contract: The source.
        folder: Its input folder.
        serials: Columns, births aside, in which some number is a day of Excel.

    Raises:
        InputError: If one does. One line that names the file and the column.
    """
    tables = {table.name: table for table in contract.tables}
    header = tables.get(contract.header_table)
    if header is None:
        return
    month, submission = _month_column(header), _first_identifier(header)
    columns = sorted({(serial.table, serial.column) for serial in serials})
    # The header first: with other months nothing could be held against them.
    for table, column in sorted(columns, key=lambda named: named != (header.name, month.name)):
        files = [serial.file for serial in serials if (serial.table, serial.column) == (table, column)]
        if (table, column) == (header.name, month.name):
            _check_first_days(connection, header, column, folder, files)
        elif table != header.name:
            months = (
                f"select {submission} as submission, {quote_name(month.name)} as month from {_rows(header, folder)}"
            )
            source = _with_submission(tables[table], submission, tables, folder)
            _check_latest(_latest_days(connection, source, column, months, files), table, column)


def _month_column(header: Table) -> Column:
    return next(column for column in header.columns if column.data_type == "date" and column.is_required)


def _first_identifier(table: Table) -> str:
    return quote_name(next(column.name for column in table.columns if column.kind == IDENTIFIER))


def _rows(table: Table, folder: InputFolder) -> str:
    where = f" where {MDS_VERSION} = {quote_string(folder.name)}" if folder.name else ""
    return f"(select * from raw.{quote_name(table.identifier)}{where})"


def _with_submission(table: Table, submission: str, tables: dict[str, Table], folder: InputFolder) -> str:
    """Return the SQL of a table's rows with their submission: its own column, or by the record number of the person."""
    names = {quote_name(column.name) for column in table.columns}
    if submission in names:
        return f"(select *, {submission} as submission from {_rows(table, folder)})"
    record = _first_identifier(table)
    people = next(
        other for other in tables.values() if {submission, record} <= {quote_name(c.name) for c in other.columns}
    )
    return (
        f"(select rows.*, people.{submission} as submission from {_rows(table, folder)} as rows "
        f"inner join {_rows(people, folder)} as people on rows.{record} = people.{record})"
    )


def _check_first_days(
    connection: duckdb.DuckDBPyConnection, header: Table, column: str, folder: InputFolder, files: list[str]
) -> None:
    """A month begins on its first day: that of 1904 tells itself."""
    name = quote_name(column)
    found = connection.execute(
        f"select {SOURCE_FILE} from {_rows(header, folder)} where {SOURCE_FILE} in (select unnest(?)) "
        f"group by {SOURCE_FILE} having count({name}) > 0 and count(*) filter (where day({name}) = 1) = 0 "
        f"and count(*) filter (where day({name} + {DAYS_BETWEEN}) = 1) = count({name}) order by {SOURCE_FILE}",
        [files],
    ).fetchone()
    if found is not None:
        raise _error(found[0], header.name, column, "no month begins on its first day")


def _latest_days(
    connection: duckdb.DuckDBPyConnection, source: str, column: str, months: str, files: list[str]
) -> list[_Latest]:
    name = quote_name(column)
    found = connection.execute(
        f"select {SOURCE_FILE}, count({name}), max({name}), max(month) from {source} as rows "
        f"inner join ({months}) as months using (submission) "
        f"where {SOURCE_FILE} in (select unnest(?)) and {name} is not null and month is not null "
        f"group by {SOURCE_FILE} order by {SOURCE_FILE}",
        [files],
    ).fetchall()
    return [_Latest(*row) for row in found]


def _check_latest(latest: list[_Latest], table: str, column: str) -> None:
    early = [one for one in latest if one.is_of_1904]
    are_all = len(early) == len(latest) and sum(one.count for one in early) >= _FEWEST
    for one in early:
        if are_all or one.count >= _FEWEST:
            raise _error(one.file, table, column, "its latest day is four years before the month that it reports")


def _error(file: str, table: str, column: str, trouble: str) -> InputError:
    return InputError(
        f"{file}: column {column} of {table} holds numbers of Excel, and read from 1900 {trouble}, as where a workbook "
        "counts from 1904; export days as text (2016-12-31)"
    )
