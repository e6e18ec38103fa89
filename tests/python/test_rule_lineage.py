"""Every rule of docs/rules.md ends in a mart: each column that it names is followed through the compiled SQL."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from iapt_equity.rules_page import Rule, read_rules
from in_process import PROJECT, parsed, run_dbt
from lineage import ROWS, Lineage, LineageError, trace, upstream

MARTS = "models/marts/"
BESIDE = ("models/marts/context/", "models/marts/findings/")
"""These read other marts and the regressions, where every rule has ended already."""
OTHER_CHOICES: dict[str, Any] = {"trusted_outcomes": "supplied"}
"""A model that only another value of a variable puts into use is followed under that value."""

RULES = read_rules(PROJECT)


def is_mart(node: dict[str, Any]) -> bool:
    path = node["original_file_path"].replace("\\", "/")
    return node["resource_type"] == "model" and path.startswith(MARTS) and not path.startswith(BESIDE)


def compiled_lineage(work: Path, *variables: str) -> tuple[Lineage, set[str]]:
    """The lineage of all that the marts are made of, and the names of the marts. Nothing is built or read."""
    chosen = ["compile", "--select", f"+path:{MARTS.rstrip('/')}", "--target", "lint"]
    result = run_dbt([*chosen, *variables], work, work)
    assert result.success, result.exception
    manifest = parsed(*variables).writable_manifest().to_dict(omit_none=False)
    marts = {unique_id: node["name"] for unique_id, node in manifest["nodes"].items() if is_mart(node)}
    code = {}
    for unique_id in upstream(manifest, marts):
        path = work / "target" / "compiled" / "iapt_equity" / manifest["nodes"][unique_id]["original_file_path"]
        code[unique_id] = path.read_text(encoding="utf-8")
    return trace(manifest, code), set(marts.values())


@pytest.fixture(scope="module")
def lineage(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lineage, set[str]]:
    return compiled_lineage(tmp_path_factory.mktemp("lineage"))


@pytest.fixture(scope="module")
def other_lineage(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lineage, set[str]]:
    return compiled_lineage(tmp_path_factory.mktemp("other"), "--vars", json.dumps(OTHER_CHOICES))


def ends_nowhere(rules: list[Rule], lineage: Lineage, marts: set[str]) -> list[str]:
    """Places of rules that are not there or decide nothing in a mart."""
    lost = []
    for rule in rules:
        for model, column in rule.columns:
            try:
                reached = lineage.marts((model, column), marts)
            except LineageError:
                reached = set()
            if not reached:
                lost.append(f"{rule.number}: {model}.{column}")
    return lost


def has_other_choice(rule: Rule) -> bool:
    return any(re.search(rf"variable {name}\b", rule.changed_in) for name in OTHER_CHOICES)


def test_every_rule_reaches_a_mart(lineage: tuple[Lineage, set[str]]) -> None:
    assert len(RULES) > 25
    assert ends_nowhere([rule for rule in RULES if not has_other_choice(rule)], *lineage) == []


def test_every_model_of_a_rule_has_a_unit_test() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "models").rglob("*.yml"))
    tested = set(re.findall(r"^    model: (\w+)$", tests, re.MULTILINE))
    assert {model for rule in RULES for model in rule.models} - tested == set()


@pytest.mark.slow
def test_rules_of_another_choice_reach_a_mart_under_it(other_lineage: tuple[Lineage, set[str]]) -> None:
    chosen = [rule for rule in RULES if has_other_choice(rule)]
    assert chosen
    assert ends_nowhere(chosen, *other_lineage) == []


def test_a_column_that_nobody_reads_is_found(lineage: tuple[Lineage, set[str]]) -> None:
    known, marts = lineage
    # Handed on by `select *` and read by no mart.
    assert known.marts(("int_records_people", "source_row"), marts) == set()
    with pytest.raises(LineageError):
        known.marts(("int_records_people", "made_up"), marts)


def made_up(**models: str) -> Lineage:
    """The lineage of models `mart` and others over a seed of the columns that the tests name."""
    nodes: dict[str, Any] = {
        "seed.codes": {"name": "codes", "schema": "s", "resource_type": "seed", "columns": {key: {} for key in "abcd"}}
    }
    for name, sql in models.items():
        parents = [f"model.{other}" for other in models if re.search(rf"\bs\.{other}\b", sql)]
        nodes[f"model.{name}"] = {
            **{"name": name, "schema": "s", "resource_type": "model", "language": "sql"},
            "depends_on": {"nodes": [*parents, "seed.codes"]},
        }
    return trace({"nodes": nodes, "sources": {}}, {f"model.{name}": sql for name, sql in models.items()})


def test_values_and_filters_reach_and_orphans_do_not() -> None:
    known = made_up(
        rule="select a, b as flag, c as orphan, d from s.codes",
        mart="select x.a from (select * from s.rule) as x where x.flag and x.d > 1",
    )
    assert known.marts(("rule", "a"), {"mart"}) == {("mart", "a")}
    assert known.marts(("rule", "flag"), {"mart"}) == {("mart", ROWS)}
    assert known.marts(("rule", "d"), {"mart"}) == {("mart", ROWS)}
    assert known.marts(("rule", "orphan"), {"mart"}) == set()


@pytest.mark.parametrize(
    ("sql", "read", "not_read"),
    [
        ("with x as (select * exclude (b) from s.rule) select * from x", "acd", "b"),
        ("select a from s.rule union all by name select b from s.rule", "ab", "cd"),
        ("select a from s.rule union all select b from s.rule", "ab", "cd"),
        ("with x as (unpivot s.rule on a, b into name n value v) select v from x", "ab", "cd"),
        ("select min_by(a, (b, c)) as first_a from s.rule", "abc", "d"),
        ("select {'x': a, 'y': b} as pair from s.rule", "ab", "cd"),
        ("select r.a from s.rule as r semi join s.codes as c on r.b = c.b", "ab", "cd"),
        ("select a from s.rule qualify row_number() over (partition by b order by c) = 1", "abc", "d"),
        ("select a, (select max(x.b) from s.rule as x where x.c = 1) as m from s.codes", "bc", "ad"),
        ("select count(*) filter (where a) as n from s.rule group by b", "ab", "cd"),
        ("select a as x, x + 1 as y from (select a, b from s.rule)", "a", "bcd"),
        ("select r.a from s.codes as r left join s.rule as q on r.a = q.b", "b", "acd"),
        (
            "with recursive t as (select a, b from s.rule union all "
            "select t.a, q.c from t join s.rule as q on t.b = q.a) select b from t",
            "abc",
            "d",
        ),
    ],
)
def test_sql_that_the_models_use_is_followed(sql: str, read: str, not_read: str) -> None:
    known = made_up(rule="select a, b, c, d from s.codes", mart=sql)
    assert {column for column in "abcd" if known.marts(("rule", column), {"mart"})} == set(read)
    assert not set(read) & set(not_read)
    assert set(read) | set(not_read) == set("abcd")


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(LineageError, match="no column"):
        made_up(mart="select e from s.codes")
