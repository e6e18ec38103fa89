"""The programme of staged regressions: from the seeds and the marts to one table with a row for each fit.

The seeds say which term stands in which model and what each outcome's sample is; this module turns them into designs,
streams the rows from DuckDB as Arrow record batches of small integers, runs every fit and collects the results.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from importlib import metadata
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iapt_equity.statistics.comparison import (
    CoefficientChange,
    ModelComparison,
    coefficient_changes,
    compare_models,
)
from iapt_equity.statistics.design import NOT_KNOWN, Design, Term, build_design, collapse
from iapt_equity.statistics.errors import DesignError, FitError
from iapt_equity.statistics.multilevel import fit_linear_multilevel, fit_logistic_multilevel
from iapt_equity.statistics.predictions import average_adjusted_predictions
from iapt_equity.statistics.results import Coefficient, Fit, with_holm
from iapt_equity.statistics.schedule import Task, run_tasks
from iapt_equity.statistics.single import fit_linear, fit_logistic

#: Term whose contrasts form the family of Holm's adjustment.
ETHNIC_TERM = "ethnic_group"
_BATCH_ROWS = 500_000
_ARROW_TYPES = {"int16": "i2", "int32": "i4", "uint8": "u1", "double": "f8"}


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
    """Turn the rows of the seeds into analyses, in the order of the outcomes seed.

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
    """Turn the rows of the seed `regression_settings` into settings."""
    values = {str(row["setting"]): str(row["value"]) for row in rows}
    return Settings(
        minimum_count=int(values.get("minimum_count", "10")),
        confidence=float(values.get("confidence_level", "0.95")),
        is_common_sample=values.get("is_common_sample", "false") == "true",
        is_multilevel=values.get("is_multilevel", "true") == "true",
    )


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _level_order(label: str) -> tuple[int, float, str]:
    """Whole numbers in the order of their value, then everything else by its text."""
    return (0, float(label), "") if label.isdigit() else (1, 0.0, label)


@dataclass(frozen=True, slots=True)
class LoadedRows:
    """A design and what was left out on the way to it."""

    design: Design
    source_row_count: int
    left_out_count: int
    sample_rule_counts: Mapping[str, int]
    outcome_missing_counts: Mapping[str, int]


def load_design(relation: Any, analysis: Analysis, threads: int = 1) -> LoadedRows | None:
    """Stream the rows of an analysis from DuckDB into a design.

    Levels are coded by DuckDB (its enum type), so what arrives is a few small integers a row. Rows come in any order.

    Args:
        relation: a DuckDB relation with the columns that the analysis names.
        analysis: the analysis.
        threads: threads that code and sort the columns.

    Returns:
        The design, or None where no row is left.

    Raises:
        DesignError: the mart has no such column.
    """
    needed = {term.source_column for term in analysis.terms}
    needed |= {term.since_column for term in analysis.terms if term.since_column}
    for outcome in analysis.outcomes:
        needed |= {outcome.outcome_column, *(column for column, _ in outcome.left_out_when)}
        if outcome.cluster_column:
            needed.add(outcome.cluster_column)
    absent = sorted(needed - set(relation.columns))
    if absent:
        raise DesignError(f"{analysis.source_model} has no column {', '.join(absent)}")

    left_out = [term for term in analysis.terms if term.missing_policy == "leave_out"]
    source_row_count = int(relation.aggregate("count(*)").fetchall()[0][0])
    rows = relation
    for term in left_out:
        rows = rows.filter(f"{_quote(term.source_column)} is not null")
    cluster_column = analysis.outcomes[0].cluster_column
    categorical = [term for term in analysis.terms if term.kind == "categorical"]
    listed = [(term.term, term.source_column) for term in categorical]
    if cluster_column:
        listed.append(("cluster", cluster_column))
    summary = rows.aggregate(
        "count(*), " + ", ".join(f"list(distinct cast({_quote(column)} as varchar))" for _, column in listed)
    ).fetchall()[0]
    row_count = int(summary[0])
    if row_count == 0:
        return None
    levels = {
        name: sorted({value for value in found or [] if value is not None}, key=_level_order)
        for (name, _), found in zip(listed, summary[1:], strict=True)
    }

    expressions: list[str] = []
    for name, column in listed:
        present = [level for level in levels[name] if level != NOT_KNOWN]
        levels[name] = present
        if present:
            members = ", ".join(_literal(level) for level in present)
            coded = f"enum_code(try_cast(cast({_quote(column)} as varchar) as enum({members})))"
        else:
            coded = "null"
        # A reference level and 'not known' may still join the levels.
        kind = "smallint" if len(present) < 2**15 - 2 else "integer"
        expressions.append(f"cast(coalesce({coded}, -1) as {kind}) as {_quote('level_' + name)}")
    numeric = [term for term in analysis.terms if term.kind == "numeric"]
    for term in numeric:
        value = _quote(term.source_column)
        if term.since_column:
            value = f"datediff('day', {_quote(term.since_column)}, {value})"
        expressions.append(f"coalesce(cast({value} as double), 'nan'::double) as {_quote('value_' + term.term)}")
    types = dict(zip(relation.columns, map(str, relation.types), strict=True))
    for outcome in analysis.outcomes:
        # Fewer bytes where they suffice: clearing fresh memory is a good part of the cost of reading.
        kind = "utinyint" if types[outcome.outcome_column] == "BOOLEAN" else "double"
        value = f"cast({_quote(outcome.outcome_column)} as {kind})"
        rules = " or ".join(
            f"cast({_quote(column)} as varchar) is not distinct from {_literal(text)}"
            for column, text in outcome.left_out_when
        )
        # 0 in the sample, 1 left out by the outcome's rule, 2 outcome missing
        state = f"when {rules} then 1 " if rules else ""
        expressions.append(
            f"cast(case {state}when {_quote(outcome.outcome_column)} is null then 2 else 0 end as utinyint)"
            f" as {_quote('state_' + outcome.outcome)}"
        )
        expressions.append(f"coalesce({value}, 0::{kind}) as {_quote('outcome_' + outcome.outcome)}")
    arrays = _read_columns(rows.project(", ".join(expressions)), row_count)
    return _assemble(analysis, arrays, levels, source_row_count, row_count, cluster_column, threads)


def _read_columns(relation: Any, row_count: int) -> dict[str, NDArray[Any]]:
    """Read a relation of numbers without nulls into arrays, batch by batch."""
    reader = relation.to_arrow_reader(_BATCH_ROWS)
    arrays: dict[str, NDArray[Any]] = {}
    filled = 0
    for batch in reader:
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if column.null_count:
                raise DesignError(f"column {name!r}: {column.null_count} nulls where none can be")
            # Straight from the buffer: pyarrow's own way to numpy imports pandas.
            kind = np.dtype(_ARROW_TYPES[str(column.type)])
            values = np.frombuffer(column.buffers()[1], kind, len(column), column.offset * kind.itemsize)
            if name not in arrays:
                arrays[name] = np.empty(row_count, dtype=kind)
            arrays[name][filled : filled + batch.num_rows] = values
        filled += batch.num_rows
    if filled != row_count:
        raise DesignError("the rows changed while they were read")
    return arrays


def _assemble(
    analysis: Analysis,
    arrays: dict[str, NDArray[Any]],
    levels: Mapping[str, list[str]],
    source_row_count: int,
    row_count: int,
    cluster_column: str | None,
    threads: int,
) -> LoadedRows:
    terms: list[Term] = []
    columns: dict[str, Any] = {}
    for row in analysis.terms:
        if row.kind == "categorical":
            labels = levels[row.term]
            codes = arrays.pop("level_" + row.term)
            if not labels or bool(np.any(codes < 0)):
                labels = [*labels, NOT_KNOWN]
                codes = np.where(codes < 0, len(labels) - 1, codes)
            # A reference that no row has is put among the levels: the fit says so and compares with another.
            reference = row.reference_level
            if reference is not None and reference not in labels:
                labels = [*labels, reference]
            terms.append(Term(row.term, "categorical", reference, levels=tuple(labels)))
            columns[row.term] = (codes, labels)
        else:
            terms.append(Term(row.term, "numeric", unit=row.unit))
            columns[row.term] = arrays.pop("value_" + row.term)
    outcomes, samples, by_rule, missing = {}, {}, {}, {}
    for outcome in analysis.outcomes:
        state = arrays.pop("state_" + outcome.outcome)
        outcomes[outcome.outcome] = arrays.pop("outcome_" + outcome.outcome)
        samples[outcome.outcome] = state == 0
        by_rule[outcome.outcome] = int(np.count_nonzero(state == 1))
        missing[outcome.outcome] = int(np.count_nonzero(state == 2))
    cluster = None
    if cluster_column:
        labels = levels["cluster"]
        codes = arrays.pop("level_cluster")
        if bool(np.any(codes < 0)):
            labels = [*labels, NOT_KNOWN]
            codes = np.where(codes < 0, len(labels) - 1, codes)
        cluster = (codes, labels)
    design = build_design(columns, terms, outcomes, samples, cluster, threads=threads)
    return LoadedRows(design, source_row_count, source_row_count - row_count, by_rule, missing)


def package_versions() -> str:
    """Versions of what made the numbers, as 'name version', joined by commas."""
    names = ("duckdb", "iapt-equity", "numpy", "pyarrow", "scipy")
    found = []
    for name in names:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            found.append(f"{name} unknown")
    return ", ".join([*found, f"python {platform.python_version()}"])


def run_programme(
    analyses: Sequence[Analysis],
    relations: Mapping[str, Any],
    settings: Settings,
    *,
    threads: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[dict[str, Any]]:
    """Run every fit of every analysis.

    Args:
        analyses: the specification.
        relations: DuckDB relations by name of the mart.
        settings: thresholds and switches.
        threads: fits run side by side; None takes the processors of the machine, at most four. Results do not depend
            on it.
        progress: called with one line for each finished model.

    Returns:
        One record for each fit, as `result_schema` describes.
    """
    records: list[dict[str, Any]] = []
    workers = threads or min(4, os.cpu_count() or 1)
    for analysis in analyses:
        loaded = load_design(relations[analysis.source_model], analysis, workers)
        if loaded is None:
            continue
        records += _run_analysis(analysis, loaded, settings, workers, progress)
    return records


@dataclass(frozen=True, slots=True)
class _Step:
    """One staged model of an analysis."""

    analysis: Analysis
    loaded: LoadedRows
    number: int
    names: tuple[str, ...]
    complete_for: tuple[str, ...]
    settings: Settings


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A fit and its record. Where no row is left there is no record, and the fit is that of the model before."""

    fit: Fit | None
    record: dict[str, Any] | None


def _run_analysis(
    analysis: Analysis,
    loaded: LoadedRows,
    settings: Settings,
    workers: int,
    progress: Callable[[str], None] | None,
) -> list[dict[str, Any]]:
    """Every fit of one analysis: for each outcome a chain of single-level fits, beside it one of multilevel fits."""
    is_multilevel = settings.is_multilevel and loaded.design.cluster is not None
    numbers = analysis.model_numbers
    tasks: list[Task] = []
    for i, number in enumerate(numbers):
        names = analysis.terms_of(number)
        complete_for = analysis.terms_of(numbers[-1]) if settings.is_common_sample else names
        step = _Step(analysis, loaded, number, names, complete_for, settings)
        tasks.append(Task(("rows", number, ""), partial(_collapse, step, False)))
        if is_multilevel:
            tasks.append(Task(("rows by cluster", number, ""), partial(_collapse, step, True)))
        for outcome in analysis.outcomes:
            name = outcome.outcome
            # A linear fit costs a tenth of a logistic one: it comes late, to fill the gaps that the others leave.
            rank = number + (1.5 if outcome.family == "linear" else 0.0)
            single, multilevel = ("single", number, name), ("multilevel", number, name)
            before = [("single", numbers[i - 1], name)] if i else []
            tasks.append(Task(single, partial(_single_level, step, outcome), (("rows", number, ""), *before), rank))
            if is_multilevel:
                before = [("multilevel", numbers[i - 1], name)] if i else []
                after = (("rows by cluster", number, ""), single, *before)
                tasks.append(Task(multilevel, partial(_multilevel, step, outcome), after, rank + 0.25))

    records: dict[tuple[str, int, str], dict[str, Any] | None] = {}
    estimators = ("single", "multilevel") if is_multilevel else ("single",)
    left = {number: len(analysis.outcomes) * len(estimators) for number in numbers}

    def done(key: Any, result: Any) -> None:
        if not isinstance(result, _Fitted):
            return
        records[key] = result.record
        number = key[1]
        left[number] -= 1
        if left[number] == 0 and progress is not None:
            progress(f"{analysis.name}: model {number} of {numbers[-1]} fitted")

    run_tasks(tasks, workers, done)
    found: list[dict[str, Any]] = []
    for number in numbers:
        for outcome in analysis.outcomes:
            pair = [records[estimator, number, outcome.outcome] for estimator in estimators]
            found += [record for record in pair if record is not None and None not in pair]
    return found


def _collapse(step: _Step, by_cluster: bool) -> Design:
    rows = step.loaded.design
    return collapse(rows, step.names, by_cluster=by_cluster, complete_for=step.complete_for) or rows


def _single_level(step: _Step, outcome: OutcomeRow, rows: Design, earlier: _Fitted | None = None) -> _Fitted:
    # Linear fits read rows: comparing two of them needs each row's residual.
    design = rows if outcome.family == "logistic" else step.loaded.design
    before = None if earlier is None else earlier.fit
    started = time.perf_counter()
    try:
        fit = _fit_single(step, design, outcome, step.names, before)
    except FitError:
        return _Fitted(before, None)
    seconds = time.perf_counter() - started
    smaller = None
    if before is not None and fit.converged:
        # The smaller model once more, on exactly the rows of this one: a step or two from its estimates.
        smaller = _fit_single(step, design, outcome, before.terms, before)
    comparison = compare_models(smaller, fit)
    changes = []
    if smaller is not None and smaller.converged:
        changes = coefficient_changes(smaller, fit, ETHNIC_TERM, confidence=step.settings.confidence)
    return _Fitted(fit, fit_record(step, design, outcome, fit, seconds, comparison, changes))


def _fit_single(step: _Step, design: Design, outcome: OutcomeRow, names: Sequence[str], before: Fit | None) -> Fit:
    settings = step.settings
    if outcome.family == "logistic":
        fit = fit_logistic(
            design,
            outcome.outcome,
            names,
            confidence=settings.confidence,
            minimum_count=settings.minimum_count,
            start=None if before is None else before.start_values(),
            complete_for=step.complete_for,
        )
    else:
        fit = fit_linear(
            design,
            outcome.outcome,
            names,
            confidence=settings.confidence,
            minimum_count=settings.minimum_count,
            complete_for=step.complete_for,
        )
    return with_holm(fit, ETHNIC_TERM)


def _multilevel(
    step: _Step, outcome: OutcomeRow, by_cluster: Design, single: _Fitted, earlier: _Fitted | None = None
) -> _Fitted:
    before = None if earlier is None else earlier.fit
    if single.record is None:
        return _Fitted(before, None)
    design = by_cluster if outcome.family == "logistic" else step.loaded.design
    started = time.perf_counter()
    try:
        fit = _fit_multilevel(step, design, outcome, single.fit, before)
    except FitError:
        return _Fitted(before, None)
    seconds = time.perf_counter() - started
    smaller = before
    if smaller is not None and smaller.observation_count != fit.observation_count:
        smaller = None  # other rows: no comparison
    return _Fitted(fit, fit_record(step, design, outcome, fit, seconds, compare_models(smaller, fit), []))


def _fit_multilevel(step: _Step, design: Design, outcome: OutcomeRow, single: Fit | None, before: Fit | None) -> Fit:
    settings = step.settings
    if outcome.family == "logistic":
        fit = fit_logistic_multilevel(
            design,
            outcome.outcome,
            step.names,
            confidence=settings.confidence,
            minimum_count=settings.minimum_count,
            start=None if single is None else single.start_values(),
            start_variance=None if before is None or before.variance is None else before.variance.variance,
            complete_for=step.complete_for,
        )
    else:
        fit = fit_linear_multilevel(
            design,
            outcome.outcome,
            step.names,
            confidence=settings.confidence,
            minimum_count=settings.minimum_count,
            complete_for=step.complete_for,
        )
    return with_holm(fit, ETHNIC_TERM)


def fit_record(
    step: _Step,
    design: Design,
    outcome: OutcomeRow,
    fit: Fit,
    seconds: float,
    comparison: ModelComparison,
    changes: Sequence[CoefficientChange],
) -> dict[str, Any]:
    """One row of the results table."""
    analysis, loaded, names = step.analysis, step.loaded, step.names
    predictions = average_adjusted_predictions(fit, ETHNIC_TERM, confidence=step.settings.confidence)
    earlier = [number for number in analysis.model_numbers if number < step.number]
    columns = {term.term: term for term in analysis.terms}
    complete = [name for name in step.complete_for if columns[name].missing_policy == "complete_case"]
    known = [columns[name].source_column for name in names if columns[name].missing_policy == "leave_out"]
    conditions = [f"{column} is known" for column in known]
    conditions += [f"not ({column} = {value})" for column, value in outcome.left_out_when]
    conditions += [f"{name} is known" for name in complete]  # complete cases
    missing = {name: _missing_count(loaded.design, name) for name in names}
    return {
        "analysis": analysis.name,
        "outcome": outcome.outcome,
        "model": f"model_{step.number}",
        "estimator": fit.estimator,
        "formula": f"{outcome.outcome_column} ~ " + " + ".join(names),
        "sample": f"{outcome.source_model} where " + " and ".join(conditions),
        "source_row_count": loaded.source_row_count,
        "left_out_count": loaded.left_out_count,
        "left_out_by_rule_count": loaded.sample_rule_counts[outcome.outcome],
        "missing_outcome_count": loaded.outcome_missing_counts[outcome.outcome],
        "missing_numeric_count": _dropped_count(loaded, outcome, fit),
        "missing_counts": json.dumps(missing, sort_keys=True),
        "observation_count": round(fit.observation_count),
        "event_count": None if np.isnan(fit.event_count) else round(fit.event_count),
        "unit_count": design.row_count,
        "parameter_count": fit.parameter_count,
        "log_likelihood": _number(fit.log_likelihood),
        "null_log_likelihood": _number(fit.null_log_likelihood),
        "residual_variance": _number(fit.residual_variance),
        "status": fit.status,
        "is_converged": fit.converged,
        "iteration_count": fit.iterations,
        "notes": "; ".join(fit.notes) or None,
        "input_fingerprint": loaded.design.fingerprint,
        "package_versions": package_versions(),
        "seconds": seconds,
        "estimates": [_estimate_record(coefficient) for coefficient in fit.coefficients],
        "variance_components": [] if fit.variance is None else [_numbers(fit.variance)],
        "random_effects": _random_effect_records(fit),
        "predicted_probabilities": [{"term": ETHNIC_TERM, **_numbers(prediction)} for prediction in predictions],
        "model_comparison": {
            "previous_model": f"model_{earlier[-1]}" if earlier else None,
            **_comparison_record(comparison),
        },
        "coefficient_changes": [_numbers(change) for change in changes],
    }


def _comparison_record(comparison: ModelComparison) -> dict[str, Any]:
    """A comparison as a record; where two models cannot be compared nothing is said of a difference."""
    record = _numbers(comparison)
    if record["likelihood_ratio"] is None:
        record |= {"degrees_of_freedom": None, "pseudo_r_squared_change": None, "aic_change": None}
    return record


def _numbers(result: Any) -> dict[str, Any]:
    """Fields of a result, numbers without a value as None."""
    return {
        name: _number(value) if isinstance(value, float) else value
        for name, value in ((field.name, getattr(result, field.name)) for field in fields(result))
    }


def _random_effect_records(fit: Fit) -> list[dict[str, Any]]:
    effects = fit.random_effects
    if effects is None:
        return []
    return [
        {
            "cluster": label,
            "effect": float(effects.effect[i]),
            "standard_error": float(effects.standard_error[i]),
            "confidence_low": float(effects.confidence_low[i]),
            "confidence_high": float(effects.confidence_high[i]),
            "cluster_observation_count": round(float(effects.observation_count[i])),
        }
        for i, label in enumerate(effects.labels)
    ]


def _missing_count(design: Design, name: str) -> int:
    """Rows of the analysis on which a term is missing (numeric) or at the level 'not known' (categorical)."""
    for numeric in design.numerics:
        if numeric.name == name:
            return numeric.missing_count
    return design.factors[design.factor_index(name)].not_known_count


def _dropped_count(loaded: LoadedRows, outcome: OutcomeRow, fit: Fit) -> int:
    """Rows of the outcome's sample that the model leaves out because a numeric term is missing."""
    return loaded.design.outcomes[outcome.outcome].observation_count - round(fit.observation_count)


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _estimate_record(coefficient: Coefficient) -> dict[str, Any]:
    return {
        "term": coefficient.term,
        "level": coefficient.level,
        "reference_level": coefficient.reference_level,
        "unit": coefficient.unit,
        "estimate": _number(coefficient.estimate),
        "standard_error": _number(coefficient.standard_error),
        "confidence_low": _number(coefficient.confidence_low),
        "confidence_high": _number(coefficient.confidence_high),
        "p_value": _number(coefficient.p_value),
        "p_value_holm": _number(coefficient.p_value_holm),
        "estimate_status": coefficient.status,
        "level_observation_count": round(coefficient.observation_count),
        "level_event_count": None if np.isnan(coefficient.event_count) else round(coefficient.event_count),
    }


def result_schema() -> Any:
    """Arrow schema of the results: one row a fit, with its estimates and other details as nested lists."""
    import pyarrow as pa

    text, whole, real, flag = pa.string(), pa.int64(), pa.float64(), pa.bool_()

    def record(texts: str, reals: str, wholes: str = "", flags: str = "") -> Any:
        kinds = ((texts, text), (reals, real), (wholes, whole), (flags, flag))
        return pa.struct([(name, kind) for names, kind in kinds for name in names.split()])

    estimate = record(
        "term level reference_level estimate_status",
        "unit estimate standard_error confidence_low confidence_high p_value p_value_holm",
        "level_observation_count level_event_count",
    )
    variance = record(
        "interval_method",
        "variance variance_low variance_high residual_variance icc icc_low icc_high",
        "cluster_count",
        "is_singular",
    )
    random_effect = record(
        "cluster", "effect standard_error confidence_low confidence_high", "cluster_observation_count"
    )
    prediction = record(
        "term level reference_level population",
        "prediction standard_error confidence_low confidence_high difference difference_standard_error difference_low "
        "difference_high difference_p_value",
    )
    comparison = record(
        "previous_model",
        "likelihood_ratio p_value aic bic aic_change pseudo_r_squared pseudo_r_squared_change",
        "degrees_of_freedom",
    )
    change = record(
        "term level",
        "smaller_estimate larger_estimate change standard_error confidence_low confidence_high p_value",
    )
    return pa.schema(
        [
            ("analysis", text), ("outcome", text), ("model", text), ("estimator", text), ("formula", text),
            ("sample", text), ("source_row_count", whole), ("left_out_count", whole),
            ("left_out_by_rule_count", whole), ("missing_outcome_count", whole), ("missing_numeric_count", whole),
            ("missing_counts", text), ("observation_count", whole), ("event_count", whole), ("unit_count", whole),
            ("parameter_count", whole), ("log_likelihood", real), ("null_log_likelihood", real),
            ("residual_variance", real), ("status", text), ("is_converged", flag), ("iteration_count", whole),
            ("notes", text), ("input_fingerprint", text), ("package_versions", text), ("seconds", real),
            ("estimates", pa.list_(estimate)), ("variance_components", pa.list_(variance)),
            ("random_effects", pa.list_(random_effect)), ("predicted_probabilities", pa.list_(prediction)),
            ("model_comparison", comparison), ("coefficient_changes", pa.list_(change)),
        ]
    )  # fmt: skip


def run_from_relations(
    terms: Any, outcomes: Any, settings: Any, marts: Mapping[str, Any], *, progress: Callable[[str], None] | None = None
) -> Any:
    """Run the programme that the seeds describe.

    Args:
        terms: DuckDB relation of the seed `regression_terms`.
        outcomes: DuckDB relation of the seed `regression_outcomes`.
        settings: DuckDB relation of the seed `regression_settings`.
        marts: DuckDB relations of the marts by name.
        progress: called with one line for each finished model.

    Returns:
        Arrow table with the schema of `result_schema`, ordered by analysis, outcome, model and estimator.
    """
    import pyarrow as pa

    analyses = read_specification(terms.to_arrow_table().to_pylist(), outcomes.to_arrow_table().to_pylist())
    chosen = read_settings(settings.to_arrow_table().to_pylist())
    records = run_programme(analyses, marts, chosen, progress=progress)
    records.sort(key=lambda row: (row["analysis"], row["outcome"], row["model"], row["estimator"]))
    return pa.Table.from_pylist(records, schema=result_schema())
