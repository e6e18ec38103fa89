"""The same SQL on DuckDB and on Spark: what is translated means the same.

Needs the extra ``spark`` and Java (spark_support).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt.cli.main import dbtRunner

from iapt_equity.spark.dialect import translate
from in_process import failures
from spark_support import skip_without_spark

pytestmark = pytest.mark.slow

skip_without_spark()

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
    # A fraction is rounded: a decimal or a text at a half up, a floating number at a half to even.
    "cast(1.5 as integer)": 2,
    "cast(2.5 as integer)": 3,
    "cast(-2.5 as bigint)": -3,
    "cast(share as integer)": 2,
    "cast(share + 1 as integer)": 4,
    "cast(5 / 2 as integer)": 2,
    "cast('2.5' as integer)": 3,
    "try_cast('99999999999' as integer)": None,
    "try_cast('1d' as integer)": None,
    "try_cast(' 2.5 ' as integer)": 3,
    "cast(large as bigint)": 9007199254740993,
    "cast(is_half as integer)": 1,
    "starts_with(label, 'caf')": True,
}
"""Expressions over one row, and what they are on either engine, worked out by hand."""
ROW = (
    "select date '2020-01-01' as start_date, date '2020-02-29' as discharge_date, date '2004-02-29' as leap_date, "
    "time '10:00:01.6' as contact_time, 'café' as label, cast(null as varchar) as nothing, "
    "cast(2.5 as double) as share, cast(9007199254740993 as bigint) as large, share = 2.5 as is_half"
)
QUERIES: dict[str, list[tuple[Any, ...]]] = {
    # Nulls come last, up and down.
    "select v from (values (2), (null), (1)) as t (v) order by v": [(1,), (2,), (None,)],
    "select v from (values (2), (null), (1)) as t (v) order by v desc": [(2,), (1,), (None,)],
    "select row_number() over (order by v) from (values (null), (1)) as t (v) qualify v is null": [(2,)],
    # The second of the two smallest.
    "select min(v, 2) filter (where v > 1)[2] from (values (5), (1), (3)) as t (v)": [(5,)],
    "select list(v order by v)[1] from (values (5), (1)) as t (v)": [(1,)],
    # What a list is ordered by, and nulls in it, which come last.
    "select list(v order by w) from (values ('c', 2), ('b', null), (null, 1), ('a', 3)) as t (v, w)": [
        ([None, "c", "a", "b"],)
    ],
    "select list(v order by v) filter (where v is null or v > 1) from (values (5), (null), (1), (3)) as t (v)": [
        ([3, 5, None],)
    ],
    "select list(distinct v order by v) from (values (5), (null), (5), (3)) as t (v)": [([3, 5, None],)],
    "select list(v) from (values (null), (null)) as t (v)": [([None, None],)],
    "select string_agg(v, ',' order by w desc) from (values ('a', 1), ('b', null), ('c', 2)) as t (v, w)": [("c,a,b",)],
    "with t as (select 1 as a, 2 as b), n as (unpivot t on a, b into name n value v) select n, v from n order by n": [
        ("a", 1),
        ("b", 2),
    ],
    # Names of tables stay where rows are picked by a window; columns of sides are put together by name.
    "select t.v, t.w as x from (values (1, 'a'), (2, 'b')) as t (v, w) qualify t.v = max(t.v) over ()": [(2, "b")],
    "select v, w, x from (select 1 as v union all by name select 2 as w union all by name select 3 as x) as t "
    "order by v, w": [(1, None, None), (None, 2, None), (None, None, 3)],
    "select cast(unnest([1, 2]) as varchar) as v order by v": [("1",), ("2",)],
    # Lists are taken apart side by side.
    "select unnest([1, 2]) as n, unnest([null, 'b']) as v order by n": [(1, None), (2, "b")],
}
"""Queries, and their rows on either engine, worked out by hand."""


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    builder = SparkSession.builder.master("local[2]")
    settings = {
        "spark.ui.enabled": "false",
        "spark.log.level": "ERROR",
        "spark.sql.ansi.enabled": "false",
        "spark.sql.timeType.enabled": "true",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("spark") / "warehouse"),
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


BREACHES = {
    "check_of_the_table": "1 rows where not (first_count < second_count)",
    "check_of_a_column": "1 rows where not (first_count between 0 and 1)",
    "no_null": "1 rows where first_count is null",
    "key_twice": "1 rows beyond one for each key (first_count, second_count)",
    "key_null": "1 rows beyond one for each key (first_count, second_count)",
    "none": "",
}
"""Models of two rows, each of which breaks one constraint, and what is said of it."""
KEY = [{"type": "primary_key", "columns": ["first_count", "second_count"]}]
MODELS: dict[str, tuple[str, list[dict[str, Any]], list[dict[str, Any]]]] = {
    # Rows, constraints of the table, constraints of the first column.
    "check_of_the_table": ("(0, 1), (1, 1)", [{"type": "check", "expression": "first_count < second_count"}], []),
    "check_of_a_column": ("(0, 1), (2, 1)", [], [{"type": "check", "expression": "first_count between 0 and 1"}]),
    "no_null": ("(0, 1), (null, 1)", [], [{"type": "not_null"}]),
    "key_twice": ("(0, 1), (0, 1)", KEY, []),
    "key_null": ("(0, 1), (0, null)", KEY, []),
    # A check of what is not known holds, as in DuckDB.
    "none": ("(0, 1), (0, 2), (null, 3)", [], [{"type": "check", "expression": "first_count < 1"}]),
}


def project_of(models: dict[str, Any], folder: Path, spark_folder: Path) -> list[str]:
    """A project of dbt with these models on Spark, and the arguments with which dbt finds it."""
    profile = {
        **{"type": "iaptspark", "method": "session", "host": "none", "schema": "default", "threads": 1},
        "server_side_parameters": {"spark.sql.warehouse.dir": str(spark_folder / "warehouse")},
    }
    described = [
        {
            "name": name,
            "config": {"materialized": "table", "contract": {"enforced": True}},
            "constraints": of_table,
            "columns": [
                {"name": "first_count", "data_type": "int", "constraints": of_column},
                {"name": "second_count", "data_type": "int"},
            ],
        }
        for name, (_, of_table, of_column) in models.items()
    ]
    files = {
        "dbt_project.yml": {"name": "broken", "version": "1.0", "profile": "broken", "model-paths": ["models"]},
        "profiles.yml": {"broken": {"target": "spark", "outputs": {"spark": profile}}},
        "models/models.yml": {"models": described},
    }
    (folder / "models").mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_text(yaml.safe_dump(content), encoding="utf-8")
    for name, (rows, _, _) in models.items():
        sql = f"select first_count, second_count from (values {rows}) as t (first_count, second_count)"
        (folder / "models" / f"{name}.sql").write_text(sql, encoding="utf-8")
    return ["--project-dir", str(folder), "--profiles-dir", str(folder)]


def test_a_table_that_breaks_a_constraint_fails_its_model(spark: Any, tmp_path: Path) -> None:
    warehouse = Path(spark.conf.get("spark.sql.warehouse.dir").removeprefix("file:"))
    places = project_of(MODELS, tmp_path / "project", warehouse.parent)
    result = dbtRunner().invoke(["--quiet", "run", *places])
    assert result.exception is None, result.exception
    said = {run.node.name: " ".join(str(run.message).split()) for run in result.result.results}
    assert {name for name, run in said.items() if "rows" in run} == BREACHES.keys() - {"none"}, failures(result)
    for name, words in BREACHES.items():
        assert words in said[name]


def test_a_folder_of_others_stops_a_build_before_anything_is_written(spark: Any, tmp_path: Path) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "extract.csv").touch()
    places = project_of({"none": MODELS["none"]}, tmp_path / "project", tmp_path / "data")
    result = dbtRunner().invoke(["--quiet", "run", *places])
    assert not result.success
    assert "holds other things than tables of Spark" in str(result.exception)
    assert [path.name for path in (tmp_path / "data").rglob("*")] == ["raw", "extract.csv"]
