"""Releases: what was published is kept, and the next build reads what it said.

A release is a folder of its own that never changes: every table of the schema `publication` as Parquet, and a list of
checksums. Nothing in it tells when it was made, so that the same warehouse gives the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import quote_name, quote_string
from iapt_equity.whole_folders import mark_of, whole_folder

KIND = "release"
SCHEMA = "publication"
COUNTS = "protected_counts"
CHECKSUMS = "SHA256SUMS"
RELEASED_COUNTS = "raw.released_counts"
_COLUMNS = {"cell_id": "VARCHAR", "lowest_count": "BIGINT", "highest_count": "BIGINT"}
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def releases_folder(env: Mapping[str, str], project_dir: Path) -> Path:
    """The folder of releases: IAPT_EQUITY_RELEASES, or data/releases of the project.

    Args:
        env: Environment of the command.
        project_dir: Folder of ``dbt_project.yml``.

    Returns:
        The folder, which need not be there.
    """
    named = env.get("IAPT_EQUITY_RELEASES", "")
    return Path(named).expanduser().absolute() if named else project_dir / "data" / "releases"


def write_release(warehouse: Path, folder: Path, label: str) -> list[Path]:
    """Write the schema `publication` of a warehouse as a release.

    Args:
        warehouse: The warehouse file of readers.
        folder: The folder of releases; made if it is not there.
        label: Name of the release, the name of its folder: letters, digits, dots, dashes, underscores.

    Returns:
        The files written, the list of checksums last.

    Raises:
        InputError: If the label is no name, there is a release of that name, or the warehouse holds no publication.
    """
    if not _LABEL.fullmatch(label):
        raise InputError(f"--label {label!r}: only letters, digits, dots, dashes and underscores make a name")
    target = folder / label
    if target.exists():
        raise InputError(f"{target}: there is a release of that name, and a release never changes; choose another")
    if not warehouse.is_file():
        raise InputError(f"{warehouse}: there is no warehouse; build it first (uv run dbt build)")
    with whole_folder(target, KIND, is_replaced=False) as unfinished:
        names = _copy_tables(warehouse, unfinished)
        lines = [f"{hashlib.sha256((unfinished / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
        (unfinished / CHECKSUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
    return [target / name for name in (*names, CHECKSUMS)]


def _copy_tables(warehouse: Path, target: Path) -> list[str]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        # One thread, and rows in the order of all columns: the same tables give the same bytes.
        connection.execute("set threads = 1")
        tables = [
            str(name)
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = ? order by table_name", [SCHEMA]
            ).fetchall()
        ]
        if COUNTS not in tables:
            raise InputError(
                f"{warehouse}: no publication in it; make it first (uv run dbt build --selector publication)"
            )
        for table in tables:
            file = quote_string((target / f"{table}.parquet").as_posix())
            connection.execute(
                f"copy (from {quote_name(SCHEMA)}.{quote_name(table)} order by all) to {file} (format parquet)"
            )
    return [f"{table}.parquet" for table in tables]


def create_released_counts(conn: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    """Make the view ``raw.released_counts``: what each earlier release said of each of its counts.

    Args:
        conn: Connection to the build file.
        folder: The folder of releases; nothing there is no release.

    Returns:
        A line for the log where there are releases.

    Raises:
        InputError: If a file of a release is gone, is not what was written, or cannot be read.
    """
    found = list(_checked_files(folder))
    nothing = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in {"release": "VARCHAR", **_COLUMNS}.items())
    parts = [f"select {nothing} where false"]
    for label, file in found:
        columns = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in _COLUMNS.items())
        parts.append(
            f"select {quote_string(label)} as release, {columns} from read_parquet({quote_string(file.as_posix())})"
        )
    conn.execute("create schema if not exists raw")
    try:
        conn.execute(f"create or replace view {RELEASED_COUNTS} as {' union all '.join(parts)}")
    except duckdb.Error as error:
        raise InputError(f"{folder}: a release's {COUNTS}.parquet does not hold {', '.join(_COLUMNS)}") from error
    return [f"Releases that figures are checked against in '{folder}': {', '.join(name for name, _ in found)}"] * bool(
        found
    )


def _checked_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """The file of counts of each release, after its checksum was seen to be the one noted."""
    if not folder.is_dir():
        return
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if not entry.is_dir() or entry.name.startswith("."):
            continue
        if (Path(entry.path) / mark_of(KIND)).exists():
            # Stopped while it was written, or being written now.
            continue
        name = f"{COUNTS}.parquet"
        file, sums = Path(entry.path) / name, Path(entry.path) / CHECKSUMS
        if not file.is_file() or not sums.is_file():
            raise InputError(f"{entry.path}: a release without {name if sums.is_file() else CHECKSUMS}")
        noted = dict(line.split("  ", 1)[::-1] for line in sums.read_text(encoding="utf-8").splitlines())
        if noted.get(name) != hashlib.sha256(file.read_bytes()).hexdigest():
            raise InputError(f"{file}: not what the release wrote (its checksum is another); a release never changes")
        yield entry.name, file
