"""Checks the input folders against the contract and makes the typed views of schema ``raw``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from iapt_equity.inputs.contract import LOAD_NUMBER, Contract, InputFolder, Table
from iapt_equity.inputs.csv_rows import broken_rows, load_csv_rows, prepare_text_tables
from iapt_equity.inputs.csv_text import NAMELESS
from iapt_equity.inputs.date_columns import SerialDates, judge_date_columns
from iapt_equity.inputs.errors import InputError, one_line
from iapt_equity.inputs.excel_1904 import check_days_of_excel
from iapt_equity.inputs.files import (
    FileGroup,
    TableFiles,
    count_parquet_rows,
    find_column,
    find_table_files,
    group_files,
    nested_column,
    quote_name,
    quote_string,
)
from iapt_equity.inputs.folders import OTHER_HEADER, REPLACED, TEXT_ENDINGS, ending, list_unread, old_folder
from iapt_equity.inputs.naming import MDS_VERSION, SOURCE_FILE, SOURCE_ROW, UNREADABLE_SUFFIX, relative_name
from iapt_equity.inputs.values import EXCEL_DAY_0
from iapt_equity.inputs.views import check_required_columns, missing_columns, view_sql

INPUT_FILES = "raw.input_files"
"""Table with one row per file that was read: source, version, table, file and its number of data rows."""


def create_views(
    connection: duckdb.DuckDBPyConnection, contract: Contract, directory: Path, variable: str
) -> list[str]:
    """Make one typed view per table of the contract, and list the files in ``raw.input_files``.

    Everything is checked before the first view is replaced, so that bad input changes nothing.

    Args:
        connection: Connection to the build file.
        contract: What the input may and must hold.
        directory: The input directory; those of the sub-folders ``contract.folders`` that are there hold the tables.
        variable: Name of the environment variable behind ``directory``, for the messages.

    Returns:
        Lines for people to read: the optional tables that are not given, and what is unusual about files.

    Raises:
        InputError: If the directory or a required table or column is missing, a file cannot be read or is of another
            version, or a table with a key has it twice or in part, or a value that cannot be read.
    """
    if not directory.is_dir():
        raise InputError(f"{variable}: folder '{directory}' does not exist")
    # Names of files are cut below the folder, however it was written: as `.`, with `..` or a slash at the end.
    directory = directory.absolute()
    given = [folder for folder in contract.folders if folder.below(directory).is_dir()]
    if not given:
        names = " or ".join(f"'{folder.name}'" for folder in contract.folders)
        raise InputError(f"{variable}: '{directory}' holds no folder {names}; expected the tables there")
    found: Found = {}
    notices: list[str] = []
    files = {folder: _table_files(connection, contract, folder, directory) for folder in given}
    for folder in given:
        found[folder], lines = _find_tables(connection, contract, folder, directory, files[folder])
        notices += lines
    unread = {file: reason for folder in given for file, reason in files[folder].unread.items()}
    with _all_or_nothing(connection):
        notices += _replace_views(connection, contract, directory, found)
        list_unread(connection, variable, contract.source, directory, unread)
    for folder in given:
        place = folder.below(directory)
        if absent := [table.name for table in contract.tables if not found[folder][table.name]]:
            notices.append(f"{place}: not given, counts as empty: {', '.join(absent)}")
        read = [file for of_table in files[folder].data.values() for file in of_table]
        for old in sorted({old for file in read if (old := old_folder(file, place, contract.rules.old_folder_names))}):
            notices.append(f"{old}: read as data, whatever its name says; move it elsewhere if other files replaced it")
        if folder.name and (others := files[folder].others):
            notices.append(f"{place}: tables that no model reads: {', '.join(others)}")
    return notices


def _table_files(
    connection: duckdb.DuckDBPyConnection, contract: Contract, folder: InputFolder, directory: Path
) -> TableFiles:
    """Find the files of each table; text files that do not begin with the names of its columns are not read."""
    found = find_table_files(folder.below(directory), [table.name for table in contract.tables], bool(folder.name))
    for table in contract.tables:
        for file in [file for file in found.data[table.name] if ending(file) in TEXT_ENDINGS]:
            if not _has_columns_of(connection, table, file, folder):
                found.data[table.name].remove(file)
                found.unread[file] = OTHER_HEADER
        _leave_out_replaced(found, table, folder.below(directory), contract.rules.old_folder_names)
    return found


def _leave_out_replaced(found: TableFiles, table: Table, place: Path, names: frozenset[str]) -> None:
    """Files in a folder such as ``old`` are not read where one of the same name lies beside that folder."""
    files = set(found.data[table.name])
    for file in found.data[table.name]:
        old = old_folder(file, place, names)
        if old and old.parent / file.relative_to(old) in files:
            found.unread[file] = REPLACED
    found.data[table.name] = [file for file in found.data[table.name] if file not in found.unread]


def _has_columns_of(connection: duckdb.DuckDBPyConnection, table: Table, file: Path, folder: InputFolder) -> bool:
    try:
        (group,) = group_files(connection, [file], folder.name)
    except InputError:
        return False
    return not missing_columns(table, group)


Found = dict[InputFolder, dict[str, list[FileGroup]]]
"""Files by layout, of each table of each input folder that is given."""


def _find_tables(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    folder: InputFolder,
    directory: Path,
    table_files: TableFiles,
) -> tuple[dict[str, list[FileGroup]], list[str]]:
    found: dict[str, list[FileGroup]] = {}
    notices: list[str] = []
    place = folder.below(directory)
    for table in contract.tables:
        files = table_files.data[table.name]
        if not files and (unread := table_files.unread_of(table.name, place)):
            raise InputError(
                f"{place / table.name}: no CSV or Parquet file with its column names among its {len(unread)} files, "
                f"such as {one_line(unread[0].name)}; export the table as one of these, or take them away"
            )
        if not files and table.is_required:
            raise InputError(f"{place / table.name}: no CSV or Parquet file; no mart can be made without {table.name}")
        groups = group_files(connection, files, folder.name)
        check_required_columns(table, groups)
        for group in groups:
            if nested := nested_column(table, group):
                raise InputError(
                    f"{group.files[0]}: column {nested} holds lists or structures; expected one value a row"
                )
            if group.dialect and (how := _unusual(group)):
                notices.append(f"{relative_name(group.files[0], directory)}: read with {how}")
        found[table.name] = groups
    return found, notices


def _unusual(group: FileGroup) -> str:
    if group.dialect is None:
        return ""
    parts = [] if group.dialect.is_plain else [f"encoding {group.dialect.encoding}"]
    if group.dialect.delimiter != ",":
        parts.append(f"delimiter {'tab' if group.dialect.delimiter == chr(9) else group.dialect.delimiter}")
    if group.dialect.lines_before:
        parts.append(f"{group.dialect.lines_before} lines before the column names passed over")
    if nameless := sum(name.startswith(NAMELESS) for name, _ in group.columns):
        parts.append(f"{nameless} columns without a name passed over")
    return " and ".join(parts)


def create_empty_views(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Make the views of a source that is not given: all there, all empty."""
    with _all_or_nothing(connection):
        _replace_views(connection, contract, Path(), {})
        list_unread(connection, "", contract.source, Path(), {})


UNREADABLE_ROWS = "raw.unreadable_rows"
"""Table with one row per CSV row that cannot be taken apart into fields, and why."""

ABSENT_COLUMNS = "raw.absent_columns"
"""Table with one row per file and column of the contract that the file does not hold."""

BIRTH_DAYS_0 = "raw.birth_days_0"
"""Table with one row per input folder: what numbers that stand for births count from, or nothing."""


@contextmanager
def _all_or_nothing(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.execute("begin transaction")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _replace_views(
    connection: duckdb.DuckDBPyConnection, contract: Contract, directory: Path, found: Found
) -> list[str]:
    notices: list[str] = []
    connection.execute("create schema if not exists raw")
    prepare_text_tables(connection)
    _prepare_listing(connection, INPUT_FILES, contract, "row_count bigint")
    _prepare_listing(connection, UNREADABLE_ROWS, contract, "source_row bigint, reason_code varchar")
    _prepare_listing(connection, ABSENT_COLUMNS, contract, "column_name varchar")
    has_versions = any(folder.name for folder in contract.folders)
    serials = {folder: SerialDates() for folder in contract.folders}
    for folder in contract.folders:
        for table in contract.tables:
            of_folder = found[folder][table.name] if folder in found else []
            notices += _list_files(connection, contract, table, folder, of_folder, directory)
            judged = judge_date_columns(connection, table, of_folder, directory, contract.rules)
            serials[folder].add(judged)
    birth_days_0 = {folder.name: said.birth_days_0(contract.rules) for folder, said in serials.items()}
    _note_birth_days_0(connection, contract, birth_days_0)
    for table in contract.tables:
        groups = [group for folder in found for group in found[folder][table.name]]
        connection.execute(view_sql(table, groups, directory, has_versions, contract.rules, birth_days_0))
        if groups:
            _check_key(connection, table)
            _check_values(connection, table, contract.rules.seeds)
            _check_loads(connection, table, groups)
        if table.name == contract.header_table:
            for folder in found:
                _check_version(connection, table, folder)
    for folder in found:
        check_days_of_excel(connection, contract, folder, serials[folder].of_excel)
        if EXCEL_DAY_0 in birth_days_0[folder.name] and not serials[folder].of_excel:
            notices.append(
                f"{folder.below(directory)}: dates of birth are numbers, and no other date is: read as days of Excel "
                "since 1900; if the workbook counts from 1904, everybody is four years too old"
            )
    return notices


def _note_birth_days_0(
    connection: duckdb.DuckDBPyConnection, contract: Contract, days: dict[str, frozenset[str]]
) -> None:
    connection.execute(
        f"create table if not exists {BIRTH_DAYS_0} (source_name varchar, mds_version varchar, day_0 varchar)"
    )
    connection.execute(f"delete from {BIRTH_DAYS_0} where source_name = ?", [contract.source])
    connection.execute(
        f"insert into {BIRTH_DAYS_0} select ?, unnest(?), unnest(?)",
        [contract.source, list(days), [", ".join(sorted(of_folder)) for of_folder in days.values()]],
    )


def _prepare_listing(connection: duckdb.DuckDBPyConnection, listing: str, contract: Contract, columns: str) -> None:
    """Make a listing without rows of the source; one with other columns, of an older build file, is made anew."""
    declared = f"source_name varchar, mds_version varchar, source_table varchar, source_file varchar, {columns}"
    schema, name = listing.split(".")
    found = connection.execute(
        "select string_agg(column_name || ' ' || lower(data_type), ', ' order by column_index) "
        "from duckdb_columns() where schema_name = ? and table_name = ?",
        [schema, name],
    ).fetchone()
    if found != (declared,):
        connection.execute(f"create or replace table {listing} ({declared})")
    connection.execute(f"delete from {listing} where source_name = {quote_string(contract.source)}")


def _list_files(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    table: Table,
    folder: InputFolder,
    groups: list[FileGroup],
    directory: Path,
) -> list[str]:
    """Take in the CSV rows of a table in one folder; list its files, the columns they lack, and unreadable rows."""
    counts = load_csv_rows(connection, table, folder.name, [group for group in groups if group.is_csv], directory)
    for group in groups:
        if not group.is_csv:
            rows = count_parquet_rows(connection, group)
            counts |= {relative_name(file, directory): count for file, count in rows.items()}
    origin = [contract.source, folder.name or None, table.name]
    if counts:
        connection.execute(
            f"insert into {INPUT_FILES} select ?, ?, ?, unnest(?), unnest(?)",
            [*origin, list(counts), list(counts.values())],
        )
    for group in groups:
        connection.execute(
            f"insert into {ABSENT_COLUMNS} select ?, ?, ?, files.name, columns.name "
            "from (select unnest(?) as name) as files, (select unnest(?) as name) as columns",
            [
                *origin,
                [relative_name(file, directory) for file in group.files],
                [column.name for column in table.columns if find_column(column, group) is None],
            ],
        )
    broken = broken_rows(connection, table, folder.name)
    if not broken:
        return []
    connection.executemany(
        f"insert into {UNREADABLE_ROWS} values (?, ?, ?, ?, ?, 'row_unreadable')",
        [[*origin, name, row] for name, row in broken],
    )
    return [f"{table.name}: {len(broken)} rows cannot be taken apart; see quality.quarantine"]


def _check_key(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Check that no two rows of a table have the same key, as they have when two releases of it are given."""
    if not table.key:
        return
    key = ", ".join(f"upper(trim(cast({quote_name(column)} as varchar)))" for column in table.key)
    found = connection.execute(
        f"with repeated as (select min({SOURCE_FILE}) as one, max({SOURCE_FILE}) as other "
        f"from raw.{quote_name(table.identifier)} where coalesce({key}) is not null "
        f"group by {key} having count(*) > 1) "
        "select one, other, count(*) from repeated group by all order by count(*) desc, one, other limit 1"
    ).fetchone()
    if found is None:
        return
    one, other, count = found
    what = f"{count} of the same {' and '.join(table.key)}"
    if one == other:
        raise InputError(f"{one}: gives {what} twice; expected one row of {table.name} for each")
    raise InputError(
        f"{other}: gives {what} as {one}; two releases of {table.name}? Expected one, so take the other away"
    )


def _check_values(connection: duckdb.DuckDBPyConnection, table: Table, seeds: Path) -> None:
    """Check that every row of a table with a key says all that it must, and nothing unknown: no quarantine takes it.

    A note below the rows, filled up to their width, is a row without the rest of its key.
    """
    if not table.key:
        return
    typed = [column.name for column in table.columns if column.data_type != "varchar"]
    checks = [(name, quote_name(name + UNREADABLE_SUFFIX), "that cannot be read") for name in typed]
    filled = [column.name for column in table.columns if column.is_filled]
    checks += [(name, f"{quote_name(name)} is null", "that is blank") for name in (*table.key, *filled)]
    for column in table.columns:
        if column.listed_in:
            seed, listed = column.listed_in
            listing = f"read_csv({quote_string((seeds / f'{seed}.csv').as_posix())}, all_varchar = true)"
            known = f"(select lower(trim({quote_name(listed)})) from {listing})"
            unknown = f"lower(trim({quote_name(column.name)})) not in {known}"
            checks.append((column.name, unknown, f"that seed {seed.rpartition('/')[2]} does not list"))
    for name, condition, trouble in checks:
        found = connection.execute(
            f"select {SOURCE_FILE}, count(*), min({SOURCE_ROW}) from raw.{quote_name(table.identifier)} "
            f"where {condition} group by {SOURCE_FILE} order by {SOURCE_FILE} limit 1"
        ).fetchone()
        if found is not None:
            raise InputError(
                f"{found[0]}: {found[1]} rows of {table.name} with a {name} {trouble}, first in source_row {found[2]}; "
                "expected one in each, as docs/input_contract.md has it, and no notes below the rows"
            )


def _check_loads(connection: duckdb.DuckDBPyConnection, table: Table, groups: list[FileGroup]) -> None:
    """Check that the numbers of loads are not all beyond reading: then the older of two loads could count.

    One unreadable row among others without a number is no load, but a line of names within a file.
    """
    for column in table.columns:
        found = [find_column(column, group) for group in groups]
        if column.kind != LOAD_NUMBER or not any(one and one[1].upper() == "VARCHAR" for one in found):
            continue
        unreadable = quote_name(column.name + UNREADABLE_SUFFIX)
        row = connection.execute(
            f"select {SOURCE_FILE}, count(*) filter (where {unreadable}) as unreadable_count "
            f"from raw.{quote_name(table.identifier)} group by {SOURCE_FILE} "
            f"having 2 * unreadable_count > count(*) and count({quote_name(column.name)}) = 0 "
            f"order by {SOURCE_FILE} limit 1"
        ).fetchone()
        if row is not None:
            raise InputError(
                f"{row[0]}: {column.name} of {table.name} holds no number of a load in {row[1]} rows, so that of a "
                "submission loaded twice the older rows could count; expected numbers, or a file without the column"
            )


def _check_version(connection: duckdb.DuckDBPyConnection, table: Table, folder: InputFolder) -> None:
    if not any(column.name == "DatSetVer" for column in table.columns):
        return
    # A column of numbers has no zero after the point: 2 is 2.0.
    version = "if(regexp_full_match(trim(DatSetVer), '[0-9]+'), trim(DatSetVer) || '.0', trim(DatSetVer))"
    found = connection.execute(
        f"select source_file, min({version}) from raw.{quote_name(table.identifier)} "
        f"where {MDS_VERSION} = ? and ltrim(lower({version}), 'v0') <> ? group by source_file order by source_file",
        [folder.name, folder.data_set_version],
    ).fetchone()
    if found is not None:
        # What is no version of a data set may be anything, a name too, and is not said.
        said = f"data set version '{found[1]}'" if re.fullmatch(r"[vV]?[0-9][.][0-9]", found[1]) else "no version"
        raise InputError(
            f"{found[0]}: {table.name} says {said}; folder '{folder.name}' holds version {folder.data_set_version}"
        )
