"""Every seed that says how sure its rows are is asked by quality.uncertain_rules; the page of rules is a seed too."""

from __future__ import annotations

import csv
import re

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


def test_the_page_of_rules_is_the_seed_of_rules() -> None:
    page = {}
    for line in (PROJECT / "docs" / "rules.md").read_text(encoding="utf-8").splitlines():
        if match := re.match(r"\| (\d+) \| (.*) \| (.*) \| (.*) \| (.*) \|$", line.replace("`", "")):
            page[match[1]] = list(match.groups()[1:])
    with (PROJECT / "seeds" / "rules" / "derivation_rules.csv").open(encoding="utf-8", newline="") as file:
        seed = {row["rule_number"]: row for row in csv.DictReader(file)}
    assert len(page) > 25
    assert set(page) == set(seed)
    for number, (rule, models, source, status) in page.items():
        row = seed[number]
        assert [rule, models, source] == [row["rule"], row["models"], row["source"]], number
        # The page may say more of a status: "read; thresholds as marked".
        assert status.split(";")[0] == row["source_status"], number


def test_rules_name_models_seeds_and_variables_that_are_there() -> None:
    there = {path.stem for folder in ("models", "seeds") for path in (PROJECT / folder).rglob("*.*")}
    settings = (PROJECT / "dbt_project.yml").read_text(encoding="utf-8")
    with (PROJECT / "seeds" / "rules" / "derivation_rules.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            named = [name for name in row["models"].split(", ") if not name.startswith("models/")]
            for seeds in re.findall(r"seeds? ([\w, ]+)", row["changed_in"]):
                named += seeds.split(", ")
            assert named, row["rule_number"]
            assert set(named) <= there, (row["rule_number"], set(named) - there)
            for variable in re.findall(r"variable (\w+)", row["changed_in"]):
                assert f"  {variable}:" in settings, variable
