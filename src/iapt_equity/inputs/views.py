"""Typed views over input files: extracts vary in column types, flags and dates; the views do not."""

from __future__ import annotations

from pathlib import Path

from iapt_equity.inputs.contract import Table
from iapt_equity.inputs.csv_rows import text_table
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import FileGroup, find_column, quote_name, quote_string, scan_sql
from iapt_equity.inputs.naming import MDS_VERSION, SOURCE_FILE, SOURCE_ROW, UNREADABLE_SUFFIX

SQL_TYPES = {
    "varchar": "varchar",
    "date": "date",
    "timestamp": "timestamp",
    "time": "time",
    "integer": "bigint",
    "double": "double",
    "boolean": "boolean",
}
"""DuckDB type of each type of the contract."""

# Day first, as NHS extracts write dates; years of two digits before those of four, which would take '15' for a year.
_DATE_FORMATS = (
    "['%d/%m/%y', '%d-%m-%y', '%d-%b-%y', '%d/%m/%Y', '%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S', '%d-%m-%Y', '%d-%b-%Y', "
    "'%d %b %Y', '%Y%m%d']"
)
# Only such text is read as ISO: the cast alone would take '31/03/16' for a day of the year 31.
_ISO_DATE = "'[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*'"


def typed_expression(name: str, physical_type: str, data_type: str) -> str:
    """Return the SQL that reads one physical column as a type of the contract.

    A value that cannot be read as the type becomes null.

    Args:
        name: Physical column name.
        physical_type: DuckDB type of the column in the file.
        data_type: Type of the contract.

    Returns:
        An SQL expression of the type ``SQL_TYPES[data_type]``.
    """
    column = quote_name(name)
    physical = physical_type.upper()
    is_text = physical == "VARCHAR"
    is_number = physical.startswith(("DOUBLE", "FLOAT", "DECIMAL"))
    text = f"trim({column})" if is_text else f"cast({column} as varchar)"
    # Whole numbers that a data frame turned into floats ('5.0') are the codes they were; NaN is nothing.
    if is_number:
        text = (
            f"case when isnan(cast({column} as double)) then null "
            f"when try_cast({column} as bigint) = {column} then cast(try_cast({column} as bigint) as varchar) "
            f"else cast({column} as varchar) end"
        )
    moment = (
        f"case when regexp_full_match({text}, {_ISO_DATE}) then try_cast({text} as timestamp) "
        f"else try_strptime({text}, {_DATE_FORMATS}) end"
    )
    if data_type == "varchar":
        # Text stays as it came, spaces and all: what is a valid code is staging's to say.
        return column if is_text else text
    if data_type == "boolean":
        if physical == "BOOLEAN":
            return column
        # True, T, yes, Y, 1 and their opposites in any case; a list of them in SQL would become a join.
        return f"try_cast({text} as boolean)"
    if data_type == "date":
        if physical == "DATE":
            return column
        return f"cast({column} as date)" if physical.startswith("TIMESTAMP") else f"cast({moment} as date)"
    if data_type == "timestamp":
        return f"cast({column} as timestamp)" if physical.startswith(("TIMESTAMP", "DATE")) else moment
    if data_type == "time":
        if physical.startswith(("TIME", "TIMESTAMP")):
            return f"cast({column} as time)"
        return f"coalesce(try_cast({text} as time), cast(try_cast({text} as timestamp) as time))"
    if data_type == "integer":
        return f"try_cast(try_cast({text} as double) as bigint)" if is_text else f"try_cast({column} as bigint)"
    return f"try_cast({text} as double)"


def missing_columns(table: Table, group: FileGroup) -> list[str]:
    """Return the names of the required columns that the group's files do not hold."""
    required = [column for column in table.columns if column.is_required and group.folder not in column.absent_in]
    return [column.name for column in required if find_column(column, group) is None]


def unreadable_expression(name: str, physical_type: str, data_type: str) -> str:
    """Return the SQL that tells a value that cannot be read as a type of the contract from a blank one.

    Args:
        name: Physical column name.
        physical_type: DuckDB type of the column in the file.
        data_type: Type of the contract.

    Returns:
        An SQL expression of type boolean, never null.
    """
    column = quote_name(name)
    typed = typed_expression(name, physical_type, data_type)
    if data_type == "varchar" or typed == column:
        return "false"
    return f"(({typed}) is null and coalesce(trim(cast({column} as varchar)), '') <> '')"


def check_required_columns(table: Table, groups: list[FileGroup]) -> None:
    """Check that every file of a table holds the required columns.

    Raises:
        InputError: If a file lacks one.
    """
    for group in groups:
        if missing := missing_columns(table, group):
            raise InputError(
                f"{group.files[0]}: column {', '.join(missing)} is missing; {table.name} cannot be read without it"
            )


def _select_list(table: Table, group: FileGroup) -> str:
    expressions = [f"{quote_string(group.folder)} as {MDS_VERSION}"] if group.folder else []
    for column in table.columns:
        found = find_column(column, group)
        read = typed_expression(*found, column.data_type) if found else f"cast(null as {SQL_TYPES[column.data_type]})"
        expressions.append(f"{read} as {quote_name(column.name)}")
    for column in table.columns:
        if column.data_type == "varchar":
            continue
        found = find_column(column, group)
        unreadable = unreadable_expression(*found, column.data_type) if found else "false"
        expressions.append(f"{unreadable} as {quote_name(column.name + UNREADABLE_SUFFIX)}")
    return ", ".join(expressions)


def view_sql(table: Table, groups: list[FileGroup], directory: Path, has_versions: bool) -> str:
    """Return the statement that creates the typed view of a table in schema ``raw``.

    Columns that a query does not use cost nothing, provenance and helper columns among them.

    Args:
        table: The table of the contract.
        groups: Its files by layout; none for a table that is not given, whose view is empty. The rows of CSV files
            are read from the table that ``csv_rows.load_csv_rows`` fills.
        directory: Folder that the names of source files are relative to.
        has_versions: Whether the source lies in a folder for each version of the data set.

    Returns:
        A ``create or replace view`` statement with ``mds_version`` (varchar) where there are versions, the columns of
        the contract in its order, then for every column that is not text a boolean ``<column>__unreadable``, then
        ``source_file`` (varchar) and ``source_row`` (bigint).
    """
    selects = []
    cut = len(directory.as_posix().rstrip("/")) + 2
    for group in groups:
        if group.is_csv:
            continue
        options = f", filename = '{_PHYSICAL_FILE}', file_row_number = true"
        selects.append(
            f"select {_select_list(table, group)}, "
            f"replace(substr({_PHYSICAL_FILE}, {cut}), chr(92), '/') as {SOURCE_FILE}, "
            f"file_row_number as {SOURCE_ROW} from {scan_sql(group, options)}"
        )
    text_columns = tuple((column.name, "VARCHAR") for column in table.columns)
    for folder in sorted({group.folder for group in groups if group.is_csv}):
        text = FileGroup(folder, files=(), is_csv=True, columns=text_columns)
        source = text_table(table, folder)
        selects.append(f"select {_select_list(table, text)}, {SOURCE_FILE}, {SOURCE_ROW} from {source}")
    if not groups:
        nothing = FileGroup("", files=(), is_csv=True, columns=text_columns)
        version = f"cast(null as varchar) as {MDS_VERSION}, " if has_versions else ""
        selects.append(
            f"select {version}{_select_list(table, nothing)}, {SOURCE_FILE}, {SOURCE_ROW} from {_empty_text(table)}"
        )
    return f"create or replace view raw.{quote_name(table.identifier)} as " + " union all ".join(selects)


_PHYSICAL_FILE = "__physical_file"


def _empty_text(table: Table) -> str:
    nulls = ", ".join(f"cast(null as varchar) as {quote_name(column.name)}" for column in table.columns)
    return f"(select {nulls}, cast(null as varchar) as {SOURCE_FILE}, cast(null as bigint) as {SOURCE_ROW} where false)"
