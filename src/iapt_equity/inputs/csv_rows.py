"""CSV files as numbered rows of text in the build file.

A CSV file has no row numbers of its own, and each query on it would parse it anew. So its rows are taken into a table
once, with the number of each row, and again only when its content or this package has changed. Only columns of the
contract are taken.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa

from iapt_equity.inputs.contract import Table
from iapt_equity.inputs.csv_text import read_header, records
from iapt_equity.inputs.digests import content_digest, file_state, reader_digests
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import (
    FileGroup,
    find_column,
    partition_values,
    quote_name,
    quote_string,
    reads_fast,
    scan_sql,
)
from iapt_equity.inputs.naming import SOURCE_FILE, SOURCE_ROW, relative_name

SCHEMA = "raw_text"
"""Schema of the tables with the rows of CSV files: the columns of the contract as text, source file and row."""

_FILES = f"{SCHEMA}.csv_files"
_BROKEN = f"{SCHEMA}.broken_rows"
_BATCH = 50_000


def _text_name(table: Table, folder: str) -> str:
    return f"{folder}_{table.name}".lower() if folder else table.identifier


def text_table(table: Table, folder: str) -> str:
    """Return the qualified name of the table that holds the CSV rows of a table of the contract in one input folder."""
    return f"{SCHEMA}.{quote_name(_text_name(table, folder))}"


def prepare_text_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the schema of the text tables and the lists of their files, where they are not there yet."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(
        f"create table if not exists {_FILES} "
        "(identifier varchar, source_file varchar, fingerprint varchar, row_count bigint)"
    )
    connection.execute(
        f"create table if not exists {_BROKEN} (identifier varchar, source_file varchar, source_row bigint)"
    )


def load_csv_rows(
    connection: duckdb.DuckDBPyConnection, table: Table, folder: str, groups: list[FileGroup], directory: Path
) -> dict[str, int]:
    """Take the rows of a table's CSV files in one input folder into the build file, as far as they are not there yet.

    A file counts as there if its content, and what reads it, are those of the last time.

    Args:
        connection: Connection to the build file, inside a transaction, in which ``prepare_text_tables`` was called.
        table: The table of the contract.
        folder: Name of the input folder; empty where there is none.
        groups: The CSV files by layout; required columns are there.
        directory: Folder that the names of source files are relative to.

    Returns:
        The number of data rows by source file, broken ones among them.

    Raises:
        InputError: If no row of a file can be taken apart, or a file changes meanwhile.
    """
    name_of_rows = _text_name(table, folder)
    columns = [SOURCE_FILE, SOURCE_ROW, *(column.name for column in table.columns)]
    if groups:
        _create_text_table(connection, table, folder, columns)
    present: dict[str, tuple[str, int]] = {
        str(name): (str(fingerprint), int(count))
        for name, fingerprint, count in connection.execute(
            f"select source_file, fingerprint, row_count from {_FILES} where identifier = ?", [name_of_rows]
        ).fetchall()
    }
    wanted = {relative_name(file, directory): (group, file) for group in groups for file in group.files}
    for name in present.keys() - wanted.keys():
        _forget(connection, table, folder, name)
    counts: dict[str, int] = {}
    for name, (group, file) in wanted.items():
        state, fingerprint = file_state(file), _fingerprint(file)
        if name in present and present[name][0] == fingerprint:
            counts[name] = present[name][1]
            continue
        if name in present:
            _forget(connection, table, folder, name)
        counts[name] = _load(connection, table, group, file, name)
        # The names of its columns were read before all files of the data set that stand before it.
        if file_state(file) != state or not _has_layout(file, group):
            raise InputError(f"{file}: changed while it was read; build again when nothing writes to it")
        connection.execute(f"insert into {_FILES} values (?, ?, ?, ?)", [name_of_rows, name, fingerprint, counts[name]])
    return counts


def loaded_fingerprints(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return by name the fingerprint that the rows of each CSV file were taken in under.

    A file may have changed since: what it holds now says nothing of those rows.
    """
    rows = connection.execute(f"select source_file, fingerprint from {_FILES}").fetchall()
    return {str(name): str(fingerprint) for name, fingerprint in rows}


def broken_rows(connection: duckdb.DuckDBPyConnection, table: Table, folder: str) -> list[tuple[str, int]]:
    """Return the rows of a table's CSV files in one folder that cannot be taken apart, as source file and row."""
    rows = connection.execute(
        f"select source_file, source_row from {_BROKEN} where identifier = ? order by all", [_text_name(table, folder)]
    ).fetchall()
    return [(str(name), int(row)) for name, row in rows]


def _create_text_table(connection: duckdb.DuckDBPyConnection, table: Table, folder: str, columns: list[str]) -> None:
    name = _text_name(table, folder)
    found = connection.execute(
        "select column_name from duckdb_columns() where schema_name = ? and table_name = ? order by column_index",
        [SCHEMA, name],
    ).fetchall()
    if [str(row[0]) for row in found] == columns:
        return
    types = ["varchar", "bigint", *("varchar" for _ in table.columns)]
    declared = ", ".join(f"{quote_name(column)} {kind}" for column, kind in zip(columns, types, strict=True))
    connection.execute(f"create or replace table {text_table(table, folder)} ({declared})")
    for listing in (_FILES, _BROKEN):
        connection.execute(f"delete from {listing} where identifier = ?", [name])


def _forget(connection: duckdb.DuckDBPyConnection, table: Table, folder: str, name: str) -> None:
    connection.execute(f"delete from {text_table(table, folder)} where {SOURCE_FILE} = ?", [name])
    for listing in (_FILES, _BROKEN):
        connection.execute(
            f"delete from {listing} where identifier = ? and source_file = ?", [_text_name(table, folder), name]
        )


def _has_layout(file: Path, group: FileGroup) -> bool:
    dialect, names = read_header(file)
    return dialect == group.dialect and names == tuple(name for name, _ in group.columns)


def _fingerprint(file: Path) -> str:
    return hashlib.sha256(f"{content_digest(file)} {sorted(reader_digests().items())}".encode()).hexdigest()


def _load(connection: duckdb.DuckDBPyConnection, table: Table, group: FileGroup, file: Path, name: str) -> int:
    found = [find_column(column, group) for column in table.columns]
    given = {partition: partition_values(file)[partition] for partition in group.partitions}
    selected = ["null" if column is None else _selected(column[0], given) for column in found]
    if not reads_fast(group, file):
        return _load_record_by_record(connection, table, group, file, name)
    one = FileGroup(group.folder, files=(file,), is_csv=True, columns=group.columns, dialect=group.dialect)
    # A window without an order numbers the rows as they stand in the file, whatever the number of threads.
    connection.execute(
        f"insert into {text_table(table, group.folder)} select {quote_string(name)}, row_number() over () - 1, "
        f"{', '.join(selected)} from {scan_sql(one)}"
    )
    row = connection.execute(
        f"select count(*) from {text_table(table, group.folder)} where {SOURCE_FILE} = ?", [name]
    ).fetchone()
    return 0 if row is None else int(row[0])


def _selected(name: str, given: dict[str, str | None]) -> str:
    """Return the SQL of a column of a CSV file: its own, or what a folder above the file gives."""
    if name not in given:
        return quote_name(name)
    value = given[name]
    return "null" if value is None else quote_string(value)


def _load_record_by_record(
    connection: duckdb.DuckDBPyConnection, table: Table, group: FileGroup, file: Path, name: str
) -> int:
    if group.dialect is None:
        raise ValueError(f"{file} is no CSV file")
    places = {column: place for place, (column, _) in enumerate(group.columns)}
    found = [find_column(column, group) for column in table.columns]
    given = {partition: partition_values(file)[partition] for partition in group.partitions}
    taken = [None if column is None else places.get(column[0]) for column in found]
    constants = [None if column is None else given.get(column[0]) for column in found]
    numbered = enumerate(records(file, group.dialect, tuple(column for column, _ in group.columns)))
    count = broken_count = 0
    for batch in _batches(numbered):
        good = [(row, fields) for row, fields in batch if fields is not None]
        broken = [(_text_name(table, group.folder), name, row) for row, fields in batch if fields is None]
        columns: list[pa.Array] = [pa.array([row for row, _ in good], pa.int64())]
        for place, constant in zip(taken, constants, strict=True):
            values = [constant if place is None else (fields[place] or None) for _, fields in good]
            columns.append(pa.array(values, pa.string()))
        rows = pa.table(columns, names=[f"c{place}" for place in range(len(columns))])
        connection.register("record_batch", rows)
        target = text_table(table, group.folder)
        connection.execute(f"insert into {target} select {quote_string(name)}, * from record_batch order by c0")
        connection.unregister("record_batch")
        if broken:
            connection.executemany(f"insert into {_BROKEN} values (?, ?, ?)", broken)
        count += len(batch)
        broken_count += len(broken)
    if count and count == broken_count:
        raise InputError(f"{file}: no row can be read; expected {len(group.columns)} fields in each")
    return count


def _batches(
    numbered: Iterator[tuple[int, list[str] | None]],
) -> Iterator[list[tuple[int, list[str] | None]]]:
    while batch := list(islice(numbered, _BATCH)):
        yield batch
