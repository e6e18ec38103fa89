"""Hashes of what files hold, and of what reads them: what is kept is kept under these."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("dbt-core", "dbt-duckdb", "duckdb", "iapt-equity", "pyarrow")
"""Packages by whose version values may be read: DuckDB's hashed keys differ between its versions."""


def content_digest(file: Path) -> str:
    """Return a hash of what a file holds: neither its name nor its time of change, which copies and clocks move."""
    return _digest(file, file_state(file))


def text_digest(text: str) -> str:
    """Return a hash of a text, for what may not be shown or is long."""
    return hashlib.sha256(text.encode()).hexdigest()


def file_state(file: Path) -> tuple[int, ...]:
    """Return what moves when a file is written, even where the same is written over it; nothing if it is not there."""
    try:
        status = file.stat()
    except OSError:
        return ()
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@cache
def _digest(file: Path, _state: tuple[int, ...]) -> str:
    """Read a file once in a command, however often it is asked for."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def reader_digests() -> dict[str, str]:
    """Return by name what reads values: the versions of packages, and the texts of this one."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    texts = {f"iapt_equity/inputs/{file.name}": content_digest(file) for file in files}
    python = {"the version of Python": ".".join(map(str, sys.version_info[:2]))}
    return {f"the version of {name}": version(name) for name in PACKAGES} | python | texts
