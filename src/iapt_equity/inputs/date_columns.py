"""What a whole column of dates says of each of them: day or month first, and which program counted the days."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from iapt_equity.inputs.contract import BIRTH_DATE, Column, Table
from iapt_equity.inputs.csv_rows import text_table
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import FileGroup, find_column, quote_name, quote_string
from iapt_equity.inputs.naming import SOURCE_FILE
from iapt_equity.inputs.value_rules import ValueRules
from iapt_equity.inputs.values import EXCEL_DAY_0, SAS_DAY_0, SPSS_DAY_0
from iapt_equity.inputs.views import parquet_source

# Before the date whatever programs put there: spaces of every kind, ="..., '...; no letter and no digit.
_BEFORE = "^b?[^0-9A-Za-z]*"
_DAY, _MONTH, _PARTED = "(?:1[3-9]|2[0-9]|3[01])", "(?:0?[1-9]|1[0-2])", "[/. -]"
# Days since some day 0, or seconds of SPSS.
_SERIAL = "\\s*(?:-?[0-9]{1,5}(?:[.][0-9]*)?|[0-9]{11}(?:[.]0*)?)\\s*"
_DAYS_END = 100_000


@dataclass
class SerialDates:
    """Which numbers stand for dates in the tables of one input folder.

    Attributes:
        programs: Programs, ``sas``, ``excel`` and ``spss``, whose range some date outside births lies in.
        births: Lowest and highest days of the columns with dates of birth.
    """

    programs: set[str] = field(default_factory=set)
    births: list[float] = field(default_factory=list)

    def birth_day_0(self, rules: ValueRules) -> str:
        """Return day 0 of the dates of birth, or nothing where it cannot be told.

        The days of SAS and Excel overlap for births, and the seconds of SPSS with milliseconds. The other dates of the
        extract tell; without them, SAS alone has numbers below 0 (births before 1960), and nobody was born after the
        last day that SAS could mean.
        """
        if self.programs == {"spss"}:
            return SPSS_DAY_0
        if not self.births or len(self.programs) > 1:
            return ""
        is_sas = "sas" in self.programs or (not self.programs and min(self.births) < 0)
        is_excel = "excel" in self.programs or max(self.births) > rules.limits["highest_sas_serial"]
        return "" if is_sas == is_excel else SAS_DAY_0 if is_sas else EXCEL_DAY_0


def judge_date_columns(
    connection: duckdb.DuckDBPyConnection, table: Table, groups: list[FileGroup], directory: Path, rules: ValueRules
) -> SerialDates:
    """Look at the dates of a table that are not typed, each column of a file as a whole.

    Args:
        connection: Connection to the build file; the CSV rows of the table are loaded.
        table: The table of the contract.
        groups: Its files in one input folder, by layout.
        directory: Folder that the names of source files are relative to.
        rules: The share that makes a column month first, and the ranges of serial dates.

    Returns:
        What its serial dates say.

    Raises:
        InputError: If a column of a file can be read with the month first alone.
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
        if untyped:
            names = {column.name: found[0] for column in untyped if (found := find_column(column, group))}
            _judge(connection, untyped, names, f"(select {provenance}, * from {source})", rules, serials, directory)
    for folder in sorted({group.folder for group in groups if group.is_csv}):
        names = {column.name: column.name for column in dates}
        if dates:
            _judge(connection, dates, names, text_table(table, folder), rules, serials, directory)
    return serials


def _is_untyped(found: tuple[str, str] | None) -> bool:
    return found is not None and not found[1].upper().startswith(("DATE", "TIMESTAMP"))


def _judge(
    connection: duckdb.DuckDBPyConnection,
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
        is_serial = f"regexp_full_match({text}, '{_SERIAL}')"
        counts += [f"{end}({number}) filter (where {is_serial})" for end in ("min", "max")]
        counts.append(f"count({text})")
    found = connection.execute(
        f"select {SOURCE_FILE}, {', '.join(counts)} from {source} group by {SOURCE_FILE} order by {SOURCE_FILE}"
    ).fetchall()
    for file, *numbers in found:
        for place, column in enumerate(columns):
            day_first, month_first, lowest, highest, given = numbers[5 * place : 5 * place + 5]
            if month_first and not day_first and month_first >= rules.limits["month_first_share"] * given:
                raise InputError(
                    f"{directory / file}: column {column.name} has the month first (month/day/year) in a column that "
                    "has no other reading; expected day first (31/12/2016) or ISO (2016-12-31)"
                )
            if lowest is not None:
                _note_serials(column, (lowest, highest), rules, serials)


def _note_serials(column: Column, ends: tuple[float, float], rules: ValueRules, serials: SerialDates) -> None:
    if column.kind == BIRTH_DATE:
        serials.births += [number for number in ends if abs(number) < _DAYS_END]
        return
    for program, unit in (("sas", "sas_serial"), ("excel", "excel_serial"), ("spss", "spss_second")):
        low, high = (rules.limits[f"{end}_{unit}"] for end in ("lowest", "highest"))
        if any(low <= number < high + 1 for number in ends):
            serials.programs.add(program)
