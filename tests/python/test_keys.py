"""Hashes that keys are made of: distinct identifiers keep distinct keys, whatever scheme a system numbers by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import jinja2
import numpy as np
import pytest

PROJECT = Path(__file__).parents[2]
MACROS = PROJECT / "macros"
MILLION = 1_000_000

SCHEMES = {
    "submission_and_row_16": "(10000970 + i // 10000)::varchar || lpad((i % 10000)::varchar, 8, '0')",
    "two_counters_12": "lpad((i // 2000)::varchar, 6, '0') || lpad((i % 2000)::varchar, 6, '0')",
    "letter_and_number_9": "'P' || lpad(i::varchar, 8, '0')",
    "provider_and_number_14": "'Z11' || lpad((i % 20)::varchar, 2, '0') || '-' || lpad((i // 20)::varchar, 8, '0')",
    "two_counters_20": "(10000 + i % 2000)::varchar || lpad((i // 2000)::varchar, 15, '0')",
    "three_counters_23": (
        "lpad((i % 100)::varchar, 8, '0') || lpad((i // 100 % 100)::varchar, 8, '0')"
        " || lpad((i // 10000)::varchar, 7, '0')"
    ),
    "reference_with_slashes_18": (
        "'REF/' || (2000 + i % 20)::varchar || '/' || lpad((i // 80)::varchar, 7, '0')"
        " || '/' || chr((65 + i // 20 % 4)::int)"
    ),
    "uuid_counted_in_two_places": "lpad(hex(i % 4000), 8, '0') || '-0000-4000-8000-' || lpad(hex(i // 4000), 12, '0')",
}
"""Identifiers as systems make them, each a different text for each integer i."""


def text_hash(column: str, within: str | None = None) -> str:
    """The SQL of the macro."""
    module = jinja2.Environment(autoescape=False).from_string((MACROS / "text_hash.sql").read_text("utf-8")).module
    return str(module.text_hash(column, within))  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


def collisions(connection: duckdb.DuckDBPyConnection, key: str, texts: str, count: int) -> int:
    """How many of `count` texts have the key of another one before them."""
    query = f"select {key} as key from (select {texts} as x from range({count}) as t(i))"
    keys = np.sort(np.asarray(connection.execute(query).fetchnumpy()["key"]))
    assert len(keys) == count
    return int((keys[1:] == keys[:-1]).sum())


def test_a_pair_that_collides_in_the_hash_of_the_database(connection: duckdb.DuckDBPyConnection) -> None:
    row = connection.execute(
        f"select hash(a) = hash(b), {text_hash('a')} = {text_hash('b')} from (values (?, ?)) as t(a, b)",
        ["1000097000000006", "1000097900000003"],
    ).fetchone()
    # Where the first is false, the database has a better hash of its own and the macro may go.
    assert row == (True, False)


def test_the_scheme_can_show_the_weakness(connection: duckdb.DuckDBPyConnection) -> None:
    assert collisions(connection, "hash(x)", SCHEMES["submission_and_row_16"], MILLION) > 100


def test_five_million_structured_identifiers_do_not_collide(connection: duckdb.DuckDBPyConnection) -> None:
    assert collisions(connection, text_hash("x"), SCHEMES["submission_and_row_16"], 5 * MILLION) == 0


@pytest.mark.parametrize("scheme", sorted(set(SCHEMES) - {"submission_and_row_16"}))
def test_no_scheme_collides(connection: duckdb.DuckDBPyConnection, scheme: str) -> None:
    assert collisions(connection, text_hash("x"), SCHEMES[scheme], MILLION) == 0


def test_submissions_with_the_same_identifiers_do_not_collide(connection: duckdb.DuckDBPyConnection) -> None:
    key = text_hash("x[7:]", "x[1:6]")
    texts = "(500000 + i // 5000)::varchar || '10000970' || lpad((i % 5000)::varchar, 8, '0')"
    assert collisions(connection, key, texts, MILLION) == 0


def test_null_and_blank_stay_apart(connection: duckdb.DuckDBPyConnection) -> None:
    query = f"select count(distinct {text_hash('x')}) from (values (null), (''), (' '), ('0'), ('00')) as t(x)"
    assert connection.execute(query).fetchone() == (5,)


def test_no_model_hashes_by_itself() -> None:
    """The macros are sound where the database's own hash is not, and another engine has another one."""
    bare = re.compile(r"(?<![a-z_])hash\(")
    files = sorted((PROJECT / "models").rglob("*.sql"))
    assert len(files) > 200
    assert [file.name for file in files if bare.search(file.read_text(encoding="utf-8"))] == []
