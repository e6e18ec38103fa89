"""The same SQL on DuckDB and on Spark: what is translated means the same.

Needs the extra ``spark`` and Java (spark_support).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from iapt_equity.spark.dialect import translate
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
    "select row_number() over (order by v) from (values (null), (1)) as t (v) qualify v is null": [(2,)],
    # The second of the two smallest.
    "select min(v, 2) filter (where v > 1)[2] from (values (5), (1), (3)) as t (v)": [(5,)],
    "select list(v order by v)[1] from (values (5), (1)) as t (v)": [(1,)],
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
