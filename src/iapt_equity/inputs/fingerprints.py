"""What kept records rest on: the content of each input file, and everything beside it that decides how it is read.

Records are kept from build to build (macros/keep_records.sql). They are read again where the content of a file has
changed, and all of them where a rule has: both are compared before a build begins.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
from dbt.flags import get_flags

from iapt_equity.inputs.digests import content_digest, reader_digests
from iapt_equity.inputs.reader import BIRTH_DAYS_0, INPUT_FILES

FINGERPRINTS = "raw.file_fingerprints"
"""Table with one row per file of the minimum data set: source file and fingerprint."""
RULES = "raw.record_rules"
"""Table with one row per part of what decides how records are read: its name and its fingerprint."""
KEPT_RULES = "raw.kept_rules"
"""The same as it was when the records that are kept were read; macros/keep_records.sql writes it."""

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

READ_AS_ONE = frozenset({"v1_5"})
"""Versions in which one file decides how another is read: in 1.5 a later file may take over the record numbers that
lead to a submission, and ages count from the first month sent. A change of one file of them is a change of all."""


def record_rules(
    connection: duckdb.DuckDBPyConnection, project_dir: Path, variables: Mapping[str, Any]
) -> dict[str, str]:
    """Return a fingerprint of each part, beside the input, of what decides how a record looks.

    Args:
        connection: Connection to the build file, with the views of schema ``raw`` made.
        project_dir: Folder of ``dbt_project.yml``.
        variables: Variables given on the command line. Each counts, whether or not a record asks for it today.
    """
    files = [project_dir / "dbt_project.yml"]
    for folder in RULE_FOLDERS:
        files += sorted(file for file in (project_dir / folder).rglob("*") if file.suffix in (".sql", ".csv", ".yml"))
    rules = reader_digests()
    rules |= {file.relative_to(project_dir).as_posix(): content_digest(file) for file in files}
    rules |= {f"variable {name}": json.dumps(value, sort_keys=True, default=str) for name, value in variables.items()}
    zone = connection.execute("select current_setting('TimeZone')").fetchall()
    rules["the time zone"] = str(zone[0][0])
    # Which day serial dates of birth count from is read off all files of a version together.
    days = f"select mds_version, day_0 from {BIRTH_DAYS_0} where mds_version <> '' order by all"
    for version, day in connection.execute(days).fetchall():
        rules[f"day 0 of serial dates of birth in {version}"] = str(day)
    return rules


def create_fingerprints(connection: duckdb.DuckDBPyConnection, directory: Path, project_dir: Path) -> None:
    """Make ``raw.file_fingerprints`` and ``raw.record_rules``, under the variables of the dbt command that runs.

    Args:
        connection: Connection to the build file, with the views of schema ``raw`` made.
        directory: The input directory that the names of source files are relative to.
        project_dir: Folder of ``dbt_project.yml``.
    """
    variables = get_flags().VARS  # type: ignore[no-untyped-call]
    found = connection.execute(
        f"select distinct mds_version, source_file from {INPUT_FILES} where mds_version is not null order by all"
    ).fetchall()
    digests = {(str(version), str(name)): content_digest(directory / name) for version, name in found}
    for one in READ_AS_ONE:
        parts = [f"{name} {digest}" for (version, name), digest in digests.items() if version == one]
        together = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        digests |= {key: together for key in digests if key[0] == one}
    _replace(connection, FINGERPRINTS, "source_file", {name: digest for (_, name), digest in digests.items()})
    _replace(connection, RULES, "part", record_rules(connection, project_dir, variables))
    connection.execute(f"create table if not exists {KEPT_RULES} (part varchar, fingerprint varchar)")


def _replace(connection: duckdb.DuckDBPyConnection, table: str, key: str, rows: Mapping[str, str]) -> None:
    connection.execute(
        f"create or replace table {table} as "
        f"select unnest(cast(? as varchar[])) as {key}, unnest(cast(? as varchar[])) as fingerprint",
        [list(rows), list(rows.values())],
    )
