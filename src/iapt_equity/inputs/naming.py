"""Names of what the typed views add to the columns of the contract."""

from __future__ import annotations

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
