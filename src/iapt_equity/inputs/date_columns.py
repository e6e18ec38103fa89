"""What a whole column of dates says of each: day or month first, whose clock, which program counted the days."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb

from iapt_equity.inputs.contract import BIRTH_DATE, Column, Table
from iapt_equity.inputs.csv_rows import text_table
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import FileGroup, find_column, quote_name, quote_string
from iapt_equity.inputs.naming import SOURCE_FILE
from iapt_equity.inputs.value_rules import ValueRules
from iapt_equity.inputs.values import (
    EXCEL_DAY_0,
    SAS_DAY_0,
    SPSS_DAY_0,
    UNIX_DAY_0,
    in_england,
    typed_expression,
)
from iapt_equity.inputs.views import parquet_source

# Before the date whatever programs put there: spaces of every kind, ="..., '...; no letter and no digit.
_BEFORE = "^b?[^0-9A-Za-z]*"
_DAY, _MONTH, _PARTED = "(?:1[3-9]|2[0-9]|3[01])", "(?:0?[1-9]|1[0-2])", "[/. -]"
# Days since some day 0; seconds of SPSS, or milliseconds since 1970.
_SERIAL = "\\s*-?(?:[0-9]{1,5}(?:[.][0-9]*)?|[0-9]{11,13}(?:[.]0*)?)\\s*"
_DAYS_END = 100_000


@dataclass(frozen=True)
class SerialColumn:
    """A column of a file in which some number stands for a date; the file by its name below the input directory."""

    table: str
    file: str
    column: str


@dataclass
class SerialDates:
    """Which numbers stand for dates in the tables of one input folder.

    Attributes:
        programs: Programs, ``sas``, ``excel``, ``spss`` and ``unix``, whose range some date outside births lies in.
        births: Lowest and highest numbers of the columns with dates of birth: of those that can be days, and of the
            longer ones.
        of_excel: Columns outside births in which some number is a day of Excel.
    """

    programs: set[str] = field(default_factory=set)
    births: list[float] = field(default_factory=list)
    of_excel: set[SerialColumn] = field(default_factory=set)

    def add(self, other: SerialDates) -> None:
        """Take over what another table of the folder says."""
        self.programs |= other.programs
        self.births += other.births
        self.of_excel |= other.of_excel

    def birth_days_0(self, rules: ValueRules) -> frozenset[str]:
        """Return what numbers that stand for births count from: one day 0 for days, one for longer numbers.

        What cannot be told is left out, and such births are read as none: a guess would make ages of them.
        """
        found = (self._day_0(rules), self._moment_0(rules))
        return frozenset(day for day in found if day)

    def _day_0(self, rules: ValueRules) -> str:
        """The days of SAS and Excel overlap for births. The other dates of the extract tell.

        Without them, SAS alone has numbers below 0 (births before 1960), and nobody was born after the last day that
        SAS could mean.
        """
        days = [number for number in self.births if abs(number) < _DAYS_END]
        programs = self.programs - {"unix"}
        if not days or len(programs) > 1 or "spss" in programs:
            return ""
        is_sas = "sas" in programs or (not programs and min(days) < 0)
        is_excel = "excel" in programs or max(days) > rules.limits["highest_sas_serial"]
        return "" if is_sas == is_excel else SAS_DAY_0 if is_sas else EXCEL_DAY_0

    def _moment_0(self, rules: ValueRules) -> str:
        """Every birth in seconds of SPSS is one in milliseconds too, of some weeks of 1970.

        The other dates of the extract tell; without them, a number that is no birth of SPSS is one in milliseconds.
        """
        moments = [number for number in self.births if abs(number) >= _DAYS_END]
        if not moments or self.programs >= {"spss", "unix"}:
            return ""
        if "spss" in self.programs:
            return SPSS_DAY_0 if self.programs == {"spss"} else ""
        lowest, highest = (date.fromisoformat(day) - date.fromisoformat(SPSS_DAY_0) for day in rules.ranges[BIRTH_DATE])
        is_spss_too = lowest.total_seconds() <= min(moments) and max(moments) <= highest.total_seconds()
        return UNIX_DAY_0 if "unix" in self.programs or not is_spss_too else ""


def judge_date_columns(
    connection: duckdb.DuckDBPyConnection, table: Table, groups: list[FileGroup], directory: Path, rules: ValueRules
) -> SerialDates:
    """Look at the dates of a table that are no days of Parquet, each column of a file as a whole.

    Args:
        connection: Connection to the build file; the CSV rows of the table are loaded.
        table: The table of the contract.
        groups: Its files in one input folder, by layout.
        directory: Folder that the names of source files are relative to.
        rules: The shares that make a column month first or of Greenwich, and the ranges of serial dates.

    Returns:
        What its serial dates say.

    Raises:
        InputError: If a column of a file can be read with the month first alone, or holds midnights of England by the
            clock of Greenwich without a zone.
    """
    serials = SerialDates()
    if not rules.limits:
        return serials
    dates = [column for column in table.columns if column.data_type in ("date", "timestamp")]
    for group in groups:
        if group.is_csv:
            continue
        untyped = [column for column in dates if _is_untyped(found := find_column(column, group))]
        provenance, source = parquet_source(group, directory)
        rows = f"(select {provenance}, * from {source})"
        if untyped:
            names = {column.name: found[0] for column in untyped if (found := find_column(column, group))}
            _judge(connection, table.name, untyped, names, rows, rules, serials, directory)
        moments = {
            column.name: f"try_cast({quote_name(found[0])} as timestamp)"
            for column in dates
            if column.data_type == "date" and (found := find_column(column, group)) and found[1].upper() in _MOMENTS
        }
        if moments:
            _judge_moments(connection, moments, rows, rules, directory)
    for folder in sorted({group.folder for group in groups if group.is_csv}):
        names = {column.name: column.name for column in dates}
        if dates:
            _judge(connection, table.name, dates, names, text_table(table, folder), rules, serials, directory)
    return serials


def _is_untyped(found: tuple[str, str] | None) -> bool:
    return found is not None and not found[1].upper().startswith(("DATE", "TIMESTAMP"))


_MOMENTS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
"""Types with a time of day, and no clock that it is told by."""


def _midnights_of_greenwich(moment: str) -> str:
    """Return the SQL that counts midnights of England in summer, by the clock of Greenwich at eleven the day before."""
    # A moment that no clock shows, at an end of the type or beyond all, has no time of day.
    return (
        f"count(case when {moment} between timestamp '0001-01-01' and timestamp '9999-12-31' then "
        f"case when cast({moment} as time) = time '23:00:00' "
        f"and cast({in_england(moment)} as time) = time '00:00:00' then 1 end end)"
    )


def _moment_of_text(column: Column, text: str, rules: ValueRules) -> str:
    """Return the SQL of a moment as the text of a column says it, and nothing where that cannot be 23:00."""
    moment = typed_expression(replace(column, data_type="timestamp"), text, "VARCHAR", rules)
    return f"case when strlen({text}) > 10 and (contains({text}, '23') or contains({text}, '11')) then {moment} end"


def _check_midnights(file: Path, name: str, shifted: int, given: int, rules: ValueRules) -> None:
    if shifted and shifted >= rules.limits["greenwich_midnight_share"] * given:
        raise InputError(
            f"{file}: column {name} has midnights of summer at 23:00 of the day before, by the clock of Greenwich; "
            "expected days (2022-07-01), or the zone beside the time (2022-06-30T23:00:00Z)"
        )


def _judge_moments(
    connection: duckdb.DuckDBPyConnection, moments: dict[str, str], source: str, rules: ValueRules, directory: Path
) -> None:
    """Look at columns of days that Parquet holds as moments without a zone, by name with their SQL."""
    counts = ", ".join(f"{_midnights_of_greenwich(moment)}, count({moment})" for moment in moments.values())
    found = connection.execute(
        f"select {SOURCE_FILE}, {counts} from {source} group by {SOURCE_FILE} order by {SOURCE_FILE}"
    ).fetchall()
    for file, *numbers in found:
        for place, name in enumerate(moments):
            shifted, given = numbers[2 * place : 2 * place + 2]
            _check_midnights(directory / file, name, shifted, given, rules)


def _judge(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: list[Column],
    names: dict[str, str],
    source: str,
    rules: ValueRules,
    serials: SerialDates,
    directory: Path,
) -> None:
    counts = []
    for column in columns:
        text = f"cast({quote_name(names[column.name])} as varchar)"
        # Nearly all dates are ISO, whose fifth character tells, and cost no pattern.
        other = f"substr({text}, 5, 1) <> '-'"
        for first, second in ((_DAY, _MONTH), (_MONTH, _DAY)):
            pattern = quote_string(f"{_BEFORE}{first}{_PARTED}{second}{_PARTED}[0-9]")
            counts.append(f"count(*) filter (where {other} and regexp_matches({text}, {pattern}))")
        number = f"try_cast({text} as double)"
        is_serial = f"{other} and regexp_full_match({text}, '{_SERIAL}')"
        for is_long in ("<", ">="):
            where = f"{is_serial} and abs({number}) {is_long} {_DAYS_END}"
            counts += [f"{end}({number}) filter (where {where})" for end in ("min", "max")]
        counts.append(f"count({text})")
        is_day = column.data_type == "date"
        counts.append(_midnights_of_greenwich(_moment_of_text(column, text, rules)) if is_day else "0")
    found = connection.execute(
        f"select {SOURCE_FILE}, {', '.join(counts)} from {source} group by {SOURCE_FILE} order by {SOURCE_FILE}"
    ).fetchall()
    for file, *numbers in found:
        for place, column in enumerate(columns):
            day_first, month_first, *ends, given, shifted = numbers[8 * place : 8 * place + 8]
            if month_first and not day_first and month_first >= rules.limits["month_first_share"] * given:
                raise InputError(
                    f"{directory / file}: column {column.name} has the month first (month/day/year) in a column that "
                    "has no other reading; expected day first (31/12/2016) or ISO (2016-12-31)"
                )
            _check_midnights(directory / file, column.name, shifted, given, rules)
            programs = _note_serials(column, [end for end in ends if end is not None], rules, serials)
            if "excel" in programs:
                serials.of_excel.add(SerialColumn(table, file, column.name))


_UNITS = {"sas": "sas_serial", "excel": "excel_serial", "spss": "spss_second", "unix": "unix_millisecond"}


def _note_serials(column: Column, ends: list[float], rules: ValueRules, serials: SerialDates) -> set[str]:
    """Note the ends of a column of numbers; return the programs in whose range one of them lies, births aside."""
    if column.kind == BIRTH_DATE:
        serials.births += ends
        return set()
    programs = set()
    for program, unit in _UNITS.items():
        low, high = (rules.limits[f"{end}_{unit}"] for end in ("lowest", "highest"))
        if any(low <= number < high + 1 for number in ends):
            programs.add(program)
    serials.programs |= programs
    return programs
