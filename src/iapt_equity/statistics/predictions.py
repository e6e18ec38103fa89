"""Average adjusted predictions: the outcome that the model expects if everyone belonged to one group.

For each level of a term, every row of the sample is given that level, its other columns stay as they are, and the
predictions are averaged (the "average adjusted prediction" or marginal standardisation; Graubard and Korn 1999). The
interval is by the delta method, given the covariates of the sample.

Given the rest of the linear predictor, a level adds one number. So the rows are counted once into fine bins of the rest
(1/128 wide), each with its mean and variance and its sums of every column; sixteen levels then cost no further pass.
The error of the second-order expansion inside a bin is below 1e-9 for the predictions (a test compares with rows).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from iapt_equity.statistics import algebra
from iapt_equity.statistics.design import Block, FloatArray
from iapt_equity.statistics.errors import StatisticsError
from iapt_equity.statistics.results import Fit
from iapt_equity.statistics.sums import CodedRows, code_type

Population = Literal["single_level", "cluster_effect_zero", "population_averaged"]

_BIN_WIDTH = 1.0 / 128.0
_MOST_BINS = 100_000
_NODES = 40


@dataclass(frozen=True, slots=True)
class AdjustedPrediction:
    """Average adjusted prediction of one level, and its difference from the reference level.

    Attributes:
        level, reference_level: levels of the term.
        population: 'single_level'; for multilevel models 'cluster_effect_zero' (a cluster of average effect) or
            'population_averaged' (averaged over the normal distribution of cluster effects).
        prediction, standard_error, confidence_low, confidence_high: probability (logistic) or mean (linear).
        difference and its standard error, interval and p value: against the reference level, zero for the reference.
    """

    level: str
    reference_level: str
    population: Population
    prediction: float
    standard_error: float
    confidence_low: float
    confidence_high: float
    difference: float
    difference_standard_error: float
    difference_low: float
    difference_high: float
    difference_p_value: float


@dataclass(slots=True)
class _Bins:
    """Rows counted by the linear predictor without the term of interest."""

    trials: FloatArray
    mean: FloatArray
    spread: FloatArray
    sums: FloatArray


def _count_bins(fit: Fit, factor: int) -> _Bins:
    """Bins of the rest of the linear predictor: trials (B,), mean (B,), sum of squares (B,), column sums (B, q)."""
    matrix = fit.matrix
    offset = matrix.level_offsets[factor]
    levels = len(matrix.design.factors[matrix.factor_positions[factor]].levels)
    rest = fit.beta.copy()
    rest[offset : offset + levels] = 0.0
    with matrix.design.scratch.borrow(1) as (vector,):
        return _bins_of(fit, factor, matrix.predict(rest, vector))


def _bins_of(fit: Fit, factor: int, predictor: FloatArray) -> _Bins:
    matrix = fit.matrix
    used = None if fit.trials is None else fit.trials > 0
    low = float(np.min(predictor if used is None else predictor[used]))
    high = float(np.max(predictor if used is None else predictor[used]))
    width = max(_BIN_WIDTH, (high - low) / _MOST_BINS)
    count = int((high - low) / width) + 1
    shifts, squares, sums = np.zeros(count), np.zeros(count), np.zeros((count, matrix.size))

    def codes(block: Block) -> NDArray[np.integer[Any]]:
        """Bins of the rows of a block; on the way, the sums of what lies between a row and the middle of its bin."""
        rows = slice(block.low, block.high)
        bins: NDArray[np.integer[Any]] = ((predictor[rows] - low) / width).astype(code_type(count))
        np.clip(bins, 0, count - 1, out=bins)
        centred = predictor[rows] - (low + (bins + 0.5) * width)
        coded = CodedRows(bins, count, None if fit.trials is None else fit.trials[rows])
        np.add(shifts, coded.sums(centred), out=shifts)
        np.add(squares, coded.sums(centred * centred), out=squares)
        return bins

    others = [position for i, position in enumerate(matrix.factor_positions) if i != factor]
    matrix.coded_sums(codes, fit.trials, sums, others)
    size = sums[:, 0]
    with np.errstate(invalid="ignore", divide="ignore"):
        shift = np.where(size > 0, shifts / size, 0.0)
    squares -= size * shift**2
    filled = size > 0
    mean = low + (np.arange(count) + 0.5) * width + shift
    return _Bins(size[filled], np.asarray(mean[filled]), np.maximum(squares[filled], 0.0), sums[filled])


def _logistic(eta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    p = np.asarray(special.expit(eta))
    slope = p * (1.0 - p)
    return p, slope, slope * (1.0 - 2.0 * p)


def _averaged_logistic(eta: FloatArray, sigma: float) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Logistic function averaged over a normal shift: value, first two derivatives, derivative in log sigma."""
    points, weights = special.roots_hermitenorm(_NODES)
    weights = weights / np.sum(weights)
    value, slope, bend, by_log_sigma = (np.zeros_like(eta) for _ in range(4))
    for point, weight in zip(points, weights, strict=True):
        p, first, second = _logistic(eta + sigma * point)
        value += weight * p
        slope += weight * first
        bend += weight * second
        by_log_sigma += weight * first * point * sigma
    return value, slope, bend, by_log_sigma


def average_adjusted_predictions(fit: Fit, term: str, *, confidence: float = 0.95) -> list[AdjustedPrediction]:
    """Average adjusted predictions by the levels of a categorical term, with contrasts against its reference.

    Args:
        fit: a fitted model that holds the term.
        term: name of a categorical term.
        confidence: level of the intervals.

    Returns:
        One entry for each level that the model can speak of, reference first. A multilevel logistic fit gives two
        sets: with the cluster effect at zero, and averaged over clusters.

    Raises:
        StatisticsError: the model has no such categorical term.
    """
    matrix = fit.matrix
    names = [matrix.design.factors[position].name for position in matrix.factor_positions]
    if term not in names:
        raise StatisticsError(f"the model has no categorical term {term!r}")
    if len(fit.active) == 0:
        return []
    factor = names.index(term)
    bins = _count_bins(fit, factor)
    if fit.estimator in {"logistic", "linear"}:
        return _predict(fit, factor, bins, "single_level", 0.0, confidence)
    found = _predict(fit, factor, bins, "cluster_effect_zero", 0.0, confidence)
    if fit.estimator == "logistic_multilevel" and fit.variance is not None:
        sigma = float(np.sqrt(fit.variance.variance))
        found += _predict(fit, factor, bins, "population_averaged", sigma, confidence)
    return found


def _standard_error(gradient: FloatArray, covariance: FloatArray) -> float:
    return float(np.sqrt(max(float(np.sum(gradient * algebra.times(covariance, gradient))), 0.0)))


def _predict(
    fit: Fit, factor: int, bins: _Bins, population: Population, sigma: float, confidence: float
) -> list[AdjustedPrediction]:
    """Predictions of the levels that the model can speak of, reference first.

    Args:
        fit: the fitted model.
        factor: position of the term among the factors of its matrix.
        bins: rows counted by the rest of the linear predictor.
        population: what the predictions are about.
        sigma: standard deviation of the cluster effects to average over; zero for none.
        confidence: level of the intervals.
    """
    reference, levels = _levels(fit, factor)
    values, gradients = zip(*(_mean_and_gradient(fit, factor, level, bins, sigma) for level in levels), strict=True)
    covariance = np.zeros((len(fit.active) + 1, len(fit.active) + 1))
    covariance[:-1, :-1] = fit.covariance
    if sigma > 0 and np.isfinite(fit.log_sigma_standard_error):
        covariance[-1, -1] = fit.log_sigma_standard_error**2
    degrees, has_degrees = fit.degrees_of_freedom, bool(np.isfinite(fit.degrees_of_freedom))
    half = algebra.t_quantile(confidence, degrees) if has_degrees else algebra.normal_quantile(confidence)
    result = []
    for level, value, gradient in zip(levels, values, gradients, strict=True):
        error = _standard_error(gradient, covariance)
        contrast_error = _standard_error(gradient - gradients[0], covariance)
        difference = value - values[0]
        ratio = np.array([difference / contrast_error if contrast_error > 0 else np.nan])
        p_value = float((algebra.t_p_value(ratio, degrees) if has_degrees else algebra.normal_p_value(ratio))[0])
        is_reference = level == reference
        nan = float("nan")
        result.append(
            AdjustedPrediction(
                level=level,
                reference_level=reference,
                population=population,
                prediction=value,
                standard_error=error,
                confidence_low=value - half * error,
                confidence_high=value + half * error,
                difference=0.0 if is_reference else difference,
                difference_standard_error=nan if is_reference else contrast_error,
                difference_low=nan if is_reference else difference - half * contrast_error,
                difference_high=nan if is_reference else difference + half * contrast_error,
                difference_p_value=nan if is_reference else p_value,
            )
        )
    return result


def _levels(fit: Fit, factor: int) -> tuple[str, list[str]]:
    """Reference level, and the levels with an estimate, reference first."""
    coded = fit.matrix.design.factors[fit.matrix.factor_positions[factor]]
    offset = fit.matrix.level_offsets[factor]
    estimated = {int(column) for column in fit.active}
    marked = {item.level: item for item in fit.coefficients if item.term == coded.name}
    reference = next((item.reference_level for item in marked.values() if item.reference_level is not None), None)
    if reference is None:
        reference = coded.levels[coded.reference]
    others = [
        level
        for position, level in enumerate(coded.levels)
        if level != reference
        and offset + position in estimated
        and level in marked
        and marked[level].status in {"estimated", "small_group"}
    ]
    return reference, [reference, *others]


def _mean_and_gradient(fit: Fit, factor: int, level: str, bins: _Bins, sigma: float) -> tuple[float, FloatArray]:
    """Mean prediction if every row had a level, and its gradient in the active coefficients and log sigma, (k + 1,)."""
    coded = fit.matrix.design.factors[fit.matrix.factor_positions[factor]]
    offset = fit.matrix.level_offsets[factor]
    column = offset + coded.levels.index(level)
    is_estimated = column in {int(active) for active in fit.active}
    total = float(np.sum(bins.trials))
    eta = bins.mean + (float(fit.beta[column]) if is_estimated else 0.0)
    by_log_sigma = np.zeros_like(eta)
    if fit.estimator.startswith("linear"):
        value, slope, bend = eta, np.ones_like(eta), np.zeros_like(eta)
    elif sigma > 0.0:
        value, slope, bend, by_log_sigma = _averaged_logistic(eta, sigma)
    else:
        value, slope, bend = _logistic(eta)
    mean = float(np.sum(bins.trials * value) + 0.5 * np.sum(bins.spread * bend)) / total
    full = np.sum(bins.sums * slope[:, None], axis=0) / total
    full[offset : offset + len(coded.levels)] = 0.0
    if is_estimated:
        full[column] = float(np.sum(bins.trials * slope)) / total
    return mean, np.append(full[fit.active], float(np.sum(bins.trials * by_log_sigma)) / total)
