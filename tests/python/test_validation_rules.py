"""The seed of validation rules and the models that hold them say the same, each in the one place that may."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
MODELS = {path.stem: path.read_text(encoding="utf-8") for path in (PROJECT / "models").rglob("*.sql")}
HEADERS = "submissions"
QUESTIONNAIRES = {"treatments", "assessments"}
"""Tables of version 1.5 that are counted and not checked: a row has a header or has none."""
COMMENT = re.compile(r"\{#.*?#\}|--[^\n]*", re.DOTALL)
READERS = {("submissions", "submission_id_repeated")}
"""Marts that tell what one rule refused from the rest: the fate of a submission."""
WARNING = re.compile(r"'(\w+)' as entity,\s+'(\w+)' as rule,")


def seed_rules() -> list[dict[str, str]]:
    with (PROJECT / "seeds" / "validation" / "validation_rules.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


RULES = seed_rules()


def model_of(entity: str) -> str:
    """The model that refuses rows of an entity."""
    if entity in QUESTIONNAIRES:
        return "int_refused_rows"
    return "int_submission_headers" if entity == HEADERS else f"int_checked_{entity}"


def code(model: str) -> str:
    """A model without its comments."""
    return COMMENT.sub("", MODELS[model])


def checked_entities() -> list[str]:
    """What the macro checked_entities() returns."""
    macros = (PROJECT / "macros" / "record_entities.sql").read_text(encoding="utf-8")
    macro = re.search(r"macro checked_entities\(\) -%\}(.*?)\{%- endmacro", macros, re.DOTALL)
    assert macro is not None
    return re.findall(r"'(\w+)'", macro[1])


def refusing() -> list[str]:
    return sorted({rule["entity"] for rule in RULES if rule["severity"] == "reject"})


def warned() -> Counter[tuple[str, str]]:
    """Entities and rules of all models of warnings, and in how many branches each stands."""
    models = [model for model in MODELS if model.startswith("int_warned_")]
    assert len(models) > 1
    return Counter(pair for model in models for pair in WARNING.findall(code(model)))


def test_rules_are_numbered_in_their_order_and_named_once_an_entity() -> None:
    assert len(RULES) > 100
    assert [int(rule["rule_order"]) for rule in RULES] == list(range(1, len(RULES) + 1))
    assert {rule["severity"] for rule in RULES} == {"reject", "warn"}
    named = Counter((rule["entity"], rule["rule"]) for rule in RULES)
    assert [pair for pair, count in named.items() if count > 1] == []


def test_the_macro_names_every_model_of_checked_rows() -> None:
    models = {model.removeprefix("int_checked_") for model in MODELS if model.startswith("int_checked_")}
    entities = checked_entities()
    assert sorted(entities) == sorted(models)
    assert set(refusing()) == models | QUESTIONNAIRES | {HEADERS}


@pytest.mark.parametrize("entity", refusing())
def test_a_model_refuses_by_the_rules_of_its_entity_in_their_order(entity: str) -> None:
    rules = [rule["rule"] for rule in RULES if rule["entity"] == entity and rule["severity"] == "reject"]
    if entity in QUESTIONNAIRES:
        assert re.findall(r"'(\w+)' as refusal", code(model_of(entity))) == rules
    else:
        assert re.findall(r"\bthen '(\w+)'", code(model_of(entity))) == rules


def test_each_warning_stands_once_in_the_models_of_warnings() -> None:
    assert warned() == Counter((rule["entity"], rule["rule"]) for rule in RULES if rule["severity"] == "warn")


def test_the_warnings_of_an_entity_stand_in_one_model() -> None:
    places = {(entity, model) for model in MODELS for entity, _ in WARNING.findall(code(model))}
    assert [entity for entity, count in Counter(entity for entity, _ in places).items() if count > 1] == []
    assert [model for _, model in places if not model.startswith("int_warned_")] == []


def test_no_other_model_names_a_rule() -> None:
    names = {rule["rule"] for rule in RULES}
    allowed = {(model_of(rule["entity"]), rule["rule"]) for rule in RULES if rule["severity"] == "reject"}
    for model in MODELS:
        allowed |= {(model, rule) for _, rule in WARNING.findall(code(model)) if model.startswith("int_warned_")}
    found = {(model, word) for model in MODELS for word in re.findall(r"'(\w+)'", code(model)) if word in names}
    assert found == allowed | READERS
