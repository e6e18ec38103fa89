"""The same SQL and the same models on Spark: what is translated means the same, and tables are equal row for row.

Needs the extra ``spark`` and Java. `.ci/run` has both, and IAPT_EQUITY_SPARK_TESTS=required makes a skip a failure.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from iapt_equity.spark.dialect import translate
from in_process import PROJECT

pytestmark = pytest.mark.slow

MISSING = [
    name
    for name, is_there in {
        "the extra spark": importlib.util.find_spec("pyspark") is not None,
        "Java": shutil.which("java") is not None,
    }.items()
    if not is_there
]
if MISSING and os.environ.get("IAPT_EQUITY_SPARK_TESTS") != "required":
    pytest.skip(f"not compared with Spark: {' and '.join(MISSING)} not there", allow_module_level=True)

CASES: dict[str, Any] = {
    # Days are counted, whatever says them.
    "discharge_date - start_date": 59,
    "start_date - max(start_date) over ()": 0,
    "datesub('year', leap_date, cast('2005-02-27' as date))": 0,
    "datesub('year', leap_date, cast('2005-03-01' as date))": 1,
    "start_date < date 'infinity'": True,
    "cast(epoch(contact_time) as bigint)": 36002,
    "cast(start_date + contact_time as varchar)": "2020-01-01 10:00:01.6",
    # Decimals are divided as floating numbers, and so are means.
    "cast(1 as decimal(9, 4)) / 3": 1 / 3,
    "avg(cast(1 as decimal(9, 4)) / 3) over ()": 1 / 3,
    "7 / 2": 3.5,
    # Lists begin at one; what is not there is nothing.
    "[30, 20, 10][2]": 20,
    "[30][2]": None,
    "list_intersect(['a', 'b'], ['b', 'c'])": ["b"],
    # Lengths are bytes or letters; a null counts in a hash, wherever it stands.
    "strlen(label)": 5,
    "length(label)": 4,
    "hash('a', nothing) = hash(nothing, 'a')": False,
    "hash('a', nothing) = hash('a')": False,
    "hash(nothing, 'a') = hash(nothing, 'a')": True,
    "hash(label, 0) = hash(label, cast(datesub('year', leap_date, leap_date) as integer))": True,
    # A text is a number by what it says.
    "try_cast('12a' as double)": None,
    "starts_with(label, 'caf')": True,
}
"""Expressions over one row, and what they are on either engine, worked out by hand."""
ROW = (
    "select date '2020-01-01' as start_date, date '2020-02-29' as discharge_date, date '2004-02-29' as leap_date, "
    "time '10:00:01.6' as contact_time, 'café' as label, cast(null as varchar) as nothing"
)
QUERIES: dict[str, list[tuple[Any, ...]]] = {
    # Nulls come last, up and down.
    "select v from (values (2), (null), (1)) as t (v) order by v": [(1,), (2,), (None,)],
    "select v from (values (2), (null), (1)) as t (v) order by v desc": [(2,), (1,), (None,)],
    "select row_number() over (order by v) from (values (null), (1)) as t (v) where v is null": [(2,)],
    # The second of the two smallest.
    "select min(v, 2) filter (where v > 1)[2] from (values (5), (1), (3)) as t (v)": [(5,)],
    "select list(v order by v)[1] from (values (5), (1)) as t (v)": [(1,)],
    "with t as (select 1 as a, 2 as b), n as (unpivot t on a, b into name n value v) select n, v from n order by n": [
        ("a", 1),
        ("b", 2),
    ],
    "select cast(unnest([1, 2]) as varchar) as v order by v": [("1",), ("2",)],
    # Lists are taken apart side by side.
    "select unnest([1, 2]) as n, unnest([null, 'b']) as v order by n": [(1, None), (2, "b")],
}
"""Queries, and their rows on either engine, worked out by hand."""


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = SparkSession.builder.master("local[2]")
    settings = {
        "spark.ui.enabled": "false",
        "spark.log.level": "ERROR",
        "spark.sql.ansi.enabled": "false",
        "spark.sql.timeType.enabled": "true",
        "spark.sql.shuffle.partitions": "1",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


def no_columns(table: str) -> list[str]:
    raise AssertionError(f"{table}: no case asks for columns of a table")


def test_every_rule_of_the_translation_means_the_same_on_both_engines(spark: Any) -> None:
    found: dict[str, dict[str, list[tuple[Any, ...]]]] = {"duckdb": {}, "spark": {}}
    expected = {
        f"select {case} as found from ({ROW}) as one_row": [(value,)] for case, value in CASES.items()
    } | QUERIES
    for sql in expected:
        found["duckdb"][sql] = duckdb.sql(sql).fetchall()
        found["spark"][sql] = [tuple(row) for row in spark.sql(translate(sql, no_columns)).collect()]
    assert found["duckdb"] == expected
    assert found["spark"] == expected


def build(engine: str, data: Path, work: Path, select: list[str]) -> None:
    """Builds models with one engine, in a process of its own: a session of Spark stays in its process."""
    command = [sys.executable, "-m", "dbt.cli.main", "build", "--select", *select, "--target", engine]
    command += ["--exclude-resource-type", "test", "unit_test", "--indirect-selection", "empty"]
    command += ["--target-path", str(work / f"target_{engine}"), "--profiles-dir", str(PROJECT)]
    places = {"MDS_DIR": str(data), "IAPT_EQUITY_DB": str(work / "warehouse.duckdb")}
    places |= {"IAPT_EQUITY_SPARK": str(work / "spark"), "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(
        command,
        cwd=PROJECT,
        env={**os.environ, **places},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def compare(build_file: Path, spark_folder: Path, table: str) -> tuple[int, int, int]:
    """Rows of a table in DuckDB, and how many of them Spark lacks, and has beyond; floating numbers to 1e-12."""
    schema, name = table.split(".")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{build_file}' as build (read_only)")
        columns = connection.execute(
            "select column_name, data_type from duckdb_columns() where database_name = 'build' "
            "and schema_name = ? and table_name = ? order by column_index",
            [schema, name],
        ).fetchall()
        items = ", ".join(
            f'round(cast("{column}" as double), 12) as "{column}"'
            if kind == "DOUBLE"
            else f'cast("{column}" as {kind}) as "{column}"'
            for column, kind in columns
        )
        ours = f"select {items} from build.{table}"
        theirs = f"select {items} from read_parquet('{spark_folder / 'warehouse' / f'{schema}.db' / name}/*.parquet')"
        counts = (ours, f"{ours} except all {theirs}", f"{theirs} except all {ours}")
        rows, lacking, beyond = (
            connection.execute(f"select count(*) from ({query})").fetchall()[0][0] for query in counts
        )
    return rows, lacking, beyond


def test_facts_are_equal_row_for_row(tmp_path: Path) -> None:
    from iapt_equity.synthetic.cli import main

    data = tmp_path / "data"
    made_of = "--referrals 300 --seed 11 --years 2019-20:2022-23 --version by_date --format parquet --derived --messy"
    main([*made_of.split(), "--dirt", "0.03", "--out", str(data)])
    select = ["+fct_referrals", "+fct_episodes"]
    build("warehouse", data, tmp_path, select)
    build("spark", data, tmp_path, select)
    for table in ("marts.fct_referrals", "marts.fct_episodes"):
        rows, lacking, beyond = compare(tmp_path / "warehouse_build.duckdb", tmp_path / "spark", table)
        assert rows > 0, table
        assert (lacking, beyond) == (0, 0), table
