"""No row about one person and nothing that identifies one reaches the schema of what may leave."""

from __future__ import annotations

import re
from typing import Any

import pytest

from in_process import parsed, run_dbt
from row_lineage import RowLineage

KINDS = {"identifier", "sensitive", "aggregate"}
Node = dict[str, Any]


def models_of(manifest: dict[str, dict[str, Node]]) -> dict[str, Node]:
    return {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}


def kind_of(node: Node, column: str) -> str | None:
    """What a column is: named as an identifier by the project, or what its table says of its columns."""
    meta = node["config"]["meta"]
    return "identifier" if column in meta["identifiers"] else meta.get("columns_are")


def test_every_column_of_every_model_says_what_it_is(manifest: dict[str, dict[str, Node]]) -> None:
    kinds = {
        f"{node['name']}.{column}": kind_of(node, column)
        for node in models_of(manifest).values()
        for column in node["columns"]
    }
    assert len(kinds) > 3000
    assert {place: kind for place, kind in kinds.items() if kind not in KINDS} == {}
    assert kinds["fct_referrals.person_id"] == "identifier"
    assert kinds["fct_referrals.age_at_referral"] == "sensitive"
    assert kinds["rates.numerator_count"] == "aggregate"


def test_all_that_may_leave_says_that_it_is_of_many(manifest: dict[str, dict[str, Node]]) -> None:
    leaving = [node for node in models_of(manifest).values() if node["schema"] == "publication"]
    assert len(leaving) > 15
    assert {
        f"{node['name']}.{column}"
        for node in leaving
        for column in node["columns"]
        if kind_of(node, column) != "aggregate"
    } == set()


def in_order(nodes: dict[str, Node], ends: list[str]) -> list[str]:
    """The models that the ends are made of, in SQL or Python, each after those that it reads."""
    order: dict[str, None] = {}

    def visit(key: str) -> None:
        if key not in order and key in nodes and nodes[key]["resource_type"] == "model":
            for parent in nodes[key]["depends_on"]["nodes"]:
                visit(parent)
            order[key] = None

    for end in sorted(ends):
        visit(end)
    return list(order)


@pytest.fixture(scope="module")
def walked(
    manifest: dict[str, dict[str, Node]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[RowLineage, dict[str, Node]]:
    """Every model that the publication is made of, followed from the files of the data set on. Nothing is built."""
    work = tmp_path_factory.mktemp("leaves")
    result = run_dbt(["compile", "--select", "+path:models/publication", "--target", "lint"], work, work)
    assert result.success, result.exception
    nodes = parsed().writable_manifest().to_dict(omit_none=False)
    chosen = in_order(
        nodes["nodes"], [key for key, node in nodes["nodes"].items() if node.get("schema") == "publication"]
    )
    known = RowLineage(next(iter(models_of(manifest).values()))["config"]["meta"]["identifiers"])
    for source in nodes["sources"].values():
        if source["source_name"].startswith("mds_"):
            place = f"{source['schema']}.{source['identifier']}".lower()
            known.about_one_person(place)
    for key in chosen:
        node = nodes["nodes"][key]
        place = f"{node['schema']}.{node['alias']}".lower()
        if node["language"] == "python":
            # What Python makes cannot be read off: its meta says it, and its tests hold that.
            known.said(place, is_about_one=node["config"]["meta"]["columns_are"] != "aggregate")
            continue
        path = work / "target" / "compiled" / "iapt_equity" / node["original_file_path"]
        made = known.model(place, path.read_text(encoding="utf-8"))
        # What is put together from several rows of one person is still about one: the project says it of whole rooms.
        made.is_about_one |= node["config"]["meta"]["columns_are"] == "sensitive"
    return known, {key: nodes["nodes"][key] for key in chosen}


def test_no_row_about_one_person_and_no_identifier_leaves(walked: tuple[RowLineage, dict[str, Node]]) -> None:
    known, nodes = walked
    found = {f"{node['schema']}.{node['alias']}": node for node in nodes.values()}
    assert known.tables["marts.fct_referrals"].is_about_one
    assert {"referral_id", "person_id"} <= known.tables["marts.fct_referrals"].identifiers
    leaving = {place for place, node in found.items() if node["schema"] == "publication"}
    assert len(leaving) > 15
    assert {place for place in leaving if known.tables[place].is_about_one} == set()
    assert {place: known.tables[place].identifiers for place in leaving if known.tables[place].identifiers} == {}


def test_what_models_say_of_their_rows_is_so(walked: tuple[RowLineage, dict[str, Node]]) -> None:
    """A model whose columns are called aggregates holds no row about one person."""
    known, nodes = walked
    aggregates = [node for node in nodes.values() if node["config"]["meta"]["columns_are"] == "aggregate"]
    assert len(aggregates) > 50
    wrong = [node["name"] for node in aggregates if known.tables[f"{node['schema']}.{node['alias']}"].is_about_one]
    assert wrong == []


@pytest.mark.parametrize(
    ("sql", "is_about_one"),
    [
        ("select * from marts.facts", True),
        ("select provider_code, score from marts.facts where score > 3", True),
        ("with x as (select * from marts.facts) select x.score from x left join marts.areas as a on true", True),
        ("select score from marts.areas union all select score from marts.facts", True),
        ("select row_number() over (order by score) as n from marts.facts", True),
        ("select max(score) over (partition by provider_code) as most from marts.facts", True),
        ("select person_id, count(*) as n from marts.facts group by person_id", True),
        ("select md5(person_id) as token, count(*) as n from marts.facts group by all", True),
        ("select max(score) as most from marts.facts group by person_id", True),
        ("select provider_code, count(*) as n from marts.facts group by all", False),
        ("select count(distinct person_id) as n from marts.facts", False),
        ("select count(*) filter (where score > 3) as n from marts.facts", False),
        ("select distinct provider_code from marts.facts", False),
        ("select * from marts.areas", False),
        ("with x as (select provider_code, sum(score) as s from marts.facts group by 1) select * from x", False),
    ],
)
def test_rows_about_one_person_are_known_through_sql(sql: str, is_about_one: bool) -> None:
    known = RowLineage(["person_id"])
    known.about_one_person("marts.facts")
    assert known.model("publication.made_up", sql).is_about_one is is_about_one


def test_a_mart_of_facts_that_is_published_is_found(walked: tuple[RowLineage, dict[str, Node]]) -> None:
    """The test can fail: the table of referrals, with or without its identifiers, is no table that may leave."""
    known, _ = walked
    assert known.model("publication.leak", "select * from marts.fct_referrals").identifiers
    assert known.model("publication.leak", "select age_at_referral from marts.fct_referrals").is_about_one
    assert not re.search("referral_id", "".join(known.tables["publication.rates"].identifiers))
