"""The mutation script's own parts: what it changes, and that a model that is wrong would be noticed."""

from __future__ import annotations

import duckdb
import pytest

import mutants as mutation
import run as mutation_run


def changed(text: str, kind: str) -> set[str]:
    return {" ".join(one.apply(text).split()) for one in mutation.mutants(text) if one.kind == kind}


@pytest.mark.parametrize(
    ("kind", "query", "expected"),
    [
        ("comparison", "select a >= b as x", {"select a > b as x"}),
        ("comparison", "select a < b as x", {"select a <= b as x"}),
        ("comparison", "select a = b as x", {"select a <> b as x"}),
        ("and or", "select a and b as x", {"select a or b as x"}),
        ("and or", "select a between 1 and 2 as x", set()),
        ("not", "select not a as x, b is not null as y, c is null as z", {
            "select a as x, b is not null as y, c is null as z",
            "select not a as x, b is null as y, c is null as z",
            "select not a as x, b is not null as y, c is not null as z",
        }),
        ("function", "select min_by(a, b) as x", {"select max_by(a, b) as x"}),
        ("order", "select a order by a asc, b desc nulls last", {
            "select a order by a desc, b desc nulls last",
            "select a order by a asc, b asc nulls last",
            "select a order by a asc, b desc nulls first",
        }),
        ("boolean", "select coalesce(a, false) as x", {"select coalesce(a, true) as x"}),
        ("coalesce", "select coalesce(a, false) as x", {"select (a) as x", "select (false) as x"}),
        ("filter", "select a from t where a > 1 and b group by a", {"select a from t where true group by a"}),
        ("filter", "select count(*) filter (where a) as x", {
            "select count(*) as x", "select count(*) filter (where true) as x",
        }),
        ("condition", "select a from t where a between 1 and 2 and b and not c group by a", {
            "select a from t where b and not c group by a",
            "select a from t where a between 1 and 2 and not c group by a",
            "select a from t where a between 1 and 2 and b group by a",
        }),
        ("between", "select t.a between b and c as x", {
            "select (t.a > b and t.a <= c) as x", "select (t.a >= b and t.a < c) as x",
        }),
        ("number", "select a >= 10 as x, cast(b as decimal(9, 4)) as y", {
            "select a >= 11 as x, cast(b as decimal(9, 4)) as y",
        }),
        ("text", "select 'a' as x, time '00:00' as y", {"select 'a~' as x, time '00:00' as y"}),
        ("date", "select date '2016-02-29' as x", {"select date '2016-03-01' as x"}),
        ("branch", "select case when a then 1 end as x", {"select null as x"}),
        ("branch", "select case when a then 1 when b then 2 else 3 end as x", {
            "select case when b then 2 else 3 end as x", "select case when a then 1 else 3 end as x",
        }),
        ("arithmetic", "select a - b as x, -c as y, count(*) as n", {
            "select a + b as x, -c as y, count(*) as n", "select a - b as x, c as y, count(*) as n",
        }),
        ("if", "select if(a, b, c) as x", {"select if(a, c, b) as x"}),
        ("join", "select a from t left join u on t.a = u.a", {"select a from t inner join u on t.a = u.a"}),
        ("comparison", "select hash(a = b) as x", set()),
    ],
)  # fmt: skip
def test_a_query_is_changed_in_one_place(kind: str, query: str, expected: set[str]) -> None:
    assert changed(query, kind) == expected


STATEMENT = """
with dbt_internal_unit_test_actual as (
  select "k", "x", 'actual' as "actual_or_expected"
  from (
with  __dbt__cte__scores as (
select 1 as k, 10 as score union all select 2, 9
), scores as (
    select * from __dbt__cte__scores
)
select k, score >= 10 as x from scores
  ) _dbt_internal_unit_test_actual
),
dbt_internal_unit_test_expected as (
  select "k", "x", 'expected' as "actual_or_expected"
  from (select 1 as k, true as x union all select 2, false) _dbt_internal_unit_test_expected
)
select * from dbt_internal_unit_test_actual
union all
select * from dbt_internal_unit_test_expected
"""


def test_a_mutant_is_killed_by_a_boundary_value_and_survives_without_one() -> None:
    assert mutation_run.take_apart("t", STATEMENT).body.startswith("scores as (")
    model = mutation_run.Model("fct_referrals", "models/marts/fct_referrals.sql")
    with duckdb.connect() as connection:
        for given, is_killed in ((STATEMENT, True), (STATEMENT.replace("1 as k, 10 as", "1 as k, 20 as"), False)):
            model.tests = [mutation_run.take_apart("t", given)]
            found = mutation_run.run_model(connection, model)
            boundary = [
                outcome.is_killed
                for (identity, _), outcome in found.items()
                if identity.after == "select k, score > 10 as x from scores"
            ]
            assert boundary == [is_killed]


def test_a_failing_unit_test_is_no_proof() -> None:
    wrong = STATEMENT.replace("2, false", "2, true")
    model = mutation_run.Model("fct_referrals", "models/marts/fct_referrals.sql")
    model.tests = [mutation_run.take_apart("t", wrong)]
    with duckdb.connect() as connection, pytest.raises(ValueError, match="fails before anything is broken"):
        mutation_run.run_model(connection, model)


def test_every_equivalent_mutant_has_a_reason() -> None:
    reasons = mutation_run.read_equivalent()
    assert reasons
    assert [identity for identity, reason in reasons.items() if len(reason.split()) < 4] == []
