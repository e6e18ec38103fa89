"""The rules as a page to read. The seed ``derivation_rules`` is their only copy."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SEED = Path("seeds") / "rules" / "derivation_rules.csv"

HEAD = """# The rules, and where each comes from

Written by `iapt-equity rules` from the seed `derivation_rules`, which is the only copy; do not edit.

A rule stands in the columns named, with unit tests on its boundaries; a test follows each column to a mart, and
`tests/mutation/run.py` breaks each model in every way it knows and counts how often a unit test notices. **Status**
says how sure we are: *read* in the source named, *inferred* from it, *recalled* from general knowledge of the
programme. The primary specification (the Enhanced Technical Output Specification, ETOS) is not public as text; where
it is named, it is as quoted by NHS England's public code or by an integrated care board's public dbt project. To change
a rule, replace its seed. `quality.uncertain_rules` lists every row in use that is not *read*.

| | rule | model: columns | changed in | source | status |
|---|---|---|---|---|---|
"""

FOOT = """
M, V and I numbers are those of the national monthly metadata (IAPT v2.0) and of the data set specification. "Report" is
*Ethnic inequalities in Improving Access to Psychological Therapies (IAPT)*, National Collaborating Centre for Mental
Health, 2023.
"""


@dataclass(frozen=True)
class Rule:
    """One rule of the project.

    Attributes:
        number: Number of the rule on the page.
        text: What the rule says.
        models: Models that hold it, in the order of the flow.
        columns: Its places: model and column.
        changed_in: The seed, variable or reference table that changes it.
        source: Where the rule comes from.
        status: How sure it is: read, inferred or recalled.
        status_note: What of it is otherwise than the status says; empty for nothing.
    """

    number: int
    text: str
    models: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    changed_in: str
    source: str
    status: str
    status_note: str


def read_rules(project: Path) -> list[Rule]:
    """Read the rules from their seed.

    Args:
        project: Folder of ``dbt_project.yml``.

    Returns:
        The rules in the order of the seed.

    Raises:
        ValueError: If a place is not written as ``model.column``.
        FileNotFoundError: If the folder holds no such seed.
    """
    with (project / SEED).open(encoding="utf-8", newline="") as file:
        return [
            Rule(
                number=int(row["rule_number"]),
                text=row["rule"],
                models=tuple(row["models"].split(", ")),
                columns=tuple(_place(place, row["rule_number"]) for place in row["columns"].split()),
                changed_in=row["changed_in"],
                source=row["source"],
                status=row["source_status"],
                status_note=row["status_note"],
            )
            for row in csv.DictReader(file)
        ]


def _place(text: str, number: str) -> tuple[str, str]:
    model, point, column = text.partition(".")
    if not (model and point and column) or "." in column:
        raise ValueError(f"rule {number}: '{text}' is not model.column")
    return model, column


def _places(rule: Rule) -> str:
    """Each model once, with its columns."""
    columns: dict[str, list[str]] = {}
    for model, column in rule.columns:
        columns.setdefault(model, []).append(f"`{column}`")
    return "; ".join(f"`{model}`: {', '.join(names)}" for model, names in columns.items())


def rules_page(rules: Iterable[Rule]) -> str:
    """Return the page, in Markdown, that lists the rules.

    Args:
        rules: The rules, in the order of the page.
    """
    rows = []
    for rule in rules:
        status = f"{rule.status}; {rule.status_note}" if rule.status_note else rule.status
        cells = (str(rule.number), rule.text, _places(rule), rule.changed_in, rule.source, status)
        rows.append(f"| {' | '.join(cells)} |\n")
    return HEAD + "".join(rows) + FOOT
