"""The running of the programme: every fit of every analysis, each as soon as the fits it starts from have ended."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypedDict

from iapt_equity.statistics.comparison import coefficient_changes, compare_models
from iapt_equity.statistics.design import Design, collapse
from iapt_equity.statistics.errors import FitError
from iapt_equity.statistics.loading import LoadedRows, load_design
from iapt_equity.statistics.multilevel import fit_linear_multilevel, fit_logistic_multilevel
from iapt_equity.statistics.result_table import (
    Step,
    common_record,
    fit_record,
    prediction_records,
    slope_records,
    year_records,
)
from iapt_equity.statistics.results import Fit, with_holm
from iapt_equity.statistics.schedule import Task, run_tasks
from iapt_equity.statistics.single import fit_linear, fit_logistic
from iapt_equity.statistics.slopes import fit_slopes
from iapt_equity.statistics.specification import ETHNIC_TERM, Analysis, OutcomeRow, Settings
from iapt_equity.statistics.years import fit_years


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
        One record for each fit, as `result_table.result_schema` describes.

    Raises:
        DesignError: a mart lacks a column, or its rows cannot make a design.
    """
    records: list[dict[str, Any]] = []
    workers = threads or min(4, os.cpu_count() or 1)
    for analysis in analyses:
        loaded = load_design(relations[analysis.source_model], analysis, workers)
        if loaded is None:
            continue
        records += _run_analysis(analysis, loaded, settings, workers, progress)
    return records


class _Options(TypedDict):
    """What every fit of a step takes alike."""

    confidence: float
    minimum_count: int
    complete_for: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A fit and its record. Where no row is left there is no record, and the fit is that of the model before."""

    fit: Fit | None
    record: dict[str, Any] | None
    smaller: Fit | None = None
    """Of a single-level fit: the model before, on exactly its rows."""


@dataclass(frozen=True, slots=True)
class _Beside:
    """Columns of the record of a single-level fit that a task of its own makes."""

    columns: dict[str, Any]


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
    records: dict[tuple[str, int, str], dict[str, Any] | None] = {}
    beside: dict[tuple[int, str], dict[str, Any]] = {}
    estimators = ("single", "multilevel") if is_multilevel else ("single",)
    left = {number: len(analysis.outcomes) * len(estimators) for number in numbers}

    def done(key: Any, result: Any) -> None:
        if isinstance(result, _Beside):
            beside[key[1:]] = beside.get(key[1:], {}) | result.columns
        if not isinstance(result, _Fitted):
            return
        records[key] = result.record
        number = key[1]
        left[number] -= 1
        if left[number] == 0 and progress is not None:
            progress(f"{analysis.name}: model {number} of {numbers[-1]} fitted")

    run_tasks(_tasks(analysis, loaded, settings, is_multilevel), workers, done)
    found: list[dict[str, Any]] = []
    for number in numbers:
        for outcome in analysis.outcomes:
            pair = [records[estimator, number, outcome.outcome] for estimator in estimators]
            if pair[0] is not None:
                pair[0] |= beside.get((number, outcome.outcome), {})
            found += [record for record in pair if record is not None and None not in pair]
    return found


def _tasks(analysis: Analysis, loaded: LoadedRows, settings: Settings, is_multilevel: bool) -> list[Task]:
    """The tasks of one analysis: rows counted together, fits, and what else is said of a fit."""
    numbers = analysis.model_numbers
    tasks: list[Task] = []
    for i, number in enumerate(numbers):
        names = analysis.terms_of(number)
        complete_for = analysis.terms_of(numbers[-1]) if settings.is_common_sample else names
        step = Step(analysis, loaded, number, names, complete_for, settings)
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
            if settings.has_common_predictions:
                tasks += _common_tasks(step, outcome, rank + 0.75)
            if is_multilevel:
                before = [("multilevel", numbers[i - 1], name)] if i else []
                after = (("rows by cluster", number, ""), single, *before)
                tasks.append(Task(multilevel, partial(_multilevel, step, outcome), after, rank + 0.25))
            if outcome.family == "logistic" and number in analysis.models_by_year(outcome):
                tasks += _year_tasks(step, outcome, rank + 0.5)
            if analysis.has_slopes(outcome, number):
                after = (
                    (("rows by cluster", number, ""), multilevel) if is_multilevel else (("rows", number, ""), single)
                )
                tasks.append(Task(("slopes", number, name), partial(_slopes, step, outcome), after, rank + 0.5))
    return tasks


def _collapse(step: Step, by_cluster: bool) -> Design:
    rows = step.loaded.design
    return collapse(rows, step.names, by_cluster=by_cluster, complete_for=step.complete_for) or rows


def _single_level(step: Step, outcome: OutcomeRow, rows: Design, earlier: _Fitted | None = None) -> _Fitted:
    # Linear fits read rows: comparing two of them needs each row's residual.
    design = rows if outcome.family == "logistic" else step.loaded.design
    before = None if earlier is None else earlier.fit
    try:
        fit = _fit_single(step, design, outcome, step.names, before)
    except FitError:
        return _Fitted(before, None)
    smaller = None
    if before is not None and fit.converged:
        # The smaller model once more, on exactly the rows of this one: a step or two from its estimates.
        smaller = _fit_single(step, design, outcome, before.terms, before)
    comparison = compare_models(smaller, fit)
    changes = []
    if smaller is not None and smaller.converged:
        changes = coefficient_changes(smaller, fit, ETHNIC_TERM, confidence=step.settings.confidence)
    return _Fitted(fit, fit_record(step, design, outcome, fit, comparison, changes), smaller)


def _common_tasks(step: Step, outcome: OutcomeRow, rank: float) -> list[Task]:
    """A model on the rows of the largest one, so that predictions of all models speak of the same people."""
    last = step.analysis.model_numbers[-1]
    largest, own = ("single", last, outcome.outcome), ("single", step.number, outcome.outcome)
    on_common = replace(step, complete_for=step.analysis.terms_of(last))
    after = (own, largest) if own != largest else (own,)
    return [Task(("common", step.number, outcome.outcome), partial(_common_rows, on_common, outcome), after, rank)]


def _common_rows(step: Step, outcome: OutcomeRow, own: _Fitted, largest: _Fitted | None = None) -> _Beside | None:
    largest = own if largest is None else largest
    if own.fit is None or largest.fit is None or own.record is None or largest.record is None:
        return None
    if own.fit.observation_count == largest.fit.observation_count:
        return _Beside(common_record(own.fit, own.record["predicted_probabilities"]))
    fit = largest.smaller
    if fit is None or fit.terms != own.fit.terms:
        # All but the second largest, which the comparison with the largest has fitted already.
        design = _collapse(step, False) if outcome.family == "logistic" else step.loaded.design
        fit = _fit_single(step, design, outcome, step.names, own.fit)
    return _Beside(common_record(fit, prediction_records(fit, step.settings)))


def _year_tasks(step: Step, outcome: OutcomeRow, rank: float) -> list[Task]:
    """A model by year, on the units of the model itself where the year is among its terms."""
    assert outcome.year_term is not None
    units, tasks = ("rows", step.number, ""), []
    if outcome.year_term not in step.names:
        units = ("rows with the year", step.number, outcome.outcome)
        with_year = replace(step, names=(*step.names, outcome.year_term))
        tasks.append(Task(units, partial(_collapse, with_year, False), (), rank))
    return [*tasks, Task(("years", step.number, outcome.outcome), partial(_years, step, outcome), (units,), rank)]


def _years(step: Step, outcome: OutcomeRow, units: Design) -> _Beside:
    assert outcome.year_term is not None
    options = step.settings
    years = fit_years(
        units,
        outcome.outcome,
        step.names,
        ETHNIC_TERM,
        outcome.year_term,
        confidence=options.confidence,
        minimum_count=options.minimum_count,
    )
    return _Beside(year_records(years, ETHNIC_TERM))


def _slopes(step: Step, outcome: OutcomeRow, rows: Design, fitted: _Fitted) -> _Beside | None:
    """Slopes of a number by ethnic group; with clusters, within these."""
    number = outcome.slope_term
    if fitted.record is None or fitted.fit is None or number is None or not fitted.fit.converged:
        return None
    design = rows if outcome.family == "logistic" else step.loaded.design
    return _Beside(slope_records(fit_slopes(design, fitted.fit, number, ETHNIC_TERM, **_options(step))))


def _fit_single(step: Step, design: Design, outcome: OutcomeRow, names: Sequence[str], before: Fit | None) -> Fit:
    if outcome.family == "logistic":
        start = None if before is None else before.start_values()
        fit = fit_logistic(design, outcome.outcome, names, start=start, **_options(step))
    else:
        fit = fit_linear(design, outcome.outcome, names, **_options(step))
    return with_holm(fit, ETHNIC_TERM)


def _options(step: Step) -> _Options:
    return {
        "confidence": step.settings.confidence,
        "minimum_count": step.settings.minimum_count,
        "complete_for": step.complete_for,
    }


def _multilevel(
    step: Step, outcome: OutcomeRow, by_cluster: Design, single: _Fitted, earlier: _Fitted | None = None
) -> _Fitted:
    before = None if earlier is None else earlier.fit
    if single.record is None:
        return _Fitted(before, None)
    design = by_cluster if outcome.family == "logistic" else step.loaded.design
    try:
        fit = _fit_multilevel(step, design, outcome, single.fit, before)
    except FitError:
        return _Fitted(before, None)
    smaller = before
    if smaller is not None and smaller.observation_count != fit.observation_count:
        smaller = None  # other rows: no comparison
    return _Fitted(fit, fit_record(step, design, outcome, fit, compare_models(smaller, fit), []))


def _fit_multilevel(step: Step, design: Design, outcome: OutcomeRow, single: Fit | None, before: Fit | None) -> Fit:
    if outcome.family == "logistic":
        fit = fit_logistic_multilevel(
            design,
            outcome.outcome,
            step.names,
            start=None if single is None else single.start_values(),
            start_variance=None if before is None or before.variance is None else before.variance.variance,
            **_options(step),
        )
    else:
        fit = fit_linear_multilevel(design, outcome.outcome, step.names, **_options(step))
    return with_holm(fit, ETHNIC_TERM)
