"""The dirty corpus: a clean set of two providers and two months, and named defects applied to it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures" / "dirty"
CLEAN_PROVIDER = "CL1"
HEADER = {"v2_1": "IDS000Header", "v2_0": "IDS000Header", "v1_5": "Header"}

Rows = list[dict[str, str]]
Tables = dict[str, Rows]


@dataclass(frozen=True)
class RowDefect:
    """One line of ``row_defects.csv``: a change to one provider's rows, and what must become of it."""

    name: str
    version: str
    table: str
    operation: str
    row: int
    field: str
    value: str
    fate: str
    reason: str
    reason_table: str
    reason_field: str
    row_count: int
    follower_count: int

    @property
    def provider(self) -> str:
        """A provider of its own for every defect."""
        return f"X{ROW_DEFECT_NAMES.index(self.name):03d}"


def read_row_defects() -> list[RowDefect]:
    """The manifest of defects in rows."""
    with (FIXTURES / "row_defects.csv").open(encoding="utf-8", newline="") as text:
        return [
            RowDefect(
                **{
                    key: (int(value or 0) if key in ("row", "row_count", "follower_count") else value)
                    for key, value in line.items()
                }  # type: ignore[arg-type]
            )
            for line in csv.DictReader(text)
        ]


ROW_DEFECT_NAMES = [
    line["name"] for line in csv.DictReader((FIXTURES / "row_defects.csv").read_text(encoding="utf-8").splitlines())
]


def clean_tables(version: str) -> Tables:
    """The clean set of a version."""
    tables: Tables = {}
    for file in sorted((FIXTURES / version).glob("*/clean.csv")):
        with file.open(encoding="utf-8", newline="") as text:
            tables[file.parent.name] = list(csv.DictReader(text))
    return tables


def provider_copy(tables: Tables, provider: str) -> Tables:
    """The rows of the clean provider under another code, with identifiers of their own."""
    return {
        table: [
            {field: value.replace(CLEAN_PROVIDER, provider) for field, value in row.items()}
            for row in rows
            if any(CLEAN_PROVIDER in value for value in row.values())
        ]
        for table, rows in tables.items()
    }


def apply(defect: RowDefect, tables: Tables) -> None:
    """Changes a provider's tables in place."""
    OPERATIONS[defect.operation](defect, tables)


def _value(defect: RowDefect) -> str:
    return defect.value.replace("PROVIDER", defect.provider)


def _set(defect: RowDefect, tables: Tables) -> None:
    tables[defect.table][defect.row][defect.field] = _value(defect)


def _repeat(defect: RowDefect, tables: Tables) -> None:
    rows = tables[defect.table]
    rows.append({**rows[defect.row], **({defect.field: _value(defect)} if defect.field else {})})


def _drop(defect: RowDefect, tables: Tables) -> None:
    del tables[defect.table][defect.row]


def _send_again(defect: RowDefect, tables: Tables) -> None:
    """The submission of the header row is sent once more in the window ``field``; ``value`` rows a table survive."""
    header = HEADER[defect.version]
    old = tables[header][defect.row]["UniqueSubmissionID"]
    for table, rows in tables.items():
        again = [dict(row, UniqueSubmissionID=old + "-again") for row in rows if row["UniqueSubmissionID"] == old]
        if table == header:
            again[0]["File_Type"] = defect.field
        elif defect.value:
            again = again[: int(defect.value)]
        rows.extend(again)


def _no_totals(defect: RowDefect, tables: Tables) -> None:
    """As ``send_again``, for a header that states no totals."""
    _send_again(defect, tables)
    for row in tables[HEADER[defect.version]]:
        row.update(dict.fromkeys([field for field in row if field.startswith("Total_")], ""))


OPERATIONS: dict[str, Callable[[RowDefect, Tables], None]] = {
    "set": _set,
    "repeat": _repeat,
    "drop": _drop,
    "send_again": _send_again,
    "send_again_without_totals": _no_totals,
}


def write_tables(directory: Path, tables: Tables, name: str) -> None:
    """Writes each table to ``directory/<table>/<name>.csv``."""
    for table, rows in tables.items():
        if not rows:
            continue
        file = directory / table / f"{name}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
