"""The analysts' copy: the tables for readers as Parquet files, with a data dictionary and checksums.

The dictionary is a data package (https://datapackage.org/standard/data-package): every table and column with its
description, type and keys. Descriptions are those of dbt's YAML, which each build writes into the warehouse file as
comments; keys that the file cannot hold, since a column of them may be null, are read from the YAML itself.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import yaml

from iapt_equity.build_file import GROUP_TOO, reader_mode
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import quote_name, quote_string
from iapt_equity.whole_folders import mark_of, whole_folder

VARIABLE = "IAPT_EQUITY_COPY"
CHOICES = ("none", "tables", "people")
"""What the variable may say: a build writes no copy, one of the tables about groups, or those with a row a person too.

None unless it is asked for: the copy of the demo set takes seven seconds of a processor, and each part of a build would
write it anew. The command ``iapt-equity copy`` writes the same from the warehouse file, which holds green builds alone.
"""
KIND = "copy"
PACKAGE = "datapackage.json"
CHECKSUMS = "SHA256SUMS"
PACKAGE_NAME = "iapt-equity"
MEMORY = "1GB"
"""Memory for the sort of a table; the build that has just ended holds some of its own."""
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

ABOUT_ONE = frozenset({"referral_id", "person_id", "source_row"})
"""A table that has one of these columns has rows about single people."""
ABOUT_FILES = frozenset({"quality.submissions"})
"""Its rows are those of the header table, one a submission."""

_TYPES = (
    (re.compile(r"(TINY|SMALL|BIG|HUGE|U\w*)?INT(EGER)?"), "integer"),
    (re.compile(r"DOUBLE|FLOAT|DECIMAL.*"), "number"),
    (re.compile(r"BOOLEAN"), "boolean"),
    (re.compile(r"DATE"), "date"),
    (re.compile(r"TIMESTAMP.*"), "datetime"),
    (re.compile(r"VARCHAR"), "string"),
    (re.compile(r".*\[\]"), "array"),
)


@dataclass(frozen=True)
class Table:
    """A table of the warehouse file: its schema, name and description, and each column with type and description."""

    schema: str
    name: str
    description: str
    columns: tuple[tuple[str, str, str, bool], ...]
    """Name, type, description, and whether it is always filled."""
    primary_key: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """The name as readers write it."""
        return f"{self.schema}.{self.name}"

    @property
    def file(self) -> str:
        """Its file in the copy."""
        return f"{self.schema}/{self.name}.parquet"

    @property
    def is_about_people(self) -> bool:
        """Whether a row of it is about one person."""
        return self.full_name not in ABOUT_FILES and not ABOUT_ONE.isdisjoint(name for name, *_ in self.columns)


def copy_beside(warehouse: Path) -> Path:
    """Return the folder of the copy that a build writes: beside the warehouse file and named after it."""
    return warehouse.with_name(f"{warehouse.name.removesuffix('.duckdb')}_copy")


def read_choice(text: str) -> str:
    """Return what the environment variable chooses.

    Args:
        text: Its value; empty where it is not set.

    Raises:
        InputError: If it is none of the choices.
    """
    choice = text.strip().lower() or CHOICES[0]
    if choice not in CHOICES:
        raise InputError(f"{VARIABLE}: expected {', '.join(CHOICES[:-1])} or {CHOICES[-1]}")
    return choice


def write_copy(warehouse: Path, out: Path, project: Path, with_people: bool = False) -> int:
    """Write the tables of a warehouse file to a folder, which is replaced as a whole.

    The files are for their owner alone, or for the group too, as the warehouse file is.

    Args:
        warehouse: The file that readers open.
        out: Folder of the copy.
        project: Folder of ``dbt_project.yml``.
        with_people: Whether tables with a row a person are copied too.

    Returns:
        The number of tables copied.

    Raises:
        InputError: If there is no warehouse file, it cannot be read, or the folder, or one beside it that is
            needed meanwhile, holds anything but a copy.
        duckdb.Error: If a file cannot be written, as on a full disk; the old copy stays.
        OSError: If the system refuses anything else; the old copy stays.
    """
    if not warehouse.is_file():
        raise InputError(f"there is no warehouse file '{warehouse}': build it, or name it in IAPT_EQUITY_DB")
    with whole_folder(out, KIND) as folder:
        folder.chmod(0o700)
        keys = read_keys(project)
        tables = _write_tables(warehouse, folder, keys, with_people)
        _describe(folder, tables, keys)
        _restrict(folder, reader_mode(warehouse))
    return len(tables)


def read_tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[Table]:
    """Read what tables a database has, in order of their names.

    Args:
        connection: A connection to which the database is attached.
        database: Its name.
    """
    columns: dict[tuple[str, str], list[tuple[str, str, str, bool]]] = {}
    for schema, table, *column in connection.execute(
        "select schema_name, table_name, column_name, data_type, coalesce(comment, ''), not is_nullable "
        "from duckdb_columns() where database_name = ? order by schema_name, table_name, column_index",
        [database],
    ).fetchall():
        name, kind, text, is_filled = column
        columns.setdefault((str(schema), str(table)), []).append((str(name), str(kind), str(text), bool(is_filled)))
    keys = {
        (str(schema), str(table)): tuple(str(name) for name in names)
        for schema, table, names in connection.execute(
            "select schema_name, table_name, constraint_column_names from duckdb_constraints() "
            "where database_name = ? and constraint_type = 'PRIMARY KEY'",
            [database],
        ).fetchall()
    }
    return [
        Table(str(schema), str(name), str(text), tuple(columns[schema, name]), keys.get((schema, name), ()))
        for schema, name, text in connection.execute(
            "select schema_name, table_name, coalesce(comment, '') from duckdb_tables() "
            "where database_name = ? order by schema_name, table_name",
            [database],
        ).fetchall()
    ]


def read_keys(project: Path) -> dict[str, tuple[str, ...]]:
    """Read from dbt's YAML the columns that are together unique in a model, tested in every build.

    Args:
        project: Folder of ``dbt_project.yml``.

    Returns:
        The columns by name of the model; models without such a test are left out.
    """
    keys: dict[str, tuple[str, ...]] = {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for file in sorted((project / "models").rglob("*__models.yml")):
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=loader) or {}
        for model in content.get("models", []):
            if key := _tested_key(model):
                keys[str(model["name"])] = key
    return keys


def _key_of(table: Table, keys: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The tested key of a table: its model has its name, with the schema before it where two schemas have the name."""
    key = keys.get(f"{table.schema}_{table.name}") or keys.get(table.name, ())
    return key if {column[0] for column in table.columns}.issuperset(key) else ()


def _tested_key(model: Mapping[str, Any]) -> tuple[str, ...]:
    for test in model.get("data_tests", []):
        if isinstance(test, dict) and "unique_combination" in test:
            return tuple(str(name) for name in test["unique_combination"]["arguments"]["columns"])
    unique = [column["name"] for column in model.get("columns", []) if "unique" in (column.get("data_tests") or [])]
    return tuple(str(name) for name in unique[:1])


def _write_tables(warehouse: Path, folder: Path, keys: Mapping[str, tuple[str, ...]], with_people: bool) -> list[Table]:
    # What does not fit in memory is spilled where nobody else may look, and goes with the folder.
    spilled = folder / ".spilled"
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(spilled)}) as connection:
        try:
            connection.execute(f"attach {quote_string(warehouse.as_posix())} as warehouse (read_only)")
        except duckdb.Error as error:
            raise InputError(f"'{warehouse}' cannot be read as a warehouse ({error})") from error
        tables = [table for table in read_tables(connection, "warehouse") if with_people or not table.is_about_people]
        for table in tables:
            file = folder / table.file
            file.parent.mkdir(exist_ok=True)
            key = table.primary_key or _key_of(table, keys)
            order = ", ".join(quote_name(name) for name in key) or "all"
            # In the order of the key, so that the same figures are the same bytes.
            connection.execute(
                f"copy (from warehouse.{quote_name(table.schema)}.{quote_name(table.name)} order by {order}) "
                f"to {quote_string(file.as_posix())} (format parquet, compression zstd)"
            )
    shutil.rmtree(spilled, ignore_errors=True)
    return tables


def _describe(folder: Path, tables: Sequence[Table], keys: Mapping[str, tuple[str, ...]]) -> None:
    """Write the data package and the checksums of every file."""
    sums = {table.file: hashlib.sha256((folder / table.file).read_bytes()).hexdigest() for table in tables}
    package = {
        "$schema": PROFILE,
        "name": PACKAGE_NAME,
        "title": "Ethnic inequalities in NHS Talking Therapies: tables for analysts",
        "description": (
            "The tables that readers of the warehouse see, one Parquet file each, as of the last good build. "
            "Not disclosure-controlled, but for the tables of schema publication: keep it where the warehouse may be."
        ),
        "version": version("iapt-equity"),
        "resources": [_resource(table, _key_of(table, keys), sums[table.file], folder) for table in tables],
    }
    text = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    (folder / PACKAGE).write_text(text, encoding="utf-8", newline="\n")
    sums |= {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (PACKAGE, mark_of(KIND))}
    lines = "".join(f"{digest}  {file}\n" for file, digest in sorted(sums.items()))
    (folder / CHECKSUMS).write_text(lines, encoding="utf-8", newline="\n")


def _resource(table: Table, tested_key: tuple[str, ...], digest: str, folder: Path) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [
            {
                "name": name,
                "type": _type_of(kind),
                "description": text,
                **({"constraints": {"required": True}} if is_filled else {}),
            }
            for name, kind, text, is_filled in table.columns
        ],
        # Parquet has nulls of its own: an empty text, as the marker of a figure that is shown, is a value.
        "missingValues": [],
    }
    filled = {name for name, _, _, is_filled in table.columns if is_filled}
    # A key of the database, or one that is tested in every build: an index is not kept for readers everywhere.
    if key := table.primary_key or (tested_key if filled.issuperset(tested_key) else ()):
        schema["primaryKey"] = list(key)
    elif tested_key:
        schema["uniqueKeys"] = [list(tested_key)]
    return {
        "name": f"{table.schema}.{table.name}",
        "path": table.file,
        "type": "table",
        "description": table.description,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": (folder / table.file).stat().st_size,
        "hash": f"sha256:{digest}",
        "schema": schema,
    }


def _type_of(kind: str) -> str:
    return next((name for pattern, name in _TYPES if pattern.fullmatch(kind)), "any")


def _restrict(folder: Path, mode: int) -> None:
    """Give files and folders the permissions of the warehouse file."""
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o750 if mode == GROUP_TOO else 0o700)
        else:
            path.chmod(mode)
