"""What a CSV file is written in, and its records when the fast reader cannot take it apart.

Publishers and spreadsheets write other delimiters, byte order marks and code pages. What can be told safely is read;
a broken record is left out by its number and disturbs no other.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from iapt_equity.inputs.errors import InputError

DELIMITERS = (",", ";", "|", "\t")
LONGEST_RECORD = 2_000_000
"""Characters; no record of the data set comes near it, so a longer one is a quote that never closed or no text."""
MOST_LINES = 100
"""Lines that one record may spread over by line ends inside quotes."""

_CHUNK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written.

    Attributes:
        encoding: Name of a Python codec: ``utf-8``, ``utf-8-sig``, ``utf-16``, ``cp1252`` or ``latin-1``.
        delimiter: One of :data:`DELIMITERS`.
    """

    encoding: str
    delimiter: str

    @property
    def is_plain(self) -> bool:
        """Whether the fast reader knows the encoding."""
        return self.encoding in ("utf-8", "utf-8-sig")


def read_header(file: Path) -> tuple[Dialect, tuple[str, ...]]:
    """Find out how a CSV file is written, and its column names without spaces around them.

    Raises:
        InputError: If the file cannot be opened, is empty or no text, or names a column twice.
    """
    try:
        encoding = _encoding(file)
        with _open(file, encoding) as text:
            line = text.readline(LONGEST_RECORD)
    except (OSError, EOFError, UnicodeError) as error:
        raise InputError(f"{file}: not a readable CSV file; expected text with a line of column names") from error
    if not line.strip():
        raise InputError(f"{file}: the file is empty; expected a line of column names")
    if "\0" in line:
        raise InputError(f"{file}: not a readable CSV file; expected text with a line of column names")
    candidates = {delimiter: _fields(line, delimiter) or [] for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda candidate: len(candidates[candidate]))
    names = tuple(name.strip() for name in candidates[delimiter])
    if len({name.lower() for name in names}) < len(names):
        raise InputError(f"{file}: a column name stands twice in the first line")
    return Dialect(encoding, delimiter), names


def records(file: Path, dialect: Dialect, width: int) -> Iterator[list[str] | None]:
    """Yield the records of a file after the line of names: its fields, or None where it cannot be taken apart.

    A record is a line, or lines that an open quote ties together into exactly ``width`` fields. A quote that ties
    nothing together spoils its own line only. Empty lines are no records.

    Args:
        file: The file.
        dialect: How it is written.
        width: Number of fields of a record.
    """
    with _open(file, dialect.encoding) as text:
        lines = iter(text)
        next(lines, None)
        waiting: list[str] = []
        while True:
            line = waiting.pop(0) if waiting else next(lines, None)
            if line is None:
                return
            if not line.strip():
                continue
            parts = [line]
            while sum(part.count('"') for part in parts) % 2 and len(parts) < MOST_LINES:
                further = waiting.pop(0) if waiting else next(lines, None)
                if further is None:
                    break
                parts.append(further)
            fields = _fields("".join(parts), dialect.delimiter)
            if fields is not None and len(fields) != width:
                fields = None
            if fields is None and len(parts) > 1:
                waiting = parts[1:] + waiting
            yield fields


def _fields(record: str, delimiter: str) -> list[str] | None:
    if len(record) > LONGEST_RECORD or record.count('"') % 2:
        return None
    csv.field_size_limit(LONGEST_RECORD)
    try:
        rows = list(csv.reader(io.StringIO(record.rstrip("\r\n"), newline=""), delimiter=delimiter))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _binary(file: Path) -> IO[bytes]:
    return cast(IO[bytes], gzip.open(file, "rb") if file.name.lower().endswith(".gz") else file.open("rb"))


def _open(file: Path, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(_binary(file), encoding=encoding)


def _encoding(file: Path) -> str:
    """UTF-8 if every byte fits, else the code page of Western spreadsheets, which is Latin-1 but for a few bytes."""
    with _binary(file) as raw:
        start = raw.read(4)
        for mark, name in _MARKS:
            if start.startswith(mark):
                return name
        raw.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        while chunk := raw.read(_CHUNK):
            if not _decodes(decoder, chunk, False):
                return _code_page(file)
    return "utf-8" if _decodes(decoder, b"", True) else _code_page(file)


def _code_page(file: Path) -> str:
    decoder = codecs.getincrementaldecoder("cp1252")()
    with _binary(file) as raw:
        while chunk := raw.read(_CHUNK):
            if not _decodes(decoder, chunk, False):
                return "latin-1"
    return "cp1252"


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True
