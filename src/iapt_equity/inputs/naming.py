"""Names of columns: as files give them, and of what the typed views add to those of the contract."""

from __future__ import annotations

import re
from pathlib import Path

MDS_VERSION = "mds_version"
"""Column of every typed view of the data set: the version of the row, which is the folder that it came in."""

SOURCE_FILE = "source_file"
"""Column of every typed view: the file that the row came in, below the input folder, with forward slashes."""

SOURCE_ROW = "source_row"
"""Column of every typed view: the row of the file, counted from 0; in a CSV file the line of names does not count."""

UNREADABLE_SUFFIX = "__unreadable"
"""Ends the name of the helper column that says whether a value was given but cannot be read as its type."""

SHORT_YEAR_SUFFIX = "__short_year"
"""Ends the name of the helper column that says whether the year of a date of birth was given as two digits."""


def relative_name(file: Path, directory: Path) -> str:
    """Return the name of a file below a folder, with forward slashes on every system."""
    return file.relative_to(directory).as_posix()


def plain_name(name: str) -> str:
    """Return a column's name in lower case, its letters and digits only: the rest drifts from program to program."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
