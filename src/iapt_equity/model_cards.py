"""A card for each kind of statistical model. Facts come from the seeds that the models are fitted by."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

REGRESSION = Path("seeds") / "regression"
RULES = Path("seeds") / "rules" / "outcome_rules.csv"
GROUPS = Path("models") / "groups.yml"
GROUP = "statistics"

Row = Mapping[str, str]

FATES = {
    "outside_window": "left out",
    "too_recent": "left out",
    "not_at_risk": "not at risk, left out",
    "unknown": "not known, left out",
}
MISSING = {
    "level": "a level of its own",
    "complete_case": "row left out",
    "leave_out": "row left out of every model",
}


HEAD = """# The statistical models

A card for each kind of model. Written by `iapt-equity model-cards` from the seeds of the regressions, which are the
only copy; do not edit. How the estimators work: [statistics](../statistics.md).

| model | what it is for |
|---|---|
"""


@dataclass(frozen=True)
class Specification:
    """The seeds that say what is fitted, row by row.

    Attributes:
        cards: Rows of `regression_model_cards`: what the other seeds do not say.
        terms: Rows of `regression_terms`.
        outcomes: Rows of `regression_outcomes`.
        rules: Rows of `outcome_rules`.
        settings: Rows of `regression_settings`.
        alternatives: Rows of `regression_alternatives`.
        owner: Who answers for the models.
    """

    cards: Sequence[Row]
    terms: Sequence[Row]
    outcomes: Sequence[Row]
    rules: Sequence[Row]
    settings: Sequence[Row]
    alternatives: Sequence[Row]
    owner: str


def read_models(project: Path) -> Specification:
    """Read the seeds of the models.

    Args:
        project: Folder of ``dbt_project.yml``.

    Raises:
        FileNotFoundError: If the folder holds no such seed.
        ValueError: If a card names an analysis that has no term or no outcome.
    """
    names = ("model_cards", "terms", "outcomes", "settings", "alternatives")
    seeds = {name: _read(project / REGRESSION / f"regression_{name}.csv") for name in names}
    groups = yaml.safe_load((project / GROUPS).read_text(encoding="utf-8"))["groups"]
    owner = next(group["owner"]["name"] for group in groups if group["name"] == GROUP)
    for card in seeds["model_cards"]:
        for seed in ("terms", "outcomes"):
            if card["analysis"] and not any(row["analysis"] == card["analysis"] for row in seeds[seed]):
                raise ValueError(f"regression_model_cards, {card['card']}: no row of regression_{seed}")
    return Specification(
        cards=seeds["model_cards"],
        terms=seeds["terms"],
        outcomes=seeds["outcomes"],
        rules=_read(project / RULES),
        settings=seeds["settings"],
        alternatives=seeds["alternatives"],
        owner=owner,
    )


def _read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def model_pages(models: Specification) -> dict[str, str]:
    """Return the pages, in Markdown, by the name of their file: a card for each row, and a list of them.

    Args:
        models: The seeds of the models.
    """
    pages = {f"{card['card']}.md": _card(card, models) for card in models.cards}
    rows = (f"| [{card['title']}]({card['card']}.md) | {card['purpose']} |\n" for card in models.cards)
    return {"README.md": HEAD + "".join(rows), **pages}


def _card(card: Row, models: Specification) -> str:
    outcomes = [
        row
        for row in models.outcomes
        if row["analysis"] == card["analysis"] and (not card["family"] or row["family"] == card["family"])
    ]
    parts = [f"# {card['title']}\n", "Written by `iapt-equity model-cards`; do not edit.\n"]
    parts += [f"**Purpose.** {card['purpose']}\n"]
    if card["analysis"]:
        parts += ["## Sample\n", _sample(card, outcomes, models.rules)]
        parts += ["## Terms\n", _terms([row for row in models.terms if row["analysis"] == card["analysis"]])]
    else:
        parts += ["## Sample\n", f"{card['sample']}\n", "## Terms\n", f"{card['terms']}\n"]
    parts += ["## Method\n", f"{card['method']} {_settings(models.settings)}\n"]
    for name in ("assumptions", "limits"):
        parts += [f"## {name.capitalize()}\n", _points(card[name])]
    others = [row for row in models.alternatives if row["analysis"] == card["analysis"]]
    # They are fitted on a single level.
    if others and card["levels"] == "single":
        parts += ["## Other readings\n", "Fitted beside, in `regression.alternative_comparison`:\n", _others(others)]
    parts += ["## Checks\n", _points(card["checks"])]
    parts += [f"**Tables.** {card['tables']}\n", f"**Source.** {card['source']} ({card['source_status']})\n"]
    return "\n".join([*parts, f"**Owner.** {models.owner}\n"])


def _points(text: str) -> str:
    return "".join(f"- {point.strip()}\n" for point in text.split(" | "))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (f"| {' | '.join(cells)} |\n" for cells in (head, ["---"] * len(head), *rows))
    return "".join(lines)


def _sample(card: Row, outcomes: Sequence[Row], rules: Sequence[Row]) -> str:
    mart = outcomes[0]["source_model"]
    clusters = sorted({f"`{row['cluster_column']}`" for row in outcomes if row["cluster_column"]})
    cluster = f" Cluster: {', '.join(clusters)}." if card["levels"] == "multilevel" else ""
    head = f"Rows of `marts.{mart}` with a valid ethnic category.{cluster}\n\n"
    rows = []
    for outcome in outcomes:
        own = [rule for rule in rules if rule["measure"] == outcome["measure"]]
        said = "; ".join(f"{rule['meaning']} ({FATES[rule['row_fate']]})" for rule in own)
        rows.append((f"`{outcome['outcome']}`", f"`{outcome['outcome_column']}`", said, outcome["source"]))
    return head + _table(("outcome", "column", "who does not count", "source"), rows)


def _terms(terms: Sequence[Row]) -> str:
    rows = []
    for row in sorted(terms, key=lambda row: int(row["term_order"])):
        if row["kind"] == "numeric":
            form = f"a straight line, for {row['unit_label']}"
        else:
            form = f"levels, against {row['reference_level'] or 'the first'}"
        source = f"{row['source']} ({row['source_status']})"
        cells = (f"`{row['term']}`", row["first_model"], form, MISSING[row["missing_policy"]], source)
        rows.append(cells)
    return "Each model has the terms of those before it.\n\n" + _table(
        ("term", "from model", "form", "where missing", "source"), rows
    )


def _settings(settings: Sequence[Row]) -> str:
    values = {row["setting"]: row["value"] for row in settings}
    level, least = f"{float(values['confidence_level']):.0%}", values["minimum_count"]
    return (
        f"Intervals at {level}; a level with fewer than {least} rows, events or non-events is marked `small_group`; "
        "p values of the ethnic contrasts also adjusted by Holm's method."
    )


def _others(rows: Sequence[Row]) -> str:
    cells = ((f"`{row['alternative']}`", row["our_choice"], row["other_choice"], row["reason"]) for row in rows)
    return _table(("alternative", "here", "there", "why here"), cells)
