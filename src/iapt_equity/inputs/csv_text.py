"""What a CSV file is written in, and its records when the fast reader cannot take it apart.

Publishers and spreadsheets write other delimiters, byte order marks and code pages. What can be told safely is read;
a broken record is left out by its number and disturbs no other.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, cast

from iapt_equity.inputs.errors import InputError

DELIMITERS = (",", ";", "|", "\t")
LONGEST_RECORD = 2_000_000
"""Characters; no record of the data set comes near it, so a longer one is a quote that never closed or no text."""
MOST_LINES = 100
"""Lines that one record may spread over by line ends inside quotes."""

NAMELESS = "__nameless_column_"
"""Begins the names of columns to which the file gives none; no column of the contract begins so."""

BROKEN = (OSError, EOFError, UnicodeError, zlib.error, zipfile.BadZipFile)
"""What a file that is cut off, damaged or not what its ending says makes the readers raise."""

_CHUNK = 1 << 20
_SAMPLE = 100
_MEMBER_ENDINGS = (".csv", ".txt", ".tsv", ".tab", ".psv", ".dat")
_BLANKS = "".join(DELIMITERS) + '" \r\n\ufeff'
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


# UTF-16 without its mark, as bcp -w of SQL Server leaves it: two letters of the first name, each beside a zero byte.
_UNMARKED = ((re.compile(rb"(?:[\x20-\x7e]\0){2}"), "utf-16-le"), (re.compile(rb"(?:\0[\x20-\x7e]){2}"), "utf-16-be"))


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written.

    Attributes:
        encoding: Name of a Python codec: ``utf-8``, ``utf-8-sig``, ``utf-16`` (also ``-le``, ``-be``), ``cp1252`` or
            ``latin-1``.
        delimiter: One of :data:`DELIMITERS`.
        lines_before: Lines before that of the column names: blank ones, and Excel's ``sep=;``.
    """

    encoding: str
    delimiter: str
    lines_before: int = 0

    @property
    def is_plain(self) -> bool:
        """Whether the fast reader knows the encoding."""
        return self.encoding in ("utf-8", "utf-8-sig")


def read_header(file: Path) -> tuple[Dialect, tuple[str, ...]]:
    """Find out how a CSV file is written, and its column names without spaces around them.

    Columns to which the file gives no name get one that begins with :data:`NAMELESS`.

    Raises:
        InputError: If the file cannot be opened, is empty or no text, or names a column twice.
    """
    lines_before = 0
    try:
        encoding = _encoding(file)
        with _open(file, encoding) as text:
            line = text.readline(LONGEST_RECORD)
            while line and (not line.strip(_BLANKS) or line.lower().startswith("sep=")):
                lines_before += 1
                line = text.readline(LONGEST_RECORD)
    except BROKEN as error:
        raise InputError(f"{file}: not a readable CSV file; expected text with a line of column names") from error
    if not line:
        raise InputError(f"{file}: the file is empty; expected a line of column names")
    if "\0" in line:
        raise InputError(f"{file}: not a readable CSV file; expected text with a line of column names")
    candidates = {delimiter: _fields(line, delimiter) or [] for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda candidate: len(candidates[candidate]))
    given = [name.strip() for name in candidates[delimiter]]
    names = tuple(name or f"{NAMELESS}{place}" for place, name in enumerate(given, start=1))
    if len({name.lower() for name in names}) < len(names):
        raise InputError(f"{file}: a column name stands twice in the first line")
    return Dialect(encoding, delimiter, lines_before), names


def records(file: Path, dialect: Dialect, names: tuple[str, ...]) -> Iterator[list[str] | None]:
    """Yield the records of a file after the line of names: its fields, or None where it cannot be taken apart.

    A record is a line, or lines that an open quote ties together into exactly as many fields as the records of the
    file have. A quote that ties nothing together spoils its own line only. Empty lines are no records.

    Args:
        file: The file.
        dialect: How it is written.
        names: The column names; each record that can be taken apart has as many fields.

    Raises:
        InputError: If the file ends in the middle or is damaged.
    """
    try:
        width = record_width(file, dialect, names)
        for fields in _records(file, dialect, width):
            yield None if fields is None else [*fields, *("" for _ in names[width:])][: len(names)]
    except BROKEN as error:
        raise InputError(
            f"{file}: cannot be read to its end, so it is cut off or damaged ({dialect.encoding}); copy it again"
        ) from error


def record_width(file: Path, dialect: Dialect, names: tuple[str, ...]) -> int:
    """Return how many fields the records of a file have, which blank names or a comma at the ends of lines can change.

    Another number than that of the names counts only if all of the first records have it and lose nothing by it:
    a row that a stray comma has shifted must not be read as if it were whole.
    """
    named = max((place for place, name in enumerate(names, start=1) if not name.startswith(NAMELESS)), default=0)
    try:
        sample = list(islice(open_rows(file, dialect), _SAMPLE))
    except csv.Error:
        return len(names)
    widths = {len(row) for row in sample}
    if len(widths) != 1:
        return len(names)
    width = widths.pop()
    is_longer_by_blanks = width > len(names) and not any("".join(row[len(names) :]).strip() for row in sample)
    return width if width == named or is_longer_by_blanks else len(names)


def open_rows(file: Path, dialect: Dialect) -> Iterator[list[str]]:
    """Yield the rows after the line of names as Python's reader takes them apart, empty ones left out.

    Raises:
        csv.Error: If a row cannot be taken apart; and any of :data:`BROKEN`.
    """
    csv.field_size_limit(LONGEST_RECORD)
    with _open(file, dialect.encoding) as text:
        for _ in range(dialect.lines_before + 1):
            text.readline(LONGEST_RECORD)
        yield from (row for row in csv.reader(text, delimiter=dialect.delimiter) if row)


def count_delimiters(file: Path, dialect: Dialect) -> int:
    """Count the delimiters outside quotes, in a file whose encoding is plain."""
    delimiter = dialect.delimiter.encode()
    count = quotes = 0
    with _binary(file) as raw:
        while chunk := raw.read(_CHUNK):
            parts = chunk.split(b'"')
            count += sum(part.count(delimiter) for part in parts[quotes % 2 :: 2])
            quotes += len(parts) - 1
    return count


def _records(file: Path, dialect: Dialect, width: int) -> Iterator[list[str] | None]:
    with _open(file, dialect.encoding) as text:
        lines = iter(text)
        for _ in range(dialect.lines_before + 1):
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
    name = file.name.lower()
    if name.endswith(".zip"):
        return _only_member(file)
    return cast(IO[bytes], gzip.open(file, "rb") if name.endswith(".gz") else file.open("rb"))


def _only_member(file: Path) -> IO[bytes]:
    """Open the one CSV file of a zip; what Apple's archiver adds does not count."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = [
                member
                for member in archive.infolist()
                if not member.is_dir() and not any(part.startswith((".", "__")) for part in member.filename.split("/"))
            ]
            if len(members) != 1:
                raise InputError(f"{file}: holds {len(members)} files; expected one CSV file, so unpack it")
            if not members[0].filename.lower().endswith(_MEMBER_ENDINGS):
                raise InputError(f"{file}: holds no CSV file; expected one, so unpack it")
            if members[0].flag_bits & 1:
                raise InputError(f"{file}: is locked by a password; unpack it")
            return archive.open(members[0])
    except zipfile.BadZipFile as error:
        raise InputError(f"{file}: not a readable zip file; copy it again") from error
    except InputError:
        raise
    except RuntimeError as error:
        # So zipfile answers to a way of packing that it does not know, on opening the archive or its member.
        raise InputError(f"{file}: is packed in a way that is not read; unpack it") from error


def _open(file: Path, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(_binary(file), encoding=encoding)


def _encoding(file: Path) -> str:
    """UTF-8 if every byte fits, else the code page of Western spreadsheets, which is Latin-1 but for a few bytes."""
    with _binary(file) as raw:
        start = raw.read(4)
        for mark, name in _MARKS:
            if start.startswith(mark):
                return name
        for letters, name in _UNMARKED:
            if letters.fullmatch(start):
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
