"""Single-level logistic and linear regression.

Logistic: Newton's method on the exact log-likelihood, stopped on the Newton decrement (Boyd and Vandenberghe 2004,
section 9.5). Linear: normal equations of standardised columns with one step of iterative refinement on the residuals.
Standard errors are model-based, or cluster-robust (Liang and Zeger 1986) with the usual small-sample factor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from iapt_equity.statistics import algebra
from iapt_equity.statistics.algebra import piecewise_dot
from iapt_equity.statistics.design import BLOCK_ROWS, Design, FloatArray, IntArray, OutcomeData
from iapt_equity.statistics.errors import DesignError, FitError
from iapt_equity.statistics.matrix import GramAccumulator, ModelMatrix
from iapt_equity.statistics.results import CoefficientStatus, Estimator, Fit, FitStatus, report

#: Newton stops when the squared step in standard-error units falls below this; the error left is of its square.
DECREMENT = 1e-16
MAXIMUM_ITERATIONS = 60
#: Smallest divisor where a row without a trial is divided by its trials.
_NO_TRIAL = 1e-300
#: From this many Newton steps on, the direction of the step is tested for separation.
_SEPARATION_AFTER = 9
#: Note of a fit whose search ended without a maximum.
NOT_CONVERGED = "the search did not converge: no estimate is given"
#: Share of the largest entry below which an entry of a direction counts as zero.
_DIRECTION_ZERO = 1e-3


@dataclass(slots=True)
class Sample:
    """Rows and columns that a fit can use, and what was found on the way."""

    matrix: ModelMatrix
    outcome: OutcomeData
    total: FloatArray
    trials: FloatArray | None
    active: IntArray
    statuses: dict[int, CoefficientStatus]
    references: dict[str, str]
    counts: FloatArray
    events: FloatArray
    missing_count: int
    notes: list[str]

    @property
    def observation_count(self) -> float:
        """Trials in the sample, before rows were set aside."""
        return float(self.counts[0])


def prepare_sample(
    design: Design,
    outcome_name: str,
    term_names: Sequence[str],
    is_logistic: bool,
    complete_for: Sequence[str] | None = None,
) -> Sample:
    """Find the rows and columns of a fit: complete cases, levels with rows, levels with and without events.

    A level without an event (or with nothing but events) has an infinite estimate; in the limit its rows add nothing
    to the likelihood of the rest, so they are set aside, the level is marked as separated, and the other estimates
    are the exact limits.

    Args:
        design: the coded rows (or collapsed units).
        outcome_name: name of an outcome of the design.
        term_names: names of the terms; an intercept is always there.
        is_logistic: whether a level without events (or with nothing but events) is to be set aside.
        complete_for: terms on which a row must be complete, where these are more than the model's own.

    Raises:
        DesignError: unknown outcome or term, or an outcome other than 0 and 1 in a logistic model.
        FitError: no row is left.
    """
    if outcome_name not in design.outcomes:
        raise DesignError(f"no outcome {outcome_name!r} in the design")
    outcome = design.outcomes[outcome_name]
    if is_logistic and not outcome.is_binary:
        raise DesignError(f"outcome {outcome_name!r} of a logistic model holds values other than 0 and 1")
    matrix = ModelMatrix(design, term_names)
    trials = matrix.trials(outcome.trials, complete_for)
    total = outcome.total
    missing_count = 0
    if trials is not outcome.trials:
        assert trials is not None
        before = design.row_count if outcome.trials is None else int(np.count_nonzero(outcome.trials))
        missing_count = before - int(np.count_nonzero(trials))
        total = np.where(trials > 0, total, 0.0)
    counts = matrix.transpose_times(trials)
    events = matrix.transpose_times(total)
    if counts[0] <= 0:
        raise FitError(f"outcome {outcome_name!r}: no row is left in the sample")
    sample = Sample(matrix, outcome, total, trials, np.zeros(0, np.int64), {}, {}, counts, events, missing_count, [])
    _screen_levels(sample, is_logistic)
    return sample


def _screen_levels(sample: Sample, is_logistic: bool) -> None:
    """Set aside empty and separated levels until none is left, and choose reference levels that have rows."""
    matrix = sample.matrix
    counts, events = sample.counts.copy(), sample.events.copy()
    dropped: set[int] = set()
    is_first = True
    while True:
        found = False
        for i, position in enumerate(matrix.factor_positions):
            factor = matrix.design.factors[position]
            offset = matrix.level_offsets[i]
            for level, label in enumerate(factor.levels):
                column = offset + level
                if column in dropped:
                    continue
                if counts[column] <= 0:
                    dropped.add(column)
                    sample.statuses[column] = "empty" if is_first else "separated"
                    if is_first and level == factor.reference:
                        sample.notes.append(f"{factor.name}: no row has the reference level {label}")
                    continue
                varies = 0 < events[column] < counts[column]
                if is_logistic and not varies and 0 < events[0] < counts[0]:
                    dropped.add(column)
                    found = True
                    sample.statuses[column] = "separated"
                    what = "no event" if events[column] <= 0 else "no non-event"
                    sample.notes.append(f"{factor.name} = {label}: {what}, estimate infinite")
                    _set_aside(sample, matrix.patterns[i] == level)
        is_first = False
        if not found:
            break
        counts = matrix.transpose_times(sample.trials)
        events = matrix.transpose_times(sample.total)
    active = [0]
    for i, position in enumerate(matrix.factor_positions):
        factor = matrix.design.factors[position]
        offset = matrix.level_offsets[i]
        kept = [level for level in range(len(factor.levels)) if offset + level not in dropped]
        reference = factor.reference
        sample.references[factor.name] = factor.levels[reference]
        if offset + reference in dropped:
            status = sample.statuses.pop(offset + reference)
            if kept:
                reference = max(kept, key=lambda level: (sample.counts[offset + level], -level))
            if status == "empty":
                # The comparison is with another level, and every estimate says with which.
                sample.statuses[offset + factor.reference] = "empty"
                sample.references[factor.name] = factor.levels[reference]
            else:
                for level in range(len(factor.levels)):
                    if level != factor.reference:
                        sample.statuses.setdefault(offset + level, "separated")
        active += [offset + level for level in kept if level != reference]
    active += list(range(matrix.numeric_offset, matrix.size))
    sample.active = np.array(active, dtype=np.int64)


def _set_aside(sample: Sample, patterns: np.ndarray) -> None:
    """Give the rows of some patterns no trial."""
    rows = np.repeat(patterns, np.diff(sample.matrix.starts))
    _set_aside_rows(sample, rows)


def _set_aside_rows(sample: Sample, rows: np.ndarray) -> None:
    keep = (~rows).astype(np.float64)
    sample.trials = keep if sample.trials is None else sample.trials * keep
    sample.total = sample.total * keep


def drop_collinear(sample: Sample, gram: FloatArray | None = None) -> None:
    """Mark collinear columns and take them out of the active ones."""
    full = sample.matrix.gram(sample.trials) if gram is None else gram
    kept = algebra.independent_columns(full[np.ix_(sample.active, sample.active)])
    for position in sorted(set(range(len(sample.active))) - set(kept)):
        column = int(sample.active[position])
        described = sample.matrix.columns[column]
        label = described.term if described.level is None else f"{described.term} = {described.level}"
        if column not in sample.statuses:
            sample.statuses[column] = "collinear"
            sample.notes.append(f"{label}: collinear with the columns before it")
    sample.active = sample.active[np.array(kept, dtype=np.int64)]


def logistic_pass(
    matrix: ModelMatrix, beta: FloatArray, total: FloatArray, trials: FloatArray | None
) -> tuple[float, FloatArray, FloatArray]:
    """One pass of Newton's method over the rows.

    Args:
        matrix: the model matrix, n rows and q full columns.
        beta: coefficients in full columns, shape (q,).
        total: events of each row, shape (n,).
        trials: trials of each row, shape (n,), or None for one each.

    Returns:
        Log-likelihood, gradient (q,) and information (q, q), all in full columns.
    """
    accumulator = GramAccumulator(matrix)
    by_pattern = matrix.pattern_predictor(beta)
    residual_by_pattern = np.zeros(matrix.pattern_count)
    gradient = np.zeros(matrix.size)
    rows = min(BLOCK_ROWS, matrix.row_count)
    predictor, work, decay, fitted = np.empty((4, rows))
    values = matrix.design.standardised
    likelihood = 0.0
    for block in matrix.blocks:
        length = block.high - block.low
        eta, e, p, w = predictor[:length], decay[:length], fitted[:length], work[:length]
        matrix.predictor_block(block, by_pattern, beta, work, eta)
        s = total[block.low : block.high]
        t = None if trials is None else trials[block.low : block.high]
        np.abs(eta, out=e)
        np.negative(e, out=e)
        np.exp(e, out=e)
        fitted_and_weight(eta, e, p, w)
        likelihood += block_likelihood(eta, e, s, t)
        if t is not None:
            p *= t
            w *= t
        np.subtract(s, p, out=p)
        target = slice(block.first_pattern, block.last_pattern)
        residual_by_pattern[target] += np.add.reduceat(p, block.starts)
        for i, position in enumerate(matrix.numeric_positions):
            gradient[matrix.numeric_offset + i] += piecewise_dot(values[position, block.low : block.high], p)
        accumulator.add(block, w)
    matrix.levels_from_patterns(residual_by_pattern, gradient)
    return likelihood, gradient, accumulator.result()


def fitted_and_weight(eta: FloatArray, decay: FloatArray, fitted: FloatArray, weight: FloatArray) -> None:
    """Fitted probability p and weight p (1 - p), without a branch.

    Args:
        eta: linear predictor, shape (b,).
        decay: exp(-|eta|), shape (b,).
        fitted: where p goes, shape (b,).
        weight: where p (1 - p) goes, shape (b,).
    """
    np.add(decay, 1.0, out=fitted)
    np.reciprocal(fitted, out=fitted)
    np.multiply(decay, fitted, out=weight)
    weight *= fitted
    # 1 / (1 + exp(-|eta|)) lies in [1/2, 1]: its distance from one half takes the sign of eta.
    fitted -= 0.5
    np.copysign(fitted, eta, out=fitted)
    fitted += 0.5


def block_likelihood(eta: FloatArray, decay: FloatArray, total: FloatArray, trials: FloatArray | None) -> float:
    """Log-likelihood of a block of b rows: the sum of s eta - t log(1 + exp(eta)).

    Args:
        eta: linear predictor, shape (b,); overwritten.
        decay: exp(-|eta|), shape (b,); overwritten.
        total: events s of each row, shape (b,).
        trials: trials t of each row, shape (b,), or None for one each.
    """
    value = piecewise_dot(total, eta)
    np.maximum(eta, 0.0, out=eta)
    np.log1p(decay, out=decay)
    eta += decay
    return value - (float(np.sum(eta)) if trials is None else piecewise_dot(trials, eta))


def fit_logistic(
    design: Design,
    outcome: str,
    terms: Sequence[str],
    *,
    robust: bool = False,
    confidence: float = 0.95,
    minimum_count: int = 0,
    start: Mapping[tuple[str, str | None], float] | None = None,
    complete_for: Sequence[str] | None = None,
) -> Fit:
    """Fit a logistic regression by maximum likelihood.

    Args:
        design: the coded rows (or collapsed units).
        outcome: name of an outcome of zeros and ones.
        terms: names of the terms; an intercept is always there.
        robust: cluster-robust standard errors, over the design's clusters.
        confidence: level of the intervals.
        minimum_count: a level with fewer rows, events or non-events than this is marked 'small_group'.
        start: standardised coefficients to start from (`Fit.start_values` of a smaller model of the same design).
        complete_for: terms on which a row must be complete, where these are more than the model's own (so that nested
            models share their rows).

    Returns:
        The fit. Levels that cannot be estimated are marked and named in its notes.

    Raises:
        DesignError: unknown outcome or term, or an outcome other than 0 and 1.
        FitError: no row is left in the sample, or fewer than two clusters for robust errors.
    """
    sample, state, status = start_logistic(design, outcome, terms, start, complete_for)
    if state is None:
        return empty_fit("logistic", sample, terms, minimum_count, confidence, status)
    covariance = algebra.inverse_positive(state.information[np.ix_(sample.active, sample.active)])
    if robust:
        covariance = _robust(sample, state.beta, covariance)
    return build_fit(
        "logistic",
        sample,
        terms,
        state.beta,
        covariance,
        log_likelihood=state.likelihood,
        null_log_likelihood=null_likelihood(sample.events[0], sample.counts[0]),
        iterations=state.iterations,
        status=status,
        minimum_count=minimum_count,
        confidence=confidence,
    )


def start_logistic(
    design: Design,
    outcome: str,
    terms: Sequence[str],
    start: Mapping[tuple[str, str | None], float] | None,
    complete_for: Sequence[str] | None,
) -> tuple[Sample, NewtonState | None, FitStatus]:
    """What every logistic fit starts with: its sample, and the single-level maximum on it.

    Args:
        design: the coded rows (or collapsed units).
        outcome: name of an outcome of zeros and ones.
        terms: names of the terms.
        start: standardised coefficients to start from; None starts from the share of events.
        complete_for: terms on which a row must be complete, where these are more than the model's own.

    Returns:
        The sample; where Newton's method ended, or None where there is no maximum to go on from (a note of the sample
        says why); and the status of a fit at this maximum, or of the empty fit.

    Raises:
        DesignError: unknown outcome or term, or an outcome other than 0 and 1.
        FitError: no row is left in the sample.
    """
    sample = prepare_sample(design, outcome, terms, True, complete_for)
    if not 0 < sample.events[0] < sample.counts[0]:
        sample.notes.append("every row has the same outcome: nothing can be estimated")
        return sample, None, "no_variation"
    drop_collinear(sample)
    beta = np.zeros(sample.matrix.size)
    share = sample.events[0] / sample.counts[0]
    beta[0] = np.log(share / (1 - share))
    if start:
        for column in sample.active:
            described = sample.matrix.columns[column]
            beta[column] = start.get((described.term, described.level), beta[column])
    state = newton(sample, beta)
    if not state.converged:
        sample.notes.append(NOT_CONVERGED)
        return sample, None, "not_converged"
    return sample, state, "separated" if "separated" in sample.statuses.values() else "converged"


def null_likelihood(events: float, count: float) -> float:
    """Log-likelihood of the intercept alone."""
    share = events / count
    return float(events * np.log(share) + (count - events) * np.log1p(-share))


@dataclass(slots=True)
class NewtonState:
    """Where Newton's method ended; the information is that of the last step but one."""

    beta: FloatArray
    likelihood: float
    information: FloatArray
    iterations: int
    converged: bool


def newton(sample: Sample, beta: FloatArray) -> NewtonState:
    """Newton's method with step-halving; separation found on the way changes the sample and starts again."""
    iterations = 0
    for _ in range(sample.matrix.size + 1):
        state, direction = _newton_once(sample, beta, iterations)
        iterations = state.iterations
        if direction is None or not _set_aside_separated(sample, direction):
            return state
        if len(sample.active) == 0:
            return NewtonState(np.zeros(sample.matrix.size), 0.0, state.information, iterations, True)
        beta = np.zeros(sample.matrix.size)
        beta[sample.active] = np.where(np.abs(state.beta[sample.active]) < 5.0, state.beta[sample.active], 0.0)
    return state


def _newton_once(sample: Sample, beta: FloatArray, iterations: int) -> tuple[NewtonState, FloatArray | None]:
    """Run Newton's method; the second result is a suspected direction of separation."""
    active = sample.active
    matrix = sample.matrix
    likelihood, gradient, information = logistic_pass(matrix, beta, sample.total, sample.trials)
    full_step: FloatArray | None = None
    for step_number in range(1, MAXIMUM_ITERATIONS + 1):
        try:
            step = algebra.solve_positive(information[np.ix_(active, active)], gradient[active])
        except np.linalg.LinAlgError:
            return NewtonState(beta, likelihood, information, iterations, False), full_step
        decrement = float(np.sum(gradient[active] * step))
        full_step = np.zeros(matrix.size)
        full_step[active] = step
        iterations += 1
        if decrement <= DECREMENT:
            return NewtonState(beta + full_step, likelihood, information, iterations, True), None
        if step_number >= _SEPARATION_AFTER and _is_recession(sample, full_step):
            return NewtonState(beta, likelihood, information, iterations, False), full_step
        fraction = 1.0
        while True:
            trial = beta + fraction * full_step
            new_likelihood, new_gradient, new_information = logistic_pass(matrix, trial, sample.total, sample.trials)
            if new_likelihood >= likelihood - 1e-9 * max(1.0, abs(likelihood)) or fraction < 1e-4:
                break
            fraction *= 0.5
        beta, likelihood, gradient, information = trial, new_likelihood, new_gradient, new_information
    return NewtonState(beta, likelihood, information, iterations, False), full_step


def _is_recession(sample: Sample, direction: FloatArray) -> bool:
    """Whether the likelihood rises for ever along a direction (Albert and Anderson 1984): X d separates the events."""
    along = sample.matrix.predict(direction)
    trials = np.ones_like(along) if sample.trials is None else sample.trials
    used = trials > 0
    largest = float(np.max(np.abs(along[used]), initial=0.0))
    if largest < 0.1:  # separated data move by about one unit a step
        return False
    zero = _DIRECTION_ZERO * largest
    has_event = used & (sample.total > 0)
    has_other = used & (sample.total < trials)
    return bool(np.all(along[has_event] >= -zero) and np.all(along[has_other] <= zero))


def _set_aside_separated(sample: Sample, direction: FloatArray) -> bool:
    """Mark the columns of a direction of separation and set its rows aside. False where there is no separation."""
    if not _is_recession(sample, direction):
        return False
    along = np.abs(sample.matrix.predict(direction))
    used = np.ones(len(along), dtype=bool) if sample.trials is None else sample.trials > 0
    _set_aside_rows(sample, along > _DIRECTION_ZERO * float(np.max(along[used])))
    largest = float(np.max(np.abs(direction)))
    kept = []
    for column in sample.active:
        described = sample.matrix.columns[column]
        if abs(direction[column]) > 10 * _DIRECTION_ZERO * largest:
            label = described.term if described.level is None else f"{described.term} = {described.level}"
            sample.statuses[int(column)] = "separated"
            sample.notes.append(f"{label}: separates events from non-events, estimate infinite")
            if column != 0:
                continue
        kept.append(int(column))
    sample.active = np.array(kept, dtype=np.int64)
    trials = np.ones(sample.matrix.row_count) if sample.trials is None else sample.trials
    if not 0 < float(np.sum(sample.total)) < float(np.sum(trials)):
        # Complete separation: no row is left that says anything of the other coefficients.
        for column in sample.active:
            sample.statuses[int(column)] = "separated"
        sample.active = sample.active[:0]
        return True
    drop_collinear(sample)
    return True


def _robust(sample: Sample, beta: FloatArray, bread: FloatArray) -> FloatArray:
    """Cluster-robust covariance with the factor G/(G-1) (n-1)/(n-k) of Stata and statsmodels."""
    eta = sample.matrix.predict(beta)
    fitted = 1.0 / (1.0 + np.exp(-eta))
    residual = sample.total - (fitted if sample.trials is None else sample.trials * fitted)
    return _sandwich(sample, residual, bread)


def _sandwich(sample: Sample, residual: FloatArray, bread: FloatArray) -> FloatArray:
    scores = sample.matrix.cluster_sums(residual)[:, sample.active]
    used = np.ones(len(residual)) if sample.trials is None else sample.trials
    groups = np.count_nonzero(np.bincount(sample.matrix.design.cluster, weights=used))  # type: ignore[arg-type]
    if groups < 2:
        raise FitError("cluster-robust standard errors need at least two clusters")
    count = float(np.sum(used))
    factor = groups / (groups - 1) * (count - 1) / (count - len(sample.active))
    return factor * algebra.small_gram(algebra.small_gram(algebra.small_gram(scores, scores), bread), bread)


def fit_linear(
    design: Design,
    outcome: str,
    terms: Sequence[str],
    *,
    robust: bool = False,
    confidence: float = 0.95,
    minimum_count: int = 0,
    complete_for: Sequence[str] | None = None,
) -> Fit:
    """Fit a linear regression by (weighted) least squares; intervals and p values by the t distribution.

    Arguments as in `fit_logistic`, for an outcome of any numbers. On a collapsed design the residual sum of squares
    includes the variation inside each unit, so results equal those of the rows.

    Returns:
        The fit, with `residual_variance` and `degrees_of_freedom`.

    Raises:
        DesignError: unknown outcome or term.
        FitError: no row is left in the sample, or fewer than two clusters for robust errors.
    """
    sample = prepare_sample(design, outcome, terms, False, complete_for)
    matrix = sample.matrix
    gram = matrix.gram(sample.trials)
    drop_collinear(sample, gram)
    active = sample.active
    normal = gram[np.ix_(active, active)]
    beta, null_squares = least_squares(sample, normal)
    squares, _ = linear_pass(sample, beta)
    degrees = sample.observation_count - len(active)
    variance = squares / degrees if degrees > 0 else float("nan")
    unscaled = algebra.inverse_positive(normal)
    covariance = unscaled * variance
    if robust:
        covariance = _sandwich(sample, linear_residual(sample, beta), unscaled)
    count = sample.observation_count
    if degrees <= 0:
        sample.notes.append("as many coefficients as rows: no residual variance")
    fit = build_fit(
        "linear",
        sample,
        terms,
        beta,
        covariance,
        log_likelihood=_gaussian_likelihood(squares, count),
        null_log_likelihood=_gaussian_likelihood(null_squares, count),
        iterations=1,
        status="converged" if degrees > 0 else "no_variation",
        minimum_count=minimum_count,
        confidence=confidence,
        degrees=degrees if degrees > 0 else float("nan"),
    )
    return replace(fit, residual_variance=variance, degrees_of_freedom=degrees)


def _gaussian_likelihood(squares: float, count: float) -> float:
    if squares <= 0 or count <= 0:
        return float("nan")
    return float(-0.5 * count * (np.log(2 * np.pi * squares / count) + 1))


def linear_residual(sample: Sample, beta: FloatArray, out: FloatArray | None = None) -> FloatArray:
    """Residual total of each row, t (mean - eta), shape (n,).

    Args:
        sample: rows and columns.
        beta: coefficients in full columns, shape (q,).
        out: where the residuals go, shape (n,); None takes fresh memory.
    """
    residual = sample.matrix.predict(beta, out)
    if sample.trials is not None:
        residual *= sample.trials
    return np.subtract(sample.total, residual, out=residual)


def least_squares(sample: Sample, normal: FloatArray) -> tuple[FloatArray, float]:
    """Least-squares coefficients in full columns (q,), and the sum of squares about the mean alone.

    Args:
        sample: rows and columns.
        normal: X'X of the active columns, shape (k, k).
    """
    beta = np.zeros(sample.matrix.size)
    beta[0] = sample.events[0] / sample.counts[0]
    null_squares, cross = linear_pass(sample, beta)
    beta[sample.active] += algebra.solve_positive(normal, cross[sample.active])
    # Once more from there, which removes the rounding error of the first solution (iterative refinement).
    _, cross = linear_pass(sample, beta)
    beta[sample.active] += algebra.solve_positive(normal, cross[sample.active])
    return beta, null_squares


def linear_pass(sample: Sample, beta: FloatArray) -> tuple[float, FloatArray]:
    """Residual sum of squares over all trials, and X'r in full columns (q,), in one pass over the rows.

    The sum of squares includes the variation inside collapsed units.
    """
    matrix, total, trials = sample.matrix, sample.total, sample.trials
    by_pattern = matrix.pattern_predictor(beta)
    residual_by_pattern = np.zeros(matrix.pattern_count)
    cross = np.zeros(matrix.size)
    predictor, work = np.empty((2, min(BLOCK_ROWS, matrix.row_count)))
    values = matrix.design.standardised
    is_collapsed = matrix.design.order is None  # rows as given hold one value each: no variation inside
    squares, inside = 0.0, sample.outcome.sum_of_squares
    for block in matrix.blocks:
        rows, length = slice(block.low, block.high), block.high - block.low
        residual, part = predictor[:length], work[:length]
        matrix.predictor_block(block, by_pattern, beta, work, residual)
        if trials is None:
            np.subtract(total[rows], residual, out=residual)
            squares += piecewise_dot(residual, residual)
        else:
            t = trials[rows]
            residual *= t
            np.subtract(total[rows], residual, out=residual)
            np.maximum(t, _NO_TRIAL, out=part)  # without a trial the residual is zero
            np.divide(residual, part, out=part)
            squares += piecewise_dot(residual, part)
            if is_collapsed:
                given = sample.outcome.total[rows]
                np.divide(given, np.where(t > 0, t, 1.0), out=part)
                inside -= piecewise_dot(given, part)
        target = slice(block.first_pattern, block.last_pattern)
        residual_by_pattern[target] += np.add.reduceat(residual, block.starts)
        for i, position in enumerate(matrix.numeric_positions):
            cross[matrix.numeric_offset + i] += piecewise_dot(values[position, rows], residual)
    matrix.levels_from_patterns(residual_by_pattern, cross)
    return squares + (max(inside, 0.0) if is_collapsed and trials is not None else 0.0), cross


def build_fit(
    estimator: Estimator,
    sample: Sample,
    terms: Sequence[str],
    beta: FloatArray,
    covariance: FloatArray,
    *,
    log_likelihood: float,
    null_log_likelihood: float,
    iterations: int,
    status: FitStatus,
    minimum_count: int,
    confidence: float,
    degrees: float = float("inf"),
) -> Fit:
    """The fit of a sample, with its coefficients on the scale of the columns as given.

    Args:
        estimator: which estimator made it.
        sample: rows and columns.
        terms: names of the terms.
        beta: coefficients in full, standardised columns, shape (q,).
        covariance: covariance of the active ones, shape (k, k).
        log_likelihood: at the estimates.
        null_log_likelihood: of the intercept alone.
        iterations: steps taken.
        status: how the search ended.
        minimum_count: a level with fewer rows, events or non-events than this is marked 'small_group'.
        confidence: level of the intervals.
        degrees: degrees of freedom of the t distribution; infinity or NaN takes the normal one.
    """
    is_binary = estimator.startswith("logistic")
    return Fit(
        estimator=estimator,
        outcome=sample.outcome.name,
        terms=tuple(terms),
        coefficients=report(
            sample.matrix, sample.active, beta, covariance, sample.statuses, sample.references, sample.counts,
            sample.events, minimum_count, is_binary, confidence, degrees,
        ),
        matrix=sample.matrix,
        active=sample.active,
        beta=beta,
        covariance=covariance,
        trials=sample.trials,
        log_likelihood=log_likelihood,
        null_log_likelihood=null_log_likelihood,
        observation_count=sample.observation_count,
        event_count=float(sample.events[0]) if is_binary else float("nan"),
        missing_count=sample.missing_count,
        iterations=iterations,
        status=status,
        notes=tuple(sample.notes),
    )  # fmt: skip


def empty_fit(
    estimator: Estimator,
    sample: Sample,
    terms: Sequence[str],
    minimum_count: int,
    confidence: float,
    status: FitStatus = "no_variation",
) -> Fit:
    """A fit without estimates, for a sample in which the outcome does not vary or the search found no maximum.

    Args:
        estimator: which estimator was asked for.
        sample: rows and columns.
        terms: names of the terms.
        minimum_count: as in the fit asked for.
        confidence: level of the intervals.
        status: why there are no estimates.
    """
    size = sample.matrix.size
    statuses: dict[int, CoefficientStatus] = dict.fromkeys(range(size), "not_estimated")
    statuses.update(sample.statuses)
    fit = build_fit(
        estimator,
        replace(sample, active=np.zeros(0, dtype=np.int64), statuses=statuses),
        terms,
        np.zeros(size),
        np.zeros((0, 0)),
        log_likelihood=0.0,
        null_log_likelihood=0.0,
        iterations=0,
        status=status,
        minimum_count=minimum_count,
        confidence=confidence,
    )
    return replace(fit, event_count=float(sample.events[0]))
