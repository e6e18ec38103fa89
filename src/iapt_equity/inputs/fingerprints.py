"""What kept records rest on: the content of each input file, and everything beside it that decides how it is read.

Records are kept from build to build (macros/read_records.sql). They are read again where the content of a file has
changed, and all of them where a rule has: both are compared before a build begins.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

import duckdb
from dbt.flags import get_flags
from dbt_common.invocation import get_invocation_id, get_invocation_started_at

from iapt_equity.inputs.csv_rows import loaded_fingerprints
from iapt_equity.inputs.digests import content_digest, file_state, reader_digests, text_digest
from iapt_equity.inputs.folders import everything
from iapt_equity.inputs.reader import BIRTH_DAYS_0, INPUT_FILES

FINGERPRINTS = "raw.file_fingerprints"
"""Table with one row per file of the minimum data set: source file and fingerprint."""
RULES = "raw.record_rules"
"""Table with one row per part of what decides how records are read: its name and its fingerprint."""
KEPT_RULES = "raw.kept_rules"
"""The same as it was when the records that are kept were read; macros/forget_records.sql writes it."""

RULE_FOLDERS = (
    "macros",
    "models/staging/input_files",
    "models/staging/v1_5",
    "models/staging/v2",
    "models/intermediate/records",
    "models/intermediate/submissions",
    "seeds/codes",
    "seeds/validation",
)
"""Folders of the project whose text decides what a record looks like. A test holds them against the lineage."""

TEXT_ENDINGS = (".sql", ".csv", ".yml", ".yaml")
"""What dbt reads of these folders."""

READ_AS_ONE = frozenset({"v1_5"})
"""Versions in which one file decides how another is read: in 1.5 a later file may take over the record numbers that
lead to a submission, and ages count from the first month sent. A change of one file of them is a change of all."""

States = Mapping[str, tuple[int, ...]]
"""Of each file, by its real path, what moves when it is written (``digests.file_state``)."""


def record_rules(
    connection: duckdb.DuckDBPyConnection, project_dir: Path, variables: Mapping[str, Any]
) -> dict[str, str]:
    """Return a fingerprint of each part, beside the input, of what decides how a record looks.

    Args:
        connection: Connection to the build file, with the views of schema ``raw`` made.
        project_dir: Folder of ``dbt_project.yml``.
        variables: Variables given on the command line. Each counts, whether or not a record asks for it today.
    """
    rules = reader_digests() | _project_digests(project_dir)
    rules |= {f"variable {name}": json.dumps(value, sort_keys=True, default=str) for name, value in variables.items()}
    zone = connection.execute("select current_setting('TimeZone')").fetchall()
    rules["the time zone"] = str(zone[0][0])
    # Which day serial dates of birth count from is read off all files of a version together.
    days = f"select mds_version, day_0 from {BIRTH_DAYS_0} where mds_version <> '' order by all"
    for version, day in connection.execute(days).fetchall():
        rules[f"day 0 of serial dates of birth in {version}"] = str(day)
    return {part: text_digest(text) for part, text in rules.items()}


def _project_digests(project_dir: Path) -> dict[str, str]:
    """Hash the texts of the project: those of records, and what sets variables and DuckDB for all of it."""
    flags = get_flags()  # type: ignore[no-untyped-call]
    texts = {file.relative_to(project_dir).as_posix(): file for file in _texts(project_dir)}
    # It may lie elsewhere, and another target of it may set DuckDB another way.
    texts["profiles.yml"] = Path(flags.PROFILES_DIR) / "profiles.yml"
    chosen = {"profile and target": f"{getattr(flags, 'PROFILE', '')} {getattr(flags, 'TARGET', '')}"}
    return {name: _text_fingerprint(file) for name, file in texts.items() if file.is_file()} | chosen


def _texts(project_dir: Path) -> list[Path]:
    files = [project_dir / "dbt_project.yml", project_dir / "vars.yml"]
    for folder in RULE_FOLDERS:
        files += sorted(file for file in (project_dir / folder).rglob("*") if file.suffix in TEXT_ENDINGS)
    return files


def _text_fingerprint(file: Path) -> str:
    """Return the digest of a text, or what no later build has, if dbt may have read it before it was changed."""
    # dbt gives the moment in UTC without saying so.
    began, status = get_invocation_started_at().replace(tzinfo=UTC), file.stat()
    is_new = max(status.st_mtime, status.st_ctime) > began.timestamp()
    return f"{content_digest(file)} {get_invocation_id()}" if is_new else content_digest(file)


def prepare_fingerprints(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables where they are not there yet: a command that makes no table leaves those of the last build."""
    for table, key in ((FINGERPRINTS, "source_file"), (RULES, "part"), (KEPT_RULES, "part")):
        connection.execute(f"create table if not exists {table} ({key} varchar, fingerprint varchar)")


def create_fingerprints(connection: duckdb.DuckDBPyConnection, directory: Path, project_dir: Path) -> None:
    """Fill ``raw.file_fingerprints`` and ``raw.record_rules``, under the variables of the dbt command that runs.

    Rows of CSV files stand in the build file, so their fingerprint is the one that they were taken in under. Of Parquet
    files the rows are read later: what changes in between is found by what the file then holds, or by
    :func:`changed_since`.

    Args:
        connection: Connection to the build file, with the views of schema ``raw`` made.
        directory: The input directory that the names of source files are relative to.
        project_dir: Folder of ``dbt_project.yml``.
    """
    variables = get_flags().VARS  # type: ignore[no-untyped-call]
    found = connection.execute(
        f"select distinct mds_version, source_file from {INPUT_FILES} where mds_version is not null order by all"
    ).fetchall()
    loaded = loaded_fingerprints(connection)
    digests = {
        (str(version), str(name)): loaded.get(name) or content_digest(directory / name) for version, name in found
    }
    for one in READ_AS_ONE:
        parts = [f"{name} {digest}" for (version, name), digest in digests.items() if version == one]
        together = text_digest("\n".join(parts))
        digests |= {key: together for key in digests if key[0] == one}
    _fill(connection, FINGERPRINTS, {name: digest for (_, name), digest in digests.items()})
    _fill(connection, RULES, record_rules(connection, project_dir, variables))


def _fill(connection: duckdb.DuckDBPyConnection, table: str, rows: Mapping[str, str]) -> None:
    connection.execute(f"delete from {table}")
    connection.execute(
        f"insert into {table} select unnest(cast(? as varchar[])), unnest(cast(? as varchar[]))",
        [list(rows), list(rows.values())],
    )


def file_states(directory: Path, folders: Iterable[str]) -> States:
    """Return the state of every file below folders of the input directory, before anything of them is read."""
    files = [file for folder in sorted(folders) for file in everything(directory / folder)]
    return {os.path.realpath(file): file_state(file) for file in files}


def changed_since(connection: duckdb.DuckDBPyConnection, directory: Path, states: States) -> list[str]:
    """Return the names of Parquet files that have been written since, be it by the same over itself.

    Half a file may have been read under the fingerprint of the whole. CSV files are looked at where they are read.

    Args:
        connection: Connection to the build file.
        directory: The input directory.
        states: What :func:`file_states` said of it.
    """
    loaded = loaded_fingerprints(connection)
    rows = connection.execute(f"select source_file from {FINGERPRINTS} order by all").fetchall()
    files = {str(name): directory / name for (name,) in rows if name not in loaded}
    return [name for name, file in files.items() if states.get(os.path.realpath(file)) != file_state(file)]
