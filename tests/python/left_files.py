"""Files as servers, spreadsheets and people leave them: each way writes the rows of one table below its folder."""

from __future__ import annotations

import csv
import gzip
import io
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dirty_corpus import Rows

Writer = Callable[[Path, Rows], None]
"""Takes the path of a file without its ending, and the rows."""


def text_of(rows: Rows, delimiter: str = ",", end: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    """The rows as CSV, with their names."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_text(change: Callable[[Rows], str | bytes], ending: str = ".csv") -> Writer:
    """A file of text, in UTF-8 where the change gives no bytes."""

    def write(file: Path, rows: Rows) -> None:
        content = change(rows)
        path = file.with_name(file.name + ending)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def as_parquet(change: Callable[[pa.Table], pa.Table], **options: bool) -> Writer:
    """A Parquet file, its columns of text changed, written with options of pyarrow's."""

    def write(file: Path, rows: Rows) -> None:
        table = pa.Table.from_pylist([{name: value or None for name, value in row.items()} for row in rows])
        table = table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))
        pq.write_table(change(table), file.with_name(file.name + ".parquet"), **options)

    return write


def _cast(kind: pa.DataType) -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.cast(pa.schema([(name, kind) for name in table.column_names]))


def _encoded(table: pa.Table) -> pa.Table:
    return pa.table({name: table[name].combine_chunks().dictionary_encode() for name in table.column_names})


def _typed(table: pa.Table) -> pa.Table:
    """Dates as moments, as a data frame has them; a column with a text that is none stays text."""
    columns = {}
    for name in table.column_names:
        try:
            columns[name] = table[name].cast(pa.timestamp("us")) if name.endswith("Date") else table[name]
        except pa.ArrowInvalid:
            columns[name] = table[name]
    return pa.table(columns)


def _of_greenwich(table: pa.Table) -> pa.Table:
    """Midnights of England by the clock of Greenwich, without a zone, as Spark writes them in INT96."""
    moments = _typed(table)
    for place, kind in enumerate(moments.schema.types):
        if pa.types.is_timestamp(kind):
            here = pc.assume_timezone(moments.column(place), "Europe/London")
            there = here.cast(pa.timestamp("us", "UTC")).cast(kind)
            moments = moments.set_column(place, moments.column_names[place], there)
    return moments


def _snake_case(name: str) -> str:
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower()


NAMINGS: tuple[Callable[[str], str], ...] = (
    lambda name: f"[{name}]",
    lambda name: f"`{name}`",
    lambda name: f'"{name}"',
    lambda name: f"'{name}'",
    _snake_case,
    lambda name: _snake_case(name).replace("_", "."),
    lambda name: _snake_case(name).replace("_", " ").title(),
    lambda name: f"\u200b{name}\ufeff",
)
"""Names of columns as SQL Server, MySQL, Java, R, Power Query and people write them."""


def _named_in_turn(rows: Rows) -> str:
    """Every column in another way; of Oracle and SAS, those that are too long for them."""
    names = {
        name: name[:30] if len(name) > 30 else NAMINGS[place % len(NAMINGS)](name) for place, name in enumerate(rows[0])
    }
    return text_of([{names[name]: value for name, value in row.items()} for row in rows])


def in_two(file: Path, rows: Rows) -> None:
    """Rows in two files of other columns, in other orders."""
    half = len(rows) // 2
    columns = list(reversed(rows[0]))
    backwards = [{name: row[name] for name in columns} | {"Remark": "x"} for row in rows[half:]]
    as_text(text_of)(file.with_name(file.name + "_1"), rows[:half])
    as_text(text_of)(file.with_name(file.name + "_2"), backwards)


def in_zip(file: Path, rows: Rows) -> None:
    """A zip as Apple's archiver makes it."""
    with zipfile.ZipFile(file.with_name(file.name + ".csv.zip"), "w") as archive:
        archive.writestr("export/", "")
        archive.writestr("export/people.csv", text_of(rows))
        archive.writestr("__MACOSX/export/._people.csv", b"\x00\x05\x16\x07")
        archive.writestr("export/.DS_Store", b"\x00")


def beside_stale_copies(file: Path, rows: Rows) -> None:
    """The file among what programs leave beside it: stale copies, locks, markers."""
    as_text(text_of)(file, rows)
    stale = text_of([{**row, "ServDischDate": "", "AttendOrDNACode": "3", "EthnicCategory": "Z"} for row in rows])
    folder = file.parent / file.name
    names = ("~$x.csv", ".~lock.x.csv#", "._x.csv", "x.csv.tmp", "x.csv.bak", "x.csv.filepart", "x.csv.gpg", "_SUCCESS")
    hidden = (".ipynb_checkpoints/x-checkpoint.csv", "_temporary/0/part-0.csv", "__MACOSX/x.csv", "#recycle.old/x.csv~")
    for name in (*names, *hidden, ".part-0.parquet.crc", "part-0.parquet.tmp", "@eaDir.x", "desktop.ini", "Thumbs.db"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(stale, encoding="utf-8")


def twice(file: Path, rows: Rows) -> None:
    """A file and its copy, as a browser or a file manager names it."""
    as_text(text_of)(file, rows)
    shutil.copy(file.with_name(file.name + ".csv"), file.with_name(file.name + " (1).csv"))


def _with_lines_of_sqlcmd(rows: Rows) -> str:
    names, *lines = text_of(rows).splitlines()
    return "\n".join([names, ",".join("-" * 8 for _ in rows[0]), *lines, "", f"({len(lines)} rows affected)", ""])


def _as_psql(rows: Rows) -> str:
    names, *lines = (f" {line.replace('|', ' | ')} " for line in text_of(rows, "|").splitlines())
    return "\n".join([names, "-+-".join("-" * 8 for _ in rows[0]), *lines, f"({len(lines)} rows)", ""])


def _joined(rows: Rows) -> str:
    half = len(rows) // 2
    return text_of(rows[:half]) + text_of(rows[half:])


FILES: dict[str, Writer] = {
    "zip_of_apple": in_zip,
    "gzip": as_text(lambda rows: gzip.compress(text_of(rows).encode()), ".csv.gz"),
    "tabs_in_txt": as_text(lambda rows: text_of(rows, "\t"), ".txt"),
    "bars_in_dat": as_text(lambda rows: text_of(rows, "|"), ".dat"),
    "excel_semicolons": as_text(lambda rows: "sep=;\r\n" + text_of(rows, ";", "\r\n")),
    "excel_unicode_text": as_text(lambda rows: text_of(rows, "\t", "\r\n").encode("utf-16"), ".txt"),
    "utf_16_big_endian": as_text(lambda rows: b"\xfe\xff" + text_of(rows).encode("utf-16-be")),
    "utf_16_without_its_mark": as_text(lambda rows: text_of(rows, "\t", "\r\n").encode("utf-16-le"), ".txt"),
    "utf_16_big_endian_without_its_mark": as_text(lambda rows: text_of(rows).encode("utf-16-be")),
    "byte_order_mark_in_letters": as_text(lambda rows: "\u00ef\u00bb\u00bf" + text_of(rows)),
    "names_in_every_way": as_text(_named_in_turn),
    "names_behind_a_cross": as_text(lambda rows: "#" + text_of(rows)),
    "line_ends_of_windows_twice": as_text(lambda rows: text_of(rows, end="\r\r\n")),
    "table_of_psql": as_text(_as_psql),
    "byte_order_mark_and_quotes": as_text(lambda rows: b"\xef\xbb\xbf" + text_of(rows, quoting=csv.QUOTE_ALL).encode()),
    "byte_order_mark_twice": as_text(lambda rows: b"\xef\xbb\xbf\xef\xbb\xbf" + text_of(rows).encode()),
    "names_in_capitals": as_text(lambda rows: text_of([{name.upper(): v for name, v in row.items()} for row in rows])),
    "column_of_row_numbers": as_text(lambda rows: text_of([{"": str(n), **row} for n, row in enumerate(rows)])),
    "blank_rows_at_the_end": as_text(lambda rows: text_of(rows) + ("," * (len(rows[0]) - 1) + "\n") * 5),
    "end_mark_of_dos": as_text(lambda rows: text_of(rows, end="\r\n") + "\x1a"),
    "zero_bytes_at_the_end": as_text(lambda rows: text_of(rows).encode() + b"\x00" * 512),
    "line_ends_of_old_apple": as_text(lambda rows: text_of(rows, end="\r")),
    "lines_of_sqlcmd": as_text(_with_lines_of_sqlcmd),
    "files_joined_with_their_names": as_text(_joined),
    "two_layouts": in_two,
    "stale_copies": beside_stale_copies,
    "copied": twice,
    "parquet": as_parquet(lambda table: table),
    "parquet_of_moments": as_parquet(_typed),
    "parquet_of_moments_in_int96": as_parquet(_typed, use_deprecated_int96_timestamps=True),
    "parquet_of_greenwich_in_int96": as_parquet(_of_greenwich, use_deprecated_int96_timestamps=True),
    "parquet_of_bytes": as_parquet(_cast(pa.binary())),
    "parquet_of_large_text": as_parquet(_cast(pa.large_string())),
    "parquet_of_categories": as_parquet(_encoded),
}
"""Way of leaving a file: what writes it."""
