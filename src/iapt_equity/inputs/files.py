"""Which files an input table consists of, and which columns each file holds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import duckdb

from iapt_equity.inputs.contract import Column, Table
from iapt_equity.inputs.csv_text import Dialect, count_delimiters, read_header
from iapt_equity.inputs.errors import InputError, one_line
from iapt_equity.inputs.folders import (
    HIDDEN,
    NO_FILE,
    NOT_CURRENT,
    PARQUET_ENDINGS,
    UNKNOWN_ENDING,
    UNKNOWN_TABLE,
    ending,
    entries,
    everything,
    is_hidden,
    look_into,
    stem,
)
from iapt_equity.inputs.naming import plain_name

OF_GREENWICH = "TIMESTAMP OF GREENWICH"
"""Our name for INT96 of Parquet: Spark and Hive write moments so, by the clock of Greenwich and without a zone."""


@dataclass(frozen=True)
class FileGroup:
    """Files of one table that share a layout, so that one scan reads them all.

    Attributes:
        folder: Name of the input folder that the files lie in, which is their version; empty where there is none.
        files: The files, sorted.
        is_csv: Whether they are CSV (every column is text) or Parquet.
        columns: Physical column names and DuckDB types, in file order.
        dialect: How CSV files are written; None for Parquet.
        partitions: Names of the columns that folders such as ``OrgIDProv=RX1`` give and the files lack.
    """

    folder: str
    files: tuple[Path, ...]
    is_csv: bool
    columns: tuple[tuple[str, str], ...]
    dialect: Dialect | None = None
    partitions: tuple[str, ...] = ()


def quote_string(text: str) -> str:
    """Return ``text`` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """Return ``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def sql_path(file: Path) -> str:
    """Return a file as an SQL string literal for DuckDB's readers, which would take ``Referral[1].csv`` for a pattern.

    Raises:
        InputError: If the path holds a backslash, which the readers take for a slash.
    """
    path = file.as_posix()
    if "\\" in path:
        raise InputError(f"{file}: the name holds a backslash, which cannot be read; rename it")
    return quote_string(_PATTERN.sub(r"[\g<0>]", path))


_PATTERN = re.compile(r"[*?\[]")


def sql_file_list(files: tuple[Path, ...]) -> str:
    """Return the files as an SQL list of string literals, with forward slashes on every system."""
    return "[" + ", ".join(sql_path(file) for file in files) + "]"


@dataclass
class TableFiles:
    """What lies in the folder of a version.

    Attributes:
        data: Data files of each table of the contract, sorted; text files that may be data are among them.
        unread: The other files, each with a key of ``folders.REASONS``.
        others: Names of tables that the contract does not name, sorted.
    """

    data: dict[str, list[Path]]
    unread: dict[Path, str]
    others: list[str]

    def unread_of(self, table: str, folder: Path) -> list[Path]:
        """Find the files of a table that may be data in a form that is not read, sorted.

        Args:
            table: Official table name.
            folder: Folder of the version.
        """
        return sorted(
            file
            for file, reason in self.unread.items()
            if reason not in (HIDDEN, NOT_CURRENT)
            and file.relative_to(folder).parts[0].split(".")[0].lower() == table.lower()
            and not (file.is_file() and file.stat().st_size == 0)
        )


def find_table_files(folder: Path, tables: Sequence[str], lists_other_tables: bool = True) -> TableFiles:
    """Find the files of tables: ``folder/table/**`` and ``folder/table.csv`` or ``.parquet``, and what else is there.

    Args:
        folder: Folder of the version.
        tables: Official table names; matched without regard to case.
        lists_other_tables: Whether the files of other tables are listed one by one, or their folder alone.

    Raises:
        InputError: If a folder cannot be listed or holds a table in a format that is not read.
    """
    known = {table.lower(): table for table in tables}
    found = TableFiles({table: [] for table in tables}, {}, [])
    others: set[str] = set()
    for entry in entries(folder):
        name = stem(entry).removesuffix(_DELTA_ENDING)
        table = known.get(name.lower())
        if is_hidden(entry):
            found.unread |= dict.fromkeys(everything(entry), HIDDEN)
        elif table and entry.is_dir():
            inside = look_into(entry)
            found.data[table] += inside.data
            found.unread |= inside.unread
        elif entry.is_dir():
            files = everything(entry)
            if any(ending(file) for file in files):
                others.add(name)
            found.unread |= dict.fromkeys(files if lists_other_tables else [entry], UNKNOWN_TABLE)
        elif not entry.is_file():
            found.unread[entry] = NO_FILE
        elif not ending(entry):
            found.unread[entry] = UNKNOWN_ENDING
        elif table:
            found.data[table].append(entry)
        else:
            others.add(name)
            found.unread[entry] = UNKNOWN_TABLE
    found.data = {table: sorted(files) for table, files in found.data.items()}
    found.others = sorted(others)
    return found


_DELTA_ENDING = ".delta"


def group_files(connection: duckdb.DuckDBPyConnection, files: list[Path], folder: str) -> list[FileGroup]:
    """Group files by their layout.

    Args:
        connection: Any open DuckDB connection; only file metadata is read.
        files: Parquet and CSV files of one input folder.
        folder: Name of the input folder.

    Returns:
        One group per layout, in the order of their first files.

    Raises:
        InputError: If a file cannot be read.
    """
    layouts: dict[tuple[Dialect | None, tuple[tuple[str, str], ...], tuple[str, ...]], list[Path]] = defaultdict(list)
    parquet = [file for file in files if ending(file) in PARQUET_ENDINGS]
    columns_of = _parquet_columns(connection, parquet)
    for file in files:
        if ending(file) in PARQUET_ENDINGS:
            columns = columns_of[file]
            layouts[(None, columns, _partitions(file, columns))].append(file)
        else:
            dialect, names = read_header(file)
            columns = tuple((name, "VARCHAR") for name in names)
            layouts[(dialect, columns, _partitions(file, columns))].append(file)
    return [
        FileGroup(folder, tuple(members), dialect is not None, columns, dialect, partitions)
        for (dialect, columns, partitions), members in layouts.items()
    ]


def find_column(column: Column, group: FileGroup) -> tuple[str, str] | None:
    """Find a column of the contract in the files of a group.

    Args:
        column: Column of the contract; a file may write its name or an alias otherwise, as :func:`is_same_name` says.
        group: Files of one layout.

    Returns:
        Physical name and DuckDB type; None where the files lack the column or are of a version without it.

    Raises:
        InputError: If two columns of the files could be the one, and neither has its very name.
    """
    if group.folder in column.absent_in:
        return None
    held = {name: (name, "VARCHAR") for name in group.partitions}
    held |= {name: (name, physical_type) for name, physical_type in group.columns}
    for known in (column.name, *column.aliases):
        found = [name for name in held if name.lower() == known.lower()]
        found = found or [name for name in held if is_same_name(name, known)]
        if len(found) > 1:
            raise InputError(
                f"{group.files[0]}: columns {one_line(' and '.join(found))} could both be {column.name}; rename one"
            )
        if found:
            return held[found[0]]
    return None


@cache
def is_same_name(name: str, known: str) -> bool:
    """Say whether a file's name of a column is a known one as programs write it.

    Letters and digits decide: ``pathway_id``, ``"PathwayID"``, ``[PathwayID]`` and ``Pathway.ID`` are one name. Oracle
    cuts names after 30 characters, SAS and Stata after 32.

    Args:
        name: Name in a file.
        known: Name or alias of a column of the contract.
    """
    if plain_name(name) == plain_name(known):
        return True
    return len(name) in _LONGEST_NAMES and known.lower().startswith(name.lower())


_LONGEST_NAMES = (30, 32)


def _parquet_columns(
    connection: duckdb.DuckDBPyConnection, files: list[Path]
) -> dict[Path, tuple[tuple[str, str], ...]]:
    schemas = _parquet_schemas(connection, files)
    layouts: dict[str, tuple[tuple[str, str], ...]] = {}
    for file in files:
        # A layout is described once: describing costs more than reading a file's own schema.
        if schemas[file] in layouts:
            continue
        try:
            described = connection.execute(
                f"describe select * from read_parquet({sql_path(file)}{_PARQUET_OPTIONS})"
            ).fetchall()
            written = connection.execute(f"select name, type from parquet_schema({sql_path(file)})").fetchall()
        except duckdb.Error as error:
            raise _unreadable(file, error) from error
        # DuckDB gives the second of two columns of one name another one.
        if {str(row[0]) for row in described} - {str(name) for name, _ in written}:
            raise InputError(f"{file}: a column name stands twice")
        moments = {str(name) for name, kind in written if kind == "INT96"}
        layouts[schemas[file]] = tuple(
            (str(name), OF_GREENWICH if name in moments else str(kind)) for name, kind, *_ in described
        )
    return {file: layouts[schemas[file]] for file in files}


def _parquet_schemas(connection: duckdb.DuckDBPyConnection, files: list[Path]) -> dict[Path, str]:
    """Read the schemas of all files in one go; only where that fails one by one, to name the file."""
    if not files:
        return {}
    try:
        rows = connection.execute(
            "select file_name, list((name, type, converted_type, cast(logical_type as varchar)) order by column_id) "
            f"from parquet_schema({sql_file_list(tuple(files))}) group by file_name"
        ).fetchall()
    except duckdb.Error as error:
        if len(files) == 1:
            raise _unreadable(files[0], error) from error
        return {file: schema for one in files for file, schema in _parquet_schemas(connection, [one]).items()}
    schemas = {str(name): repr(schema) for name, schema in rows}
    return {file: schemas[file.as_posix()] for file in files}


def _partitions(file: Path, columns: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Return the names of the columns that folders such as ``OrgIDProv=RX1`` give and a file lacks.

    What stands in the file itself counts: a folder often says less, as ``ReportingPeriodStartDate=2021-04``.
    """
    own = {name.lower() for name, _ in columns}
    return tuple(sorted(name for name in partition_values(file) if name.lower() not in own))


def partition_values(file: Path) -> dict[str, str | None]:
    """Return the columns that the folders above a file give, as Hive and Spark name them, with their values as text.

    Args:
        file: A file; of two folders with one name the inner one counts.
    """
    pairs = [part.split("=", 1) for part in file.parts[:-1] if "=" in part]
    return {name: None if value == _NO_VALUE else unquote(value) for name, value in pairs}


def partition_expression(name: str, file_column: str) -> str:
    """Return the SQL of :func:`partition_values` for one column, from the path of the file.

    Args:
        name: Name of the partition column.
        file_column: SQL name of the column with the path.
    """
    pattern = quote_string(f".*/{re.escape(name)}=([^/]*)/")
    value = f"regexp_extract(replace({file_column}, chr(92), '/'), {pattern}, 1)"
    return f"nullif(url_decode({value}), {quote_string(_NO_VALUE)})"


_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
# Folders such as OrgIDProv=01 are read by partition_values and partition_expression: DuckDB would let them win over
# the file's own column.
_PARQUET_OPTIONS = ", hive_partitioning = false"


def nested_column(table: Table, group: FileGroup) -> str:
    """Return the name of a column of the contract that holds lists or structures instead of values; else nothing."""
    found = [find_column(column, group) for column in table.columns]
    kinds = ("STRUCT", "MAP", "UNION", "VARIANT")
    nested = [name for name, kind in filter(None, found) if kind.endswith("]") or kind.upper().startswith(kinds)]
    return nested[0] if nested else ""


def count_parquet_rows(connection: duckdb.DuckDBPyConnection, group: FileGroup) -> dict[Path, int]:
    """Return the number of rows of each Parquet file, as its footer states it.

    Raises:
        InputError: If a footer cannot be read.
    """
    try:
        rows = connection.execute(
            f"select file_name, num_rows from parquet_file_metadata({sql_file_list(group.files)})"
        ).fetchall()
    except duckdb.Error as error:
        raise _unreadable(group.files[0], error) from error
    counts = {Path(str(name)): int(count) for name, count in rows}
    return {file: counts[file] for file in group.files}


def scan_sql(group: FileGroup, options: str = "") -> str:
    """Return the table function that reads the group's files as they are.

    Args:
        group: Files of one layout.
        options: Further options of the reader, such as ``", filename = true"``.
    """
    files = sql_file_list(group.files)
    if not group.is_csv:
        return f"read_parquet({files}{_PARQUET_OPTIONS}{options})"
    columns = ", ".join(f"{quote_string(name)}: 'VARCHAR'" for name, _ in group.columns)
    delimiter = group.dialect.delimiter if group.dialect else ","
    return (
        f"read_csv({files}, columns = {{{columns}}}, header = true, auto_detect = false, "
        f"delim = {quote_string(delimiter)}, "
        f"quote = '\"', escape = '\"', nullstr = '', hive_partitioning = false{options})"
    )


@cache
def _scratch_database() -> duckdb.DuckDBPyConnection:
    """Return a database in memory that holds nothing: opening one costs more than reading a small file."""
    return duckdb.connect()


def reads_fast(group: FileGroup, file: Path) -> bool:
    """Say whether the fast reader takes a CSV file apart without leaving a row or an error.

    Args:
        group: The layout of the file.
        file: A CSV file of the group.
    """
    if group.dialect is None or not group.dialect.is_plain or group.dialect.lines_before:
        return False
    if file.name.lower().endswith(".zip"):
        return False
    one = FileGroup(group.folder, files=(file,), is_csv=True, columns=group.columns, dialect=group.dialect)
    # Tables of rejects belong to one cursor: every file begins with none.
    with _scratch_database().cursor() as connection:
        try:
            (row,) = connection.execute(f"select count(*) from {scan_sql(one, ', store_rejects = true')}").fetchall()
            (broken,) = connection.execute("select count(*) from reject_errors").fetchall()
        except duckdb.Error:
            return False
    # The fast reader takes a row with one blank field too many, such as one that a stray comma has shifted.
    is_exact = count_delimiters(file, group.dialect) == (int(row[0]) + 1) * (len(group.columns) - 1)
    return int(broken[0]) == 0 and is_exact


def _unreadable(file: Path, error: duckdb.Error) -> InputError:
    return InputError(f"{file}: not a readable Parquet file ({_first_line(error)})")


def _first_line(error: BaseException) -> str:
    return one_line((str(error).strip().splitlines() or [type(error).__name__])[0])
