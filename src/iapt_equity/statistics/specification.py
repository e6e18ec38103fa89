"""What is to be fitted: the rows of the regression seeds as analyses, and the settings of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from iapt_equity.statistics.errors import DesignError

#: Term whose contrasts form the family of Holm's adjustment.
ETHNIC_TERM = "ethnic_group"


@dataclass(frozen=True, slots=True)
class TermRow:
    """One row of the seed `regression_terms`."""

    analysis: str
    order: int
    first_model: int
    term: str
    source_column: str
    since_column: str | None
    kind: str
    reference_level: str | None
    missing_policy: str
    unit: float


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One row of the seed `regression_outcomes`."""

    analysis: str
    order: int
    outcome: str
    outcome_column: str
    family: str
    source_model: str
    left_out_when: tuple[tuple[str, str], ...]
    cluster_column: str | None


@dataclass(frozen=True, slots=True)
class Settings:
    """The seed `regression_settings`."""

    minimum_count: int = 10
    confidence: float = 0.95
    is_common_sample: bool = False
    is_multilevel: bool = True


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis: its outcomes share a mart, terms and therefore a design."""

    name: str
    source_model: str
    terms: tuple[TermRow, ...]
    outcomes: tuple[OutcomeRow, ...]

    @property
    def model_numbers(self) -> tuple[int, ...]:
        """Numbers of the staged models."""
        return tuple(sorted({term.first_model for term in self.terms}))

    def terms_of(self, model_number: int) -> tuple[str, ...]:
        """Names of the terms of a model, in order."""
        return tuple(term.term for term in self.terms if term.first_model <= model_number)


def read_specification(
    term_rows: Sequence[Mapping[str, Any]], outcome_rows: Sequence[Mapping[str, Any]]
) -> tuple[Analysis, ...]:
    """Turn the rows of the seeds into analyses, by name.

    Args:
        term_rows: rows of the seed `regression_terms`, by column.
        outcome_rows: rows of the seed `regression_outcomes`, by column.

    Returns:
        The analyses, their terms and outcomes in the order that the seeds give.

    Raises:
        DesignError: an analysis without terms, outcomes of one analysis in different marts, or a rule that cannot be
            read.
    """
    terms = [_term_row(row) for row in term_rows]
    outcomes = [_outcome_row(row) for row in outcome_rows]
    analyses = []
    for name in dict.fromkeys(sorted(row.analysis for row in outcomes)):
        chosen = tuple(sorted((row for row in outcomes if row.analysis == name), key=lambda row: row.order))
        own_terms = tuple(sorted((row for row in terms if row.analysis == name), key=lambda row: row.order))
        if not own_terms:
            raise DesignError(f"regression_terms: no term for the analysis {name!r}")
        marts = {row.source_model for row in chosen}
        if len(marts) != 1:
            raise DesignError(f"regression_outcomes: the outcomes of {name!r} come from more than one mart")
        if len({row.cluster_column for row in chosen}) != 1:
            raise DesignError(f"regression_outcomes: the outcomes of {name!r} name more than one cluster column")
        analyses.append(Analysis(name, marts.pop(), own_terms, chosen))
    return tuple(analyses)


def _blank(value: Any) -> str | None:
    """Seed cells arrive as None, NaN or text."""
    if value is None or value != value:
        return None
    text = str(value).strip()
    return text or None


def _term_row(row: Mapping[str, Any]) -> TermRow:
    unit = _blank(row["unit"])
    return TermRow(
        analysis=str(row["analysis"]),
        order=int(row["term_order"]),
        first_model=int(row["first_model"]),
        term=str(row["term"]),
        source_column=str(row["source_column"]),
        since_column=_blank(row["since_column"]),
        kind=str(row["kind"]),
        reference_level=_blank(row["reference_level"]),
        missing_policy=str(row["missing_policy"]),
        unit=1.0 if unit is None else float(unit),
    )


def _outcome_row(row: Mapping[str, Any]) -> OutcomeRow:
    rules = []
    for rule in (_blank(row["left_out_when"]) or "").split(";"):
        if not rule:
            continue
        column, separator, value = rule.partition("=")
        if not separator:
            raise DesignError(f"regression_outcomes: rule {rule!r} is not of the form column=value")
        rules.append((column.strip(), value.strip()))
    return OutcomeRow(
        analysis=str(row["analysis"]),
        order=int(row["outcome_order"]),
        outcome=str(row["outcome"]),
        outcome_column=str(row["outcome_column"]),
        family=str(row["family"]),
        source_model=str(row["source_model"]),
        left_out_when=tuple(rules),
        cluster_column=_blank(row["cluster_column"]),
    )


def read_settings(rows: Sequence[Mapping[str, Any]]) -> Settings:
    """Turn the rows of the seed `regression_settings` into settings; what is not there keeps its default.

    Raises:
        ValueError: a count or level that is not a number.
    """
    values = {str(row["setting"]): str(row["value"]) for row in rows}
    return Settings(
        minimum_count=int(values.get("minimum_count", "10")),
        confidence=float(values.get("confidence_level", "0.95")),
        is_common_sample=values.get("is_common_sample", "false") == "true",
        is_multilevel=values.get("is_multilevel", "true") == "true",
    )
