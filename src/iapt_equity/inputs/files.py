"""Which files an input table consists of, and which columns each file holds."""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import duckdb

from iapt_equity.inputs.errors import InputError

PARQUET_SUFFIXES = (".parquet",)
CSV_SUFFIXES = (".csv", ".csv.gz")


@dataclass(frozen=True)
class FileGroup:
    """Files of one table that share a layout, so that one scan reads them all.

    Attributes:
        files: The files, sorted.
        is_csv: Whether they are CSV (every column is text) or Parquet.
        columns: Physical column names and DuckDB types, in file order.
    """

    files: tuple[Path, ...]
    is_csv: bool
    columns: tuple[tuple[str, str], ...]


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


def _suffix(file: Path) -> str:
    name = file.name.lower()
    if name.startswith("."):
        return ""
    return next((suffix for suffix in PARQUET_SUFFIXES + CSV_SUFFIXES if name.endswith(suffix)), "")


def _stem(file: Path) -> str:
    return file.name[: len(file.name) - len(_suffix(file))]


def group_files(connection: duckdb.DuckDBPyConnection, files: list[Path]) -> list[FileGroup]:
    """Group files by their layout.

    Args:
        connection: Any open DuckDB connection; only file metadata is read.
        files: Parquet and CSV files.

    Returns:
        One group per layout, in the order of their first files.

    Raises:
        InputError: If a file cannot be read.
    """
    layouts: dict[tuple[bool, tuple[tuple[str, str], ...]], list[Path]] = defaultdict(list)
    parquet = [file for file in files if _suffix(file) in PARQUET_SUFFIXES]
    columns_of = _parquet_columns(connection, parquet)
    for file in files:
        is_csv = _suffix(file) in CSV_SUFFIXES
        layouts[(is_csv, _csv_columns(file) if is_csv else columns_of[file])].append(file)
    return [
        FileGroup(files=tuple(members), is_csv=is_csv, columns=columns)
        for (is_csv, columns), members in layouts.items()
    ]


def _parquet_columns(
    connection: duckdb.DuckDBPyConnection, files: list[Path]
) -> dict[Path, tuple[tuple[str, str], ...]]:
    layouts: dict[tuple[object, ...], tuple[tuple[str, str], ...]] = {}
    columns: dict[Path, tuple[tuple[str, str], ...]] = {}
    for file in files:
        try:
            schema = connection.execute(
                "select name, type, converted_type, cast(logical_type as varchar) from parquet_schema(?)",
                [file.as_posix()],
            ).fetchall()
            # A layout is described once: describing costs more than reading a file's own schema.
            if tuple(schema) not in layouts:
                described = connection.execute(
                    f"describe select * from read_parquet({quote_string(file.as_posix())})"
                ).fetchall()
                layouts[tuple(schema)] = tuple((str(row[0]), str(row[1])) for row in described)
        except duckdb.Error as error:
            raise InputError(f"{file}: not a readable Parquet file ({_first_line(error)})") from error
        columns[file] = layouts[tuple(schema)]
    return columns


def _csv_columns(file: Path) -> tuple[tuple[str, str], ...]:
    try:
        opener = gzip.open if file.name.lower().endswith(".gz") else open
        with opener(file, "rb") as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
            header = next(csv.reader(text), None)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{file}: not a readable CSV file in UTF-8 ({_first_line(error)})") from error
    if not header:
        raise InputError(f"{file}: the file is empty; expected a line of column names")
    names = [name.strip() for name in header]
    if len({name.lower() for name in names}) < len(names):
        raise InputError(f"{file}: a column name stands twice in the first line")
    return tuple((name, "VARCHAR") for name in names)


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
    return (
        f"read_csv({files}, columns = {{{columns}}}, header = true, auto_detect = false, delim = ',', "
        f"quote = '\"', escape = '\"', nullstr = ''{options})"
    )


def check_csv_rows(group: FileGroup) -> None:
    """Read every CSV row once, so that a broken one is met here and not in the middle of the build.

    The reader's own error repeats the row; ours must not, since it may be a patient's.

    Args:
        group: CSV files of one layout.

    Raises:
        InputError: If a row has too few or too many fields, or text that is not UTF-8; names file and line.
    """
    with duckdb.connect() as connection:
        try:
            connection.execute(f"select count(*) from {scan_sql(group, ', store_rejects = true')}").fetchall()
        except duckdb.Error as error:
            if len(group.files) > 1:
                for file in group.files:
                    check_csv_rows(FileGroup(files=(file,), is_csv=True, columns=group.columns))
            # Only the first line of the reader's error is free of the row itself.
            raise InputError(f"{group.files[0]}: not a readable CSV file ({_first_line(error)})") from None
        broken = connection.execute(
            "select scans.file_path, errors.line, lower(cast(errors.error_type as varchar)) "
            "from reject_errors as errors inner join reject_scans as scans using (scan_id, file_id) "
            "order by scans.file_path, errors.line limit 1"
        ).fetchone()
    if broken is not None:
        raise InputError(
            f"{broken[0]}: line {broken[1]} cannot be read ({broken[2]}); expected {len(group.columns)} fields"
        )


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
