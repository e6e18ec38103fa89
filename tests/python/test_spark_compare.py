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
    folder = tmp_path / "spark" / "warehouse" / "marts.db" / "rates"
    folder.mkdir(parents=True)
    with duckdb.connect(str(tmp_path / "build.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute(f"create table marts.rates as {ROWS}")
        connection.execute("create view marts.not_there as from marts.rates")
        connection.execute(f"copy ({theirs}) to '{folder}/rows.parquet'")
    found = importlib.import_module("compare").compare(tmp_path / "build.duckdb", tmp_path / "spark")
    assert found == {"marts.not_there": None, "marts.rates": (1, unlike)}


@pytest.mark.parametrize(("keys", "unlike"), [("(8), (7)", 0), ("(7), (7)", 1), ("(7), (null)", 1)])
def test_keys_that_are_fewer_or_lacking_are_seen(
    keys: str, unlike: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    folder = tmp_path / "it's spark" / "warehouse" / "marts.db" / "people"
    folder.mkdir(parents=True)
    with duckdb.connect(str(tmp_path / "build.duckdb")) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.people as select 'x' as name, a_key from (values (1), (2)) as t (a_key)")
        connection.sql(f"select 'x' as name, a_key from (values {keys}) as t (a_key)").write_parquet(
            str(folder / "rows.parquet")
        )
    found = importlib.import_module("compare").compare(tmp_path / "build.duckdb", tmp_path / "it's spark")
    assert found == {"marts.people": (2, unlike)}
