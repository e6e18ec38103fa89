"""Every seed that says how sure its rows are is asked by quality.uncertain_rules."""

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
