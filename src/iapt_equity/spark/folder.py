"""The folder of Spark's tables: this project's own and its owner's alone; and what DuckDB is opened with there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import yaml
from jinja2 import Template

from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.files import quote_string

VARIABLE = "IAPT_EQUITY_SPARK"
MARKER = "iapt_equity_spark.txt"
INPUTS = "iapt_equity_inputs"
TEMPORARY = "temporary"
_NOTE = "iapt_equity keeps tables about people here, and removes and replaces them. Put nothing of your own here.\n"


def prepare_spark_folder(folder: Path, read: Mapping[str, Path]) -> None:
    """See to it that Spark can write its tables, where nothing is of anybody else.

    From here on whatever this process writes, and the Java that it starts, is for its owner alone.

    Args:
        folder: Of the warehouse, the catalogue, the inputs and what is spilled.
        read: Folders that the build reads, by the variable that names them.

    Raises:
        InputError: If the folder holds what this project has not put there, lies in one that is read or around it, or
            cannot be written to.
    """
    os.umask(0o077)
    own = folder.resolve()
    for variable, other in read.items():
        if own.is_relative_to(other.resolve()) or other.resolve().is_relative_to(own):
            raise InputError(
                f"{VARIABLE}: '{folder}' and the folder of {variable}, '{other}', lie in one another, and tables are "
                "removed and replaced there; name another folder"
            )
    marker = own / MARKER
    try:
        own.mkdir(parents=True, exist_ok=True)
        if not marker.exists() and any(own.iterdir()):
            raise InputError(
                f"{VARIABLE}: '{folder}' holds other things than tables of Spark (no {MARKER} is there), and tables "
                "are removed and replaced there; name a folder that is empty or not there yet"
            )
        own.chmod(0o700)
        marker.write_text(_NOTE, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise InputError(
            f"{VARIABLE}: '{folder}' cannot be made or written to ({reason}); name a folder that you may write to"
        ) from error


def open_duckdb(file: Path | None, spark_folder: Path, project: Path) -> duckdb.DuckDBPyConnection:
    """Open DuckDB with the settings of the profile's target ``warehouse``; what it spills stays in Spark's folder.

    Args:
        file: File to open; none for a database in memory.
        spark_folder: The folder of :func:`prepare_spark_folder`.
        project: Folder of ``profiles.yml``.

    Raises:
        InputError: If there is no profile.
        duckdb.Error: If the file cannot be opened.
    """
    profile = project / "profiles.yml"
    if not profile.is_file():
        raise InputError(f"{profile}: not there; give the folder of the project with --project")
    target = yaml.safe_load(profile.read_text(encoding="utf-8"))["iapt_equity"]["outputs"]["warehouse"]
    connection = duckdb.connect(str(file or ":memory:"), config=target["config_options"])
    for name, value in {**target["settings"], "temp_directory": str(spark_folder / TEMPORARY)}.items():
        connection.execute(f"set {name} = {quote_string(_filled_in(value))}")
    return connection


def _filled_in(value: Any) -> str:
    """Return a value of the profile with the variables that it names."""
    filled_in: str = Template(str(value)).render(env_var=lambda name, default="": os.environ.get(name, default))
    return filled_in
