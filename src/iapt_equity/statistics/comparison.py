"""Comparison of nested models on the same rows: likelihood ratio, AIC, pseudo R-squared, and what became of a contrast.

The change of a coefficient from a smaller model to a larger one is a difference of two estimates from the same rows, so
its standard error needs their covariance. Both are asymptotically averages of influence functions, so the variance of
the difference is the sum of squares of the differences of these (the stacked estimating equations of seemingly
unrelated estimation: Weesie 1999; Clogg, Petkova and Haritou 1995 for the linear case).

A change of a log odds ratio also holds the rescaling that comes with any added predictor of the outcome
(non-collapsibility), which is not attenuation: the changes of the average adjusted predictions are free of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from iapt_equity.statistics import algebra
from iapt_equity.statistics.design import BLOCK_ROWS, FloatArray
from iapt_equity.statistics.errors import StatisticsError
from iapt_equity.statistics.matrix import GramAccumulator
from iapt_equity.statistics.results import Fit


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """A larger model against a smaller one on the same rows.

    Attributes:
        likelihood_ratio: twice the difference of the log-likelihoods; NaN where the models are not comparable.
        degrees_of_freedom: difference of the numbers of parameters.
        p_value: of the chi-squared test.
        aic, bic: of the larger model.
        aic_change: larger less smaller (negative favours the larger).
        pseudo_r_squared: McFadden's, 1 - log L / log L0 (for a linear model the explained share of the variance).
        pseudo_r_squared_change: larger less smaller.
    """

    likelihood_ratio: float
    degrees_of_freedom: int
    p_value: float
    aic: float
    bic: float
    aic_change: float
    pseudo_r_squared: float
    pseudo_r_squared_change: float


@dataclass(frozen=True, slots=True)
class CoefficientChange:
    """Change of one contrast from the smaller to the larger model, with its interval."""

    term: str
    level: str | None
    smaller_estimate: float
    larger_estimate: float
    change: float
    standard_error: float
    confidence_low: float
    confidence_high: float
    p_value: float


def _likelihood(fit: Fit) -> float:
    return fit.maximum_log_likelihood if fit.estimator == "linear_multilevel" else fit.log_likelihood


def _parameters(fit: Fit) -> int:
    return fit.parameter_count + (fit.estimator.startswith("linear"))


def _pseudo_r_squared(fit: Fit) -> float:
    if fit.null_log_likelihood == 0.0:
        return float("nan")
    if fit.estimator.startswith("linear"):
        exponent = 2.0 * (fit.null_log_likelihood - _likelihood(fit)) / fit.observation_count
        return float(-np.expm1(exponent))
    return 1.0 - _likelihood(fit) / fit.null_log_likelihood


def compare_models(smaller: Fit | None, larger: Fit) -> ModelComparison:
    """Compare a model with a smaller one nested in it, fitted on the same rows.

    Args:
        smaller: the smaller model, or None for the intercept alone.
        larger: the larger model.

    Returns:
        The comparison. Where rows had to be set aside for separation in one model only, or the larger model did not
        converge, the likelihood ratio is NaN.

    Raises:
        StatisticsError: other outcomes, estimators or numbers of rows, or the smaller is not nested in the larger.
    """
    value = _likelihood(larger)
    parameters = _parameters(larger)
    aic = 2.0 * parameters - 2.0 * value
    bic = parameters * float(np.log(max(larger.observation_count, 1.0))) - 2.0 * value
    fitness = _pseudo_r_squared(larger)
    if smaller is None:
        base, base_parameters = larger.null_log_likelihood, 1 + larger.estimator.startswith("linear")
        base_fitness, is_comparable = 0.0, larger.converged
        if larger.variance is not None:
            is_comparable = False  # the intercept alone has no random intercept
    else:
        if (smaller.outcome, smaller.estimator) != (larger.outcome, larger.estimator):
            raise StatisticsError("models of different outcomes or estimators cannot be compared")
        if not set(smaller.terms) <= set(larger.terms):
            raise StatisticsError("the smaller model is not nested in the larger")
        if smaller.observation_count != larger.observation_count:
            raise StatisticsError("the models are fitted on different rows")
        base, base_parameters = _likelihood(smaller), _parameters(smaller)
        base_fitness = _pseudo_r_squared(smaller)
        is_comparable = smaller.converged and larger.converged
        is_comparable &= {smaller.status, larger.status} <= {"converged", "singular"} or smaller.status == larger.status
    ratio = max(2.0 * (value - base), 0.0) if is_comparable else float("nan")
    degrees = parameters - base_parameters
    p_value = float(special.chdtrc(degrees, ratio)) if is_comparable and degrees > 0 else float("nan")
    return ModelComparison(
        likelihood_ratio=ratio,
        degrees_of_freedom=degrees,
        p_value=p_value,
        aic=aic,
        bic=bic,
        aic_change=aic - (2.0 * base_parameters - 2.0 * base) if is_comparable else float("nan"),
        pseudo_r_squared=fitness,
        pseudo_r_squared_change=fitness - base_fitness,
    )


def coefficient_changes(smaller: Fit, larger: Fit, term: str, *, confidence: float = 0.95) -> list[CoefficientChange]:
    """Change of each contrast of a term from a smaller to a larger model of the same rows, with its interval.

    Args:
        smaller: single-level fit of fewer terms.
        larger: single-level fit of more terms on the same design and rows; linear fits on rows, not collapsed units.
        term: a categorical term of both.
        confidence: level of the intervals.

    Returns:
        One entry for each level estimated in both.

    Raises:
        StatisticsError: fits of different designs, outcomes or estimators, multilevel fits, or collapsed linear fits.
    """
    _check_changes(smaller, larger)
    smaller_labels, larger_labels = _active_labels(smaller), _active_labels(larger)
    levels = [
        label
        for label in larger_labels
        if label[0] == term
        and label in smaller_labels
        and smaller.coefficient(*label).reference_level == larger.coefficient(*label).reference_level
    ]
    half = algebra.normal_quantile(confidence)
    result = []
    for label, spread in zip(levels, _change_variances(smaller, larger, levels), strict=True):
        before, after = smaller.coefficient(*label), larger.coefficient(*label)
        change = after.estimate - before.estimate
        error = float(np.sqrt(max(spread, 0.0)))
        p_value = float(algebra.normal_p_value(np.array([change / error]))[0]) if error > 0 else float("nan")
        result.append(
            CoefficientChange(
                label[0], label[1], before.estimate, after.estimate, change, error, change - half * error,
                change + half * error, p_value,
            )
        )  # fmt: skip
    return result


def _check_changes(smaller: Fit, larger: Fit) -> None:
    if smaller.estimator != larger.estimator or smaller.estimator not in {"logistic", "linear"}:
        raise StatisticsError("changes are computed for two single-level fits of one estimator")
    design = larger.matrix.design
    if smaller.matrix.design is not design or smaller.outcome != larger.outcome:
        raise StatisticsError("the fits are not of the same design and outcome")
    if smaller.estimator == "linear" and design.order is None:
        raise StatisticsError("changes of linear fits need rows, not collapsed units")
    if smaller.observation_count != larger.observation_count:
        raise StatisticsError("the models are fitted on different rows")


def _active_labels(fit: Fit) -> list[tuple[str, str | None]]:
    """Term and level of each estimated column."""
    columns = fit.matrix.columns
    return [(columns[column].term, columns[column].level) for column in fit.active]


def _change_variances(smaller: Fit, larger: Fit, levels: list[tuple[str, str | None]]) -> FloatArray:
    """Variance of the change of the contrasts `levels` (L), shape (L,), from the fits' influence functions."""
    columns = {(column.term, column.level): i for i, column in enumerate(larger.matrix.columns)}
    smaller_labels, larger_labels = _active_labels(smaller), _active_labels(larger)
    in_smaller = np.array([columns[label] for label in smaller_labels], dtype=np.int64)
    pieces = _score_products(smaller, larger)
    rows_larger = larger.covariance[[larger_labels.index(label) for label in levels]]
    rows_smaller = smaller.covariance[[smaller_labels.index(label) for label in levels]]
    if smaller.estimator == "linear":
        rows_larger = rows_larger / larger.residual_variance
        rows_smaller = rows_smaller / smaller.residual_variance
    active = larger.active
    return np.asarray(
        np.einsum("ij,jk,ik->i", rows_larger, pieces[0][np.ix_(active, active)], rows_larger)
        + np.einsum("ij,jk,ik->i", rows_smaller, pieces[1][np.ix_(in_smaller, in_smaller)], rows_smaller)
        - 2.0 * np.einsum("ij,jk,ik->i", rows_larger, pieces[2][np.ix_(active, in_smaller)], rows_smaller)
    )


def _score_products(smaller: Fit, larger: Fit) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sums over all trials of products of residuals times x x': larger squared, smaller squared, and crossed."""
    matrix = larger.matrix
    outcome = matrix.design.outcomes[larger.outcome]
    is_linear = larger.estimator == "linear"
    sums = [GramAccumulator(matrix) for _ in range(3)]
    pairs = [(fit, fit.matrix.pattern_predictor(fit.beta)) for fit in (larger, smaller)]
    length = min(BLOCK_ROWS, matrix.row_count)
    vectors, work = np.empty((2, length)), np.empty(length)
    for block in matrix.blocks:
        rows, size = slice(block.low, block.high), block.high - block.low
        etas = [vector[:size] for vector in vectors]
        for eta, (fit, by_pattern) in zip(etas, pairs, strict=True):
            fit.matrix.predictor_block(block, by_pattern, fit.beta, work, eta)
        trials = np.ones(size) if larger.trials is None else larger.trials[rows]
        if smaller.trials is not None:
            trials = np.where(trials > 0, smaller.trials[rows], 0.0)
        total = np.where(trials > 0, outcome.total[rows], 0.0)
        if is_linear:
            mean = np.divide(total, trials, out=np.zeros(size), where=trials > 0)
            for eta in etas:
                np.subtract(mean, eta, out=eta)
            products = [trials * left * right for left, right in _pairs(etas)]
        else:
            for eta in etas:
                special.expit(eta, out=eta)
            rest = trials - total
            products = [total * (1.0 - left) * (1.0 - right) + rest * left * right for left, right in _pairs(etas)]
        for accumulator, product in zip(sums, products, strict=True):
            accumulator.add(block, product)
    first, second, third = (accumulator.result() for accumulator in sums)
    return first, second, third


def _pairs(values: list[FloatArray]) -> list[tuple[FloatArray, FloatArray]]:
    return [(values[0], values[0]), (values[1], values[1]), (values[0], values[1])]
