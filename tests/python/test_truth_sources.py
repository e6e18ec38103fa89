"""Every seed that says how sure its rows are is asked by quality.uncertain_rules; the page of rules is a seed too."""

from __future__ import annotations

import csv
import re

from iapt_equity.rules_page import read_rules, rules_page
from in_process import PROJECT


def seeds_with_status() -> dict[str, list[str]]:
    """Seeds with a column source_status, and their columns."""
    found = {}
    for path in (PROJECT / "seeds").rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        if "source_status" in header:
            found[f"{path.parent.name}/{path.stem}"] = header
    return found


def listed_seeds() -> dict[str, list[str]]:
    """Seeds that the macro lists, and the columns that name a row."""
    macro = (PROJECT / "macros" / "uncertain_rules.sql").read_text(encoding="utf-8")
    found, folder = {}, ""
    for line in macro.splitlines():
        if match := re.match(r" +'(\w+)': \{$", line):
            folder = match[1]
        elif match := re.match(r" +'(\w+)': \[(.*)\],$", line):
            found[f"{folder}/{match[1]}"] = re.findall(r"'(\w+)'", match[2])
    return found


def test_every_seed_that_can_be_uncertain_is_listed() -> None:
    seeds, listed = seeds_with_status(), listed_seeds()
    assert len(listed) > 30
    assert set(listed) == set(seeds)
    for seed, keys in listed.items():
        assert keys, seed
        assert set(keys) <= set(seeds[seed]), seed


def test_the_page_of_rules_is_current() -> None:
    page = (PROJECT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page == rules_page(read_rules(PROJECT)), "run `uv run iapt-equity rules`"


def test_a_rule_names_its_models_and_columns_alike() -> None:
    rules = read_rules(PROJECT)
    assert [rule.number for rule in rules] == list(range(1, len(rules) + 1))
    assert len(rules) > 25
    for rule in rules:
        assert rule.columns, rule.number
        assert len(set(rule.columns)) == len(rule.columns), rule.number
        assert rule.models == tuple(dict.fromkeys(model for model, _ in rule.columns)), rule.number


def test_rules_name_models_seeds_and_variables_that_are_there() -> None:
    there = {path.stem for folder in ("models", "seeds") for path in (PROJECT / folder).rglob("*.*")}
    settings = (PROJECT / "dbt_project.yml").read_text(encoding="utf-8")
    with (PROJECT / "seeds" / "rules" / "derivation_rules.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            named = row["models"].split(", ")
            for seeds in re.findall(r"seeds? ([\w, ]+)", row["changed_in"]):
                named += seeds.split(", ")
            assert named, row["rule_number"]
            assert set(named) <= there, (row["rule_number"], set(named) - there)
            for variable in re.findall(r"variable (\w+)", row["changed_in"]):
                assert f"  {variable}:" in settings, variable
