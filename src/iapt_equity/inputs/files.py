"""Which files an input table consists of, and which columns each file holds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import duckdb

from iapt_equity.inputs.contract import Column
from iapt_equity.inputs.csv_text import Dialect, read_header
from iapt_equity.inputs.errors import InputError

PARQUET_SUFFIXES = (".parquet",)
CSV_SUFFIXES = (".csv", ".csv.gz")


@dataclass(frozen=True)
class FileGroup:
    """Files of one table that share a layout, so that one scan reads them all.

    Attributes:
        folder: Name of the input folder that the files lie in, which is their version; empty where there is none.
        files: The files, sorted.
        is_csv: Whether they are CSV (every column is text) or Parquet.
        columns: Physical column names and DuckDB types, in file order.
        dialect: How CSV files are written; None for Parquet.
    """

    folder: str
    files: tuple[Path, ...]
    is_csv: bool
    columns: tuple[tuple[str, str], ...]
    dialect: Dialect | None = None


def quote_string(text: str) -> str:
    """Return ``text`` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def quote_name(name: str) -> str:
    """Return ``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def sql_file_list(files: tuple[Path, ...]) -> str:
    """Return the files as an SQL list of string literals, with forward slashes on every system."""
    return "[" + ", ".join(quote_string(file.as_posix()) for file in files) + "]"


def find_table_files(folder: Path, table: str) -> list[Path]:
    """Find the files of a table: ``folder/table/**`` and ``folder/table.csv`` or ``.parquet``.

    Args:
        folder: Folder of the version.
        table: Official table name; matched without regard to case.

    Returns:
        The data files, sorted by path; empty where there are none.
    """
    if not folder.is_dir():
        return []
    files: list[Path] = []
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name.lower() == table.lower():
            files.extend(file for file in entry.rglob("*") if file.is_file() and _suffix(file))
        elif entry.is_file() and _suffix(entry) and _stem(entry).lower() == table.lower():
            files.append(entry)
    return sorted(files)


def find_other_tables(folder: Path, tables: list[str]) -> list[str]:
    """Find what else lies in the folder of a version: tables that the contract does not name.

    Args:
        folder: Folder of the version.
        tables: Official names of the tables of the contract; matched without regard to case.

    Returns:
        Names of folders with data files and of single data files, sorted.
    """
    known = {table.lower() for table in tables}
    others: set[str] = set()
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name.lower() not in known:
            if any(file.is_file() and _suffix(file) for file in entry.rglob("*")):
                others.add(entry.name)
        elif entry.is_file() and _suffix(entry) and _stem(entry).lower() not in known:
            others.add(_stem(entry))
    return sorted(others)


def _suffix(file: Path) -> str:
    name = file.name.lower()
    if name.startswith("."):
        return ""
    return next((suffix for suffix in PARQUET_SUFFIXES + CSV_SUFFIXES if name.endswith(suffix)), "")


def _stem(file: Path) -> str:
    return file.name[: len(file.name) - len(_suffix(file))]


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
    layouts: dict[tuple[Dialect | None, tuple[tuple[str, str], ...]], list[Path]] = defaultdict(list)
    parquet = [file for file in files if _suffix(file) in PARQUET_SUFFIXES]
    columns_of = _parquet_columns(connection, parquet)
    for file in files:
        if _suffix(file) in CSV_SUFFIXES:
            dialect, names = read_header(file)
            layouts[(dialect, tuple((name, "VARCHAR") for name in names))].append(file)
        else:
            layouts[(None, columns_of[file])].append(file)
    return [
        FileGroup(folder, files=tuple(members), is_csv=dialect is not None, columns=columns, dialect=dialect)
        for (dialect, columns), members in layouts.items()
    ]


def find_column(column: Column, group: FileGroup) -> tuple[str, str] | None:
    """Find a column of the contract in the files of a group.

    Args:
        column: Column of the contract; its name and aliases match without regard to case.
        group: Files of one layout.

    Returns:
        Physical name and DuckDB type; None where the files lack the column or are of a version without it.
    """
    if group.folder in column.absent_in:
        return None
    by_name = {name.lower(): (name, physical_type) for name, physical_type in group.columns}
    return next((by_name[name.lower()] for name in (column.name, *column.aliases) if name.lower() in by_name), None)


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
                f"describe select * from read_parquet({quote_string(file.as_posix())})"
            ).fetchall()
        except duckdb.Error as error:
            raise _unreadable(file, error) from error
        layouts[schemas[file]] = tuple((str(row[0]), str(row[1])) for row in described)
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
        return f"read_parquet({files}{options})"
    columns = ", ".join(f"{quote_string(name)}: 'VARCHAR'" for name, _ in group.columns)
    delimiter = group.dialect.delimiter if group.dialect else ","
    return (
        f"read_csv({files}, columns = {{{columns}}}, header = true, auto_detect = false, "
        f"delim = {quote_string(delimiter)}, "
        f"quote = '\"', escape = '\"', nullstr = ''{options})"
    )


def reads_fast(group: FileGroup, file: Path) -> bool:
    """Say whether the fast reader takes a CSV file apart without leaving a row or an error.

    Args:
        group: The layout of the file.
        file: A CSV file of the group.
    """
    if group.dialect is None or not group.dialect.is_plain:
        return False
    one = FileGroup(group.folder, files=(file,), is_csv=True, columns=group.columns, dialect=group.dialect)
    with duckdb.connect() as connection:
        try:
            connection.execute(f"select count(*) from {scan_sql(one, ', store_rejects = true')}").fetchall()
            broken = connection.execute("select count(*) from reject_errors").fetchone()
        except duckdb.Error:
            return False
    return broken is not None and broken[0] == 0


def _unreadable(file: Path, error: duckdb.Error) -> InputError:
    return InputError(f"{file}: not a readable Parquet file ({_first_line(error)})")


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
