"""What of a value means nothing, how doubtful dates are read, which folders are old: the seeds behind the views."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class ValueRules:
    """How values are read; without rules every text means what it says.

    Attributes:
        blank_texts: Texts, in lower case, that mean no value (seed ``blank_texts``).
        blank_texts_by_kind: Those that mean none in columns of some kinds alone, by kind.
        placeholder_dates: Dates that mean no date, outside births (seed ``placeholder_dates``).
        birth_placeholder_dates: Those that are no date of birth either.
        limits: Thresholds of reading dates by name (seed ``date_reading_rules``).
        old_folder_names: Names, in lower case, of folders for files that others replaced (seed ``old_folder_names``).
        ranges: Lowest and highest plausible value by column, in lower case, or type (seed ``plausible_ranges``).
        seeds: Folder of the seeds.
    """

    blank_texts: tuple[str, ...] = ()
    blank_texts_by_kind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    placeholder_dates: tuple[date, ...] = ()
    birth_placeholder_dates: tuple[date, ...] = ()
    limits: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    old_folder_names: frozenset[str] = frozenset()
    seeds: Path = Path()

    def blank_texts_of(self, kind: str) -> tuple[str, ...]:
        """Return the texts, in lower case, that mean no value in columns of a kind."""
        return self.blank_texts + self.blank_texts_by_kind.get(kind, ())


def read_value_rules(project_dir: Path) -> ValueRules:
    """Read the rules from the seeds of a dbt project: they are needed before a seed is a table.

    Args:
        project_dir: Folder of ``dbt_project.yml``.

    Raises:
        FileNotFoundError: If a seed is missing.
        ValueError: If a date or a number of a seed cannot be read.
    """
    folder = project_dir / "seeds" / "validation"
    placeholders = [
        (date.fromisoformat(row["placeholder_date"]), row["is_placeholder_for_births"] == "true")
        for row in _rows(folder / "placeholder_dates.csv")
    ]
    # In quotes there, since dbt takes a bare NULL of a seed for none.
    blanks = [(row["blank_text"][1:-1], row["value_kinds"].split()) for row in _rows(folder / "blank_texts.csv")]
    kinds = {kind for _, of in blanks for kind in of}
    return ValueRules(
        seeds=project_dir / "seeds",
        blank_texts=tuple(text for text, of in blanks if not of),
        blank_texts_by_kind={kind: tuple(text for text, of in blanks if kind in of) for kind in kinds},
        placeholder_dates=tuple(day for day, _ in placeholders),
        birth_placeholder_dates=tuple(day for day, is_for_births in placeholders if is_for_births),
        limits={row["rule"]: float(row["rule_value"]) for row in _rows(folder / "date_reading_rules.csv")},
        old_folder_names=frozenset(row["folder_name"] for row in _rows(folder / "old_folder_names.csv")),
        ranges={
            row["applies_to"].lower(): (row["lowest"], row["highest"]) for row in _rows(folder / "plausible_ranges.csv")
        },
    )


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))
