"""Which files of an input folder are data, and why each of the others is not read.

Servers, notebooks, spreadsheets and file managers leave files of their own beside the data: copies in hidden folders,
parts of a table that a later part replaced, locks, markers. None of them may count as data, and none may go unseen.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from iapt_equity.inputs.delta import LOG, current_files
from iapt_equity.inputs.errors import InputError, one_line

FILES_NOT_READ = "raw.files_not_read"
"""Table with one row per file or folder below an input folder that is not read, and the reason."""

PARQUET_ENDINGS = (".parquet", ".parq", ".pq")
CSV_ENDINGS = (".csv", ".csv.gz", ".csv.zip", ".zip")
TEXT_ENDINGS = (".txt", ".tsv", ".tab", ".psv", ".dat", ".txt.gz", ".tsv.gz")
"""Endings that data and other text share: such a file is data if its first line says so."""

_LONGEST_FIRST = sorted(PARQUET_ENDINGS + CSV_ENDINGS + TEXT_ENDINGS, key=len, reverse=True)

HIDDEN = "hidden"
UNKNOWN_ENDING = "unknown_ending"
UNKNOWN_TABLE = "unknown_table"
OTHER_HEADER = "other_header"
OTHER_STATISTICS = "other_statistics"
OUTSIDE = "outside_the_tables"
NOT_CURRENT = "not_in_current_version"
NO_FILE = "no_file"
REPLACED = "replaced"

REASONS = {
    HIDDEN: "hidden, or in a hidden folder",
    UNKNOWN_ENDING: "ending that is not read",
    UNKNOWN_TABLE: "of no table that is read",
    OTHER_HEADER: "text without the table's column names",
    OTHER_STATISTICS: "neither annual main statistics nor monthly ones",
    OUTSIDE: "outside the folders of the tables",
    NOT_CURRENT: "not in the current version of its Delta table",
    NO_FILE: "no file that can be opened",
    REPLACED: "in a folder of old files, with one of the same name beside it",
}
"""Why a file is not read, in the words of the console."""


@dataclass
class Folder:
    """What lies in a folder, at any depth.

    Attributes:
        data: Files with an ending of data, sorted by path.
        unread: The other files with a key of :data:`REASONS`; a hidden folder outside the tables is one entry.
    """

    data: list[Path] = field(default_factory=list)
    unread: dict[Path, str] = field(default_factory=dict)


def ending(file: Path) -> str:
    """Return the ending of a file's name, in lower case, if data can have it; else nothing."""
    name = file.name.lower()
    return next((known for known in _LONGEST_FIRST if name.endswith(known)), "")


def stem(file: Path) -> str:
    """Return the name of a file without the ending that makes it data."""
    return file.name[: len(file.name) - len(ending(file))]


def is_hidden(path: Path) -> bool:
    """Say whether a name is one that systems hide: ``.name``, ``~name``, and folders that programs and servers keep.

    Spark writes ``_name``; what was thrown away lies in ``$NAME`` on Windows, ``#recycle`` or ``@Recycle`` on servers.
    """
    marks = (".", "~", "_", "$", "#", "@") if path.is_dir() else (".", "~")
    # A folder of partitions may begin with a line: _month=2016-04.
    return path.name.startswith(marks) and not (path.name.startswith("_") and "=" in path.name)


def entries(folder: Path) -> list[Path]:
    """Return what lies directly in a folder, sorted.

    Raises:
        InputError: If the folder cannot be listed, or a name in it is no Unicode text.
    """
    try:
        found = sorted(folder.iterdir())
    except OSError as error:
        raise InputError(f"{folder}: the folder cannot be opened") from error
    for path in found:
        try:
            path.name.encode("utf-8")
        except UnicodeEncodeError as error:
            raise InputError(f"{path}: a file name that is not UTF-8 text; rename the file") from error
    return found


def look_into(folder: Path) -> Folder:
    """Find the data files of a folder, at any depth, and what else lies there.

    Folders that are links are followed, once each. A Delta table is read at its current version.

    Args:
        folder: A folder.

    Raises:
        InputError: If a folder cannot be listed or holds a table in a format that is not read.
    """
    found = Folder()
    _look(folder, found, set())
    found.data.sort()
    return found


def _look(folder: Path, found: Folder, seen: set[str]) -> None:
    place = os.path.realpath(folder)
    if place in seen:
        return
    seen.add(place)
    inside = entries(folder)
    _check_format(folder, inside)
    if (folder / LOG).is_dir():
        current = set(current_files(folder))
        found.data.extend(current)
        below = [path for path in inside if path.name != LOG]
        found.unread |= {path: NOT_CURRENT for path in _below(below, seen) if path not in current}
        return
    for path in inside:
        if is_hidden(path):
            found.unread |= dict.fromkeys(_below([path], seen), HIDDEN)
        elif path.is_dir():
            _look(path, found, seen)
        elif not path.is_file():
            found.unread[path] = NO_FILE
        elif ending(path):
            found.data.append(path)
        else:
            found.unread[path] = UNKNOWN_ENDING


def _check_format(folder: Path, inside: list[Path]) -> None:
    iceberg = folder / "metadata"
    if any(path.name == ".hoodie" for path in inside):
        name = "Hudi"
    elif iceberg.is_dir() and any(path.name.endswith(".metadata.json") for path in entries(iceberg)):
        name = "Iceberg"
    else:
        return
    raise InputError(
        f"{folder}: {name} tables are not read, since old files lie beside current ones; export it as plain Parquet"
    )


def old_folder(file: Path, below: Path, names: frozenset[str]) -> Path | None:
    """Return the folder of old files that a file lies in, nearest to it; None if none is called so.

    Args:
        file: A file.
        below: The folder below which folders count.
        names: What such folders are called, in lower case.
    """
    parents = (parent for parent in file.parents if below in parent.parents)
    return next((parent for parent in parents if parent.name.lower() in names), None)


def everything(path: Path) -> list[Path]:
    """Return a file itself, or all files below a folder, whatever they are."""
    return _below([path], set())


def _below(paths: Iterable[Path], seen: set[str]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
        elif (place := os.path.realpath(path)) not in seen:
            seen.add(place)
            files += _below(entries(path), seen)
    return files


def list_unread(
    connection: duckdb.DuckDBPyConnection, variable: str, source: str, directory: Path, unread: dict[Path, str]
) -> None:
    """Put the files of a source that are not read into :data:`FILES_NOT_READ`, in place of those of the last time.

    Args:
        connection: Connection to the build file.
        variable: Environment variable of the input folder, such as ``MDS_DIR``.
        source: Name of the source, or of what else looked at the files.
        directory: The input folder, below which the files lie.
        unread: Files and folders with a key of :data:`REASONS`.
    """
    connection.execute("create schema if not exists raw")
    connection.execute(
        f"create table if not exists {FILES_NOT_READ} "
        "(source_name varchar, input_variable varchar, source_file varchar, reason_code varchar)"
    )
    connection.execute(f"delete from {FILES_NOT_READ} where source_name = ?", [source])
    names = [path.relative_to(directory).as_posix() + ("/" if path.is_dir() else "") for path in unread]
    connection.execute(
        f"insert into {FILES_NOT_READ} select ?, ?, unnest(cast(? as varchar[])), unnest(cast(? as varchar[]))",
        [source, variable, names, list(unread.values())],
    )


def say_unread(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the one line that says how many files are not read, and why; none where all are."""
    rows = connection.execute(
        "select input_variable, reason_code, count(*), min(source_file) "
        f"from {FILES_NOT_READ} group by all order by input_variable, count(*) desc, reason_code"
    ).fetchall()
    if not rows:
        return []
    parts = [
        f"{variable}: {count} {REASONS[reason]} ({'such as ' if count > 1 else ''}{one_line(name)})"
        for variable, reason, count, name in rows
    ]
    total = sum(count for _, _, count, _ in rows)
    return [f"{total} files or folders not read, listed in quality.files_not_read: {'; '.join(parts)}"]
