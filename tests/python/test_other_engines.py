"""Compiled SQL of every model in the words of engines that the tests cannot run: translated, and parsed again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError, UnsupportedError

from iapt_equity.spark.dialect import translate
from in_process import parsed, run_dbt

WITHOUT_WORDS = {
    # Snowflake's min() takes one argument: the two earliest dates of treatment need another way to be said.
    "snowflake": {"int_referral_contact_counts"},
    "databricks": set[str](),
}
"""Models that hold what an engine has no words for; docs/spark.md names them."""
OWN_FUNCTIONS = {
    # Functions of Databricks that sqlglot does not know by name.
    "databricks": {"xxhash64", "octet_length", "time_to_micros"},
    # hash() is Snowflake's too; the other three are DuckDB's, to be written there first (docs/spark.md).
    "snowflake": {"hash", "strlen", "datesub", "list_intersect"},
}
"""Names that are handed through unread; any other would be one that nobody has looked at."""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Compiled SQL of every model by its name; nothing is built or read."""
    work = tmp_path_factory.mktemp("compiled")
    result = run_dbt(["compile", "--select", "resource_type:model", "--target", "lint"], work, work)
    assert result.success, result.exception
    models = [node for node in parsed().nodes.values() if node.resource_type == "model" and node.language == "sql"]
    folder = work / "target" / "compiled" / "iapt_equity"
    return {node.name: (folder / Path(node.original_file_path)).read_text(encoding="utf-8") for node in models}


@pytest.fixture(scope="module")
def columns_of() -> Callable[[str], list[str]]:
    """Columns of models, seeds and sources as they are described."""
    manifest = parsed()
    resources = [node for node in manifest.nodes.values() if node.resource_type in ("model", "seed")]
    tables = {(node.schema, node.alias): list(node.columns) for node in resources}
    tables |= {(source.schema, source.identifier): list(source.columns) for source in manifest.sources.values()}
    return lambda name: tables[tuple(name.split(".")[-2:])]  # type: ignore[index]


@pytest.mark.parametrize("engine", sorted(WITHOUT_WORDS))
def test_every_model_is_translated_and_parses(
    engine: str, compiled: dict[str, str], columns_of: Callable[[str], list[str]]
) -> None:
    refused, functions = set(), set()
    for name, sql in compiled.items():
        try:
            statement = sqlglot.parse_one(translate(sql, columns_of, engine), read=engine)
        except SqlglotError:
            refused.add(name)
            continue
        # What sqlglot cannot read as a query it keeps as a command, unread.
        assert not statement.find(exp.Command), name
        functions |= {function.name.lower() for function in statement.find_all(exp.Anonymous)}
    assert len(compiled) > 300
    assert refused == WITHOUT_WORDS[engine]
    assert functions == OWN_FUNCTIONS[engine]


def test_what_an_engine_has_no_words_for_is_refused() -> None:
    with pytest.raises(SqlglotError):
        translate("select min(day, 2) as days from visits", lambda _: ["day"], "snowflake")


@pytest.mark.parametrize(
    "sql",
    [
        "select list(day order by day desc) as days from visits",
        "select list(day order by day nulls first) as days from visits",
        "select first(day order by other) as day from visits",
        "select percentile_cont(0.5) within group (order by day) as middle from visits",
        "select cast(unnest([1.5]) as integer) as day",
    ],
)
def test_what_would_mean_something_else_on_spark_is_refused(sql: str) -> None:
    with pytest.raises(UnsupportedError, match="no rule"):
        translate(sql, lambda _: ["day", "other"])


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("select * replace (0 as a) from t", {"0 AS a", "t.b"}),
        ("select * rename (a as c) from t", {"t.a AS c", "t.b"}),
        ("with n as (unpivot t on a into name n value v) select * replace (1 as v) from n", {"n.b", "n.n", "1 AS v"}),
    ],
)
def test_columns_of_a_star_that_changes_some_are_named(sql: str, columns: set[str]) -> None:
    statement = sqlglot.parse_one(translate(sql, lambda _: ["a", "b"]), read="spark")
    assert {column.sql() for column in statement.expressions} == columns


def test_a_union_by_name_puts_columns_in_one_order_and_nulls_where_there_is_none() -> None:
    columns = {"t": ["a", "b"], "u": ["c", "a"]}
    statement = sqlglot.parse_one(translate("select * from t union all by name select * from u", columns.__getitem__))
    sides = [[column.sql() for column in side.expressions] for side in (statement.left, statement.right)]
    assert sides == [["a", "b", "NULL AS c"], ["a", "NULL AS b", "c"]]


def test_columns_of_three_sides_by_name_are_all_there() -> None:
    columns = {"t": ["a"], "u": ["b"], "w": ["c"]}
    united = "select * from t union all by name select * from u union all by name select * from w"
    statement = sqlglot.parse_one(translate(united, columns.__getitem__))
    assert [[column.alias_or_name for column in side.selects] for side in (statement.left, statement.right)] == [
        ["a", "b", "c"],
        ["a", "b", "c"],
    ]
