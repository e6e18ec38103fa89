"""What is to be fitted: the rows of the regression seeds as analyses, and the settings of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from iapt_equity.statistics.errors import DesignError

#: Term whose contrasts form the family of Holm's adjustment.
ETHNIC_TERM = "ethnic_group"

#: Fates of rows that are not there for any outcome of an analysis.
NOT_OBSERVED = ("outside_window", "too_recent")
_FATES = (*NOT_OBSERVED, "not_at_risk", "unknown", "counted_as_no")


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One row of the seed `regression_alternative_levels`: what is read as a level, a run of numbers or a recorded one.

    Ends of a run belong to it; an end of None is open.
    """

    level: str
    lowest: float | None
    highest: float | None
    recorded: str | None


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
    levels: tuple[LevelRow, ...] = ()
    """Levels that the values are put together in; for a term of bands these are all."""

    @property
    def is_number(self) -> bool:
        """Whether the values are read as numbers."""
        return self.kind in {"numeric", "bands"}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One row of `int_outcome_rules`: what becomes of a row whose column has the value, None for missing."""

    column: str
    value: str | None
    fate: str


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One row of the seed `regression_outcomes`, with the rules of its measure in the order in which they are tried."""

    analysis: str
    order: int
    outcome: str
    outcome_column: str
    family: str
    source_model: str
    rules: tuple[RuleRow, ...]
    cluster_column: str | None
    year_term: str | None
    slope_term: str | None = None
    """Number whose slope is also fitted in each ethnic group, in the model in which it enters."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The seed `regression_settings`."""

    minimum_count: int = 10
    confidence: float = 0.95
    is_common_sample: bool = False
    is_multilevel: bool = True
    has_common_predictions: bool = True
    """Whether all models are predicted from on the rows of the largest, too."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis: its outcomes share a mart, terms and therefore a design."""

    name: str
    source_model: str
    terms: tuple[TermRow, ...]
    outcomes: tuple[OutcomeRow, ...]

    @property
    def not_observed(self) -> tuple[RuleRow, ...]:
        """Rules that leave a row out of every outcome, since it was not observed as a whole."""
        return tuple(rule for rule in self.outcomes[0].rules if rule.fate in NOT_OBSERVED)

    def models_by_year(self, outcome: OutcomeRow) -> tuple[int, ...]:
        """Numbers of the models that are also fitted by year: those up to the one in which the year enters."""
        entered = [term.first_model for term in self.terms if term.term == outcome.year_term]
        return tuple(number for number in self.model_numbers if entered and number <= entered[0])

    def has_slopes(self, outcome: OutcomeRow, number: int) -> bool:
        """Whether slopes are fitted by ethnic group in a model: that in which their number enters."""
        return any(term.term == outcome.slope_term and term.first_model == number for term in self.terms)

    @property
    def model_numbers(self) -> tuple[int, ...]:
        """Numbers of the staged models."""
        return tuple(sorted({term.first_model for term in self.terms}))

    def terms_of(self, model_number: int) -> tuple[str, ...]:
        """Names of the terms of a model, in order."""
        return tuple(term.term for term in self.terms if term.first_model <= model_number)


def read_specification(
    term_rows: Sequence[Mapping[str, Any]],
    outcome_rows: Sequence[Mapping[str, Any]],
    rule_rows: Sequence[Mapping[str, Any]],
) -> tuple[Analysis, ...]:
    """Turn the rows of the seeds into analyses, by name.

    Args:
        term_rows: rows of the seed `regression_terms`, by column.
        outcome_rows: rows of the seed `regression_outcomes`, by column.
        rule_rows: rows of `int_outcome_rules`, by column: which rows count in which measure.

    Returns:
        The analyses, their terms and outcomes in the order that the seeds give.

    Raises:
        DesignError: an analysis without terms, outcomes of one analysis in different marts or out of different
            windows, a year that is not among the terms, or a rule with a fate that is not known.
    """
    terms = [_term_row(row) for row in term_rows]
    rules = _rules_by_measure(rule_rows)
    outcomes = [_outcome_row(row, rules) for row in outcome_rows]
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
        if len({tuple(rule for rule in row.rules if rule.fate in NOT_OBSERVED) for row in chosen}) != 1:
            raise DesignError(f"outcome_rules: the outcomes of {name!r} do not take the same window")
        own = {term.term for term in own_terms}
        absent = sorted({row.year_term for row in chosen if row.year_term is not None} - own)
        if absent:
            raise DesignError(f"regression_outcomes: {name!r} has no term {', '.join(absent)}")
        analyses.append(Analysis(name, marts.pop(), own_terms, chosen))
    return tuple(analyses)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another reading of an analysis: some terms are left out or put in levels, and only some models are fitted."""

    name: str
    analysis: Analysis


def read_alternatives(
    analyses: Sequence[Analysis],
    alternative_rows: Sequence[Mapping[str, Any]],
    term_rows: Sequence[Mapping[str, Any]],
    level_rows: Sequence[Mapping[str, Any]],
) -> tuple[Alternative, ...]:
    """Turn the rows of the seeds of alternatives into analyses, by name of the alternative and the analysis.

    Args:
        analyses: what `read_specification` gives.
        alternative_rows: rows of the seed `regression_alternatives`, by column.
        term_rows: rows of the seed `regression_alternative_terms`, by column.
        level_rows: rows of the seed `regression_alternative_levels`, by column.

    Returns:
        The alternatives: single-level models under the numbers that the main analysis gives them.

    Raises:
        DesignError: an analysis or term that there is not, a treatment that is not known, or levels that are not given.
    """
    known = {analysis.name: analysis for analysis in analyses}
    found = []
    for row in sorted(alternative_rows, key=lambda row: (str(row["alternative"]), str(row["analysis"]))):
        name, of = str(row["alternative"]), str(row["analysis"])
        if of not in known:
            raise DesignError(f"regression_alternatives: no analysis {of!r}")
        own = {
            str(term["term"]): term
            for term in term_rows
            if (str(term["alternative"]), str(term["analysis"])) == (name, of)
        }
        absent = sorted(set(own) - {term.term for term in known[of].terms})
        if absent:
            raise DesignError(f"regression_alternative_terms: {of!r} has no term {', '.join(absent)}")
        numbers = sorted(int(number) for number in str(row["fitted_models"]).split())
        terms = []
        for term in known[of].terms:
            number = min((number for number in numbers if number >= term.first_model), default=None)
            changed = replace(term, first_model=number or 0)
            if term.term in own:
                kept = _alternative_term(
                    changed, own[term.term], [one for one in level_rows if _is_of(one, name, term)]
                )
                terms += [] if kept is None or number is None else [kept]
            elif number is not None:
                terms.append(changed)
        outcomes = tuple(replace(one, cluster_column=None, year_term=None) for one in known[of].outcomes)
        found.append(Alternative(name, replace(known[of], terms=tuple(terms), outcomes=outcomes)))
    return tuple(found)


def read_additions(analyses: Sequence[Analysis], term_rows: Sequence[Mapping[str, Any]]) -> tuple[Alternative, ...]:
    """Turn the rows of the seed `regression_added_terms` into analyses, by name of the addition and the analysis.

    Args:
        analyses: what `read_specification` gives.
        term_rows: rows of the seed, by column.

    Returns:
        Analyses, also fitted with a random intercept where a cluster is named: Model 1 has the terms of the model that
        the addition stands on, later ones what is added.

    Raises:
        DesignError: an analysis or model that there is not, or an addition that stands on more than one model.
    """
    known = {analysis.name: analysis for analysis in analyses}
    found = []
    for name, of in sorted({(str(row["addition"]), str(row["analysis"])) for row in term_rows}):
        rows = [row for row in term_rows if (str(row["addition"]), str(row["analysis"])) == (name, of)]
        bases = {int(row["base_model"]) for row in rows}
        if of not in known or len(bases) != 1 or not bases <= set(known[of].model_numbers):
            raise DesignError(f"regression_added_terms: {name!r} does not stand on one model of {of!r}")
        (base,), cluster = bases, _blank(rows[0]["cluster_column"])
        kept = [replace(term, first_model=1) for term in known[of].terms if term.first_model <= base]
        added = sorted((_term_row(row) for row in rows), key=lambda term: term.order)
        by_group = [str(row["term"]) for row in rows if row["is_also_by_group"]]
        outcomes = tuple(
            replace(one, cluster_column=cluster, year_term=None, slope_term=by_group[0] if by_group else None)
            for one in known[of].outcomes
        )
        found.append(Alternative(name, replace(known[of], terms=(*kept, *added), outcomes=outcomes)))
    return tuple(found)


def _is_of(row: Mapping[str, Any], alternative: str, term: TermRow) -> bool:
    return (str(row["alternative"]), str(row["term"])) == (alternative, term.term)


def _alternative_term(term: TermRow, row: Mapping[str, Any], level_rows: Sequence[Mapping[str, Any]]) -> TermRow | None:
    """The term as the alternative has it, None where it is left out."""
    if str(row["treatment"]) == "left_out":
        return None
    if str(row["treatment"]) != "in_levels":
        raise DesignError(f"regression_alternative_terms: {row['treatment']!r} is not a treatment of a term")
    if not level_rows:
        raise DesignError(f"regression_alternative_levels: no level of {term.term!r}")
    levels = tuple(
        LevelRow(
            str(one["level"]),
            _number(one["lowest_value"]),
            _number(one["highest_value"]),
            _blank(one["recorded_level"]),
        )
        for one in level_rows
    )
    reference = _blank(row["reference_level"])
    if term.kind == "categorical":
        return replace(term, reference_level=reference, levels=levels)
    # Where the number is missing the row is left out, as it is of the model with the number itself.
    return replace(term, kind="bands", reference_level=reference, missing_policy="leave_out", levels=levels)


def _number(value: Any) -> float | None:
    text = _blank(value)
    return None if text is None else float(text)


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


def _rules_by_measure(rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[RuleRow, ...]]:
    found: dict[str, list[RuleRow]] = {}
    for row in sorted(rows, key=lambda row: int(row["rule_order"])):
        fate, value = str(row["row_fate"]), _blank(row["column_value"])
        if fate not in _FATES:
            raise DesignError(f"outcome_rules: {fate!r} is not a fate of a row")
        rule = RuleRow(str(row["column_name"]), None if value is None else value.lower(), fate)
        found.setdefault(str(row["measure"]), []).append(rule)
    return {measure: tuple(rules) for measure, rules in found.items()}


def _outcome_row(row: Mapping[str, Any], rules: Mapping[str, tuple[RuleRow, ...]]) -> OutcomeRow:
    return OutcomeRow(
        analysis=str(row["analysis"]),
        order=int(row["outcome_order"]),
        outcome=str(row["outcome"]),
        outcome_column=str(row["outcome_column"]),
        family=str(row["family"]),
        source_model=str(row["source_model"]),
        rules=rules.get(str(row["measure"]), ()),
        cluster_column=_blank(row["cluster_column"]),
        year_term=_blank(row.get("year_term")),
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
