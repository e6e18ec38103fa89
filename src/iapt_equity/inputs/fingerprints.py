"""What is known of each input file without reading it: so that kept records are read anew where a file has changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb

from iapt_equity.inputs.reader import INPUT_FILES

FINGERPRINTS = "raw.file_fingerprints"
"""Table with one row per file of the minimum data set: source file and fingerprint."""

_RULE_FOLDERS = ("macros", "models/staging", "models/intermediate/records", "models/intermediate/submissions", "seeds")
"""Folders of the project whose text decides what a kept record looks like."""


def rules_fingerprint(project_dir: Path) -> str:
    """Return a hash of everything beside the input that decides what a record looks like.

    Hashed keys differ between versions of DuckDB, so its version belongs to it.

    Args:
        project_dir: Folder of ``dbt_project.yml``.
    """
    digest = hashlib.sha256(duckdb.__version__.encode())
    files = [project_dir / "dbt_project.yml"]
    for folder in _RULE_FOLDERS:
        files += sorted(file for file in (project_dir / folder).rglob("*") if file.suffix in (".sql", ".csv", ".yml"))
    for file in files:
        digest.update(file.relative_to(project_dir).as_posix().encode())
        digest.update(file.read_bytes())
    # How values are read is said in this package.
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def create_fingerprints(connection: duckdb.DuckDBPyConnection, directory: Path, project_dir: Path) -> None:
    """Make ``raw.file_fingerprints`` for the files of the minimum data set that ``raw.input_files`` lists.

    As with `make`, size and time of change stand for the content: reading it would cost as much as the records do.

    Args:
        connection: Connection to the build file, with the views of schema ``raw`` made.
        directory: The input directory that the names of source files are relative to.
        project_dir: Folder of ``dbt_project.yml``.
    """
    rules = rules_fingerprint(project_dir)
    names = connection.execute(
        f"select distinct source_file from {INPUT_FILES} where mds_version is not null order by source_file"
    ).fetchall()
    files: list[str] = []
    fingerprints: list[str] = []
    for (name,) in names:
        status = (directory / name).stat()
        text = f"{name}|{status.st_size}|{status.st_mtime_ns}|{rules}"
        files.append(name)
        fingerprints.append(hashlib.sha256(text.encode()).hexdigest())
    connection.execute(
        f"create or replace table {FINGERPRINTS} as "
        "select unnest(cast(? as varchar[])) as source_file, unnest(cast(? as varchar[])) as fingerprint",
        [files, fingerprints],
    )
