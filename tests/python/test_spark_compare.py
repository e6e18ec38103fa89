"""The comparison of two builds sees what differs: a value, a row, a null, a key less; not a float's last place."""

from __future__ import annotations

import importlib
from pathlib import Path

import duckdb
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "spark"
ROWS = "select 1 as a_key, 'x' as name, 0.1::double as rate, date '2020-01-01' as start_date"


@pytest.mark.parametrize(
    ("theirs", "unlike"),
    [
        (ROWS, 0),
        (ROWS.replace("1 as a_key", "2 as a_key"), 0),
        (ROWS.replace("0.1::", "0.10000000000000002::"), 0),
        (ROWS.replace("0.1::", "0.10000000001::"), 1),
        (ROWS.replace("0.1::", "null::"), 1),
        (ROWS.replace("'x'", "'y'"), 1),
        (ROWS.replace("2020", "2021"), 1),
        (f"{ROWS} union all {ROWS}", 1),
        (ROWS.replace("1 as a_key", "null as a_key"), 1),
        (f"{ROWS} limit 0", 1),
    ],
)
def test_rows_that_differ_are_counted(
    theirs: str, unlike: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    assert compared(ROWS, theirs, tmp_path) == {"marts.not_there": None, "marts.rates": (1, unlike)}


@pytest.mark.parametrize(("keys", "unlike"), [("(8), (7)", 0), ("(7), (7)", 1), ("(7), (null)", 1)])
def test_keys_that_are_fewer_or_lacking_are_seen(
    keys: str, unlike: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    people = "select 'x' as name, a_key from (values {}) as t (a_key)"
    found = compared(people.format("(1), (2)"), people.format(keys), tmp_path)
    assert found == {"marts.not_there": None, "marts.rates": (2, unlike)}


def compared(ours: str, theirs: str, work: Path) -> dict[str, tuple[int, int] | None]:
    """What the comparison says of a table of DuckDB and one of Spark, and of a view that Spark has not built."""
    folder = work / "it's spark" / "warehouse" / "marts.db" / "rates"
    folder.mkdir(parents=True)
    with duckdb.connect(str(work / "build.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute(f"create table marts.rates as {ours}")
        connection.execute("create view marts.not_there as from marts.rates")
        connection.sql(theirs).write_parquet(str(folder / "rows.parquet"))
    found: dict[str, tuple[int, int] | None] = importlib.import_module("compare").compare(
        work / "build.duckdb", work / "it's spark"
    )
    return found
