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
from iapt_equity.statistics.matrix import ModelMatrix
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
    if fit.estimator == "logistic":
        return _predict(fit, factor, bins, "single_level", 0.0, confidence)
    if fit.estimator == "linear":
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
    matrix: ModelMatrix = fit.matrix
    coded = matrix.design.factors[matrix.factor_positions[factor]]
    offset = matrix.level_offsets[factor]
    active = fit.active
    estimated = {int(column) for column in active}
    marked = {c.level: c for c in fit.coefficients if c.term == coded.name}
    reference = next((c.reference_level for c in marked.values() if c.reference_level is not None), None)
    if reference is None:
        reference = coded.levels[coded.reference]
    total = float(np.sum(bins.trials))
    is_linear = fit.estimator.startswith("linear")
    log_sigma_error = fit.log_sigma_standard_error if sigma > 0 and np.isfinite(fit.log_sigma_standard_error) else 0.0

    levels = [reference]
    for level in coded.levels:
        status = marked[level].status if level in marked else None
        if (
            level != reference
            and offset + coded.levels.index(level) in estimated
            and status in {"estimated", "small_group"}
        ):
            levels.append(level)
    values, gradients = [], []
    for level in levels:
        column = offset + coded.levels.index(level)
        shift = float(fit.beta[column]) if column in estimated else 0.0
        eta = bins.mean + shift
        by_log_sigma = np.zeros_like(eta)
        if is_linear:
            value, slope, bend = eta, np.ones_like(eta), np.zeros_like(eta)
        elif sigma > 0.0:
            value, slope, bend, by_log_sigma = _averaged_logistic(eta, sigma)
        else:
            value, slope, bend = _logistic(eta)
        values.append(float(np.sum(bins.trials * value) + 0.5 * np.sum(bins.spread * bend)) / total)
        full = np.sum(bins.sums * slope[:, None], axis=0) / total
        full[offset : offset + len(coded.levels)] = 0.0
        if column in estimated:
            full[column] = float(np.sum(bins.trials * slope)) / total
        gradients.append(np.append(full[active], float(np.sum(bins.trials * by_log_sigma)) / total))
    covariance = np.zeros((len(active) + 1, len(active) + 1))
    covariance[:-1, :-1] = fit.covariance
    covariance[-1, -1] = log_sigma_error**2
    half = (
        algebra.t_quantile(confidence, fit.degrees_of_freedom)
        if np.isfinite(fit.degrees_of_freedom)
        else algebra.normal_quantile(confidence)
    )
    result = []
    for level, value_, gradient in zip(levels, values, gradients, strict=True):
        error = _standard_error(gradient, covariance)
        contrast = gradient - gradients[0]
        contrast_error = _standard_error(contrast, covariance)
        difference = value_ - values[0]
        ratio = np.array([difference / contrast_error if contrast_error > 0 else np.nan])
        p_value = float(
            algebra.t_p_value(ratio, fit.degrees_of_freedom)[0]
            if np.isfinite(fit.degrees_of_freedom)
            else algebra.normal_p_value(ratio)[0]
        )
        is_reference = level == reference
        nan = float("nan")
        result.append(
            AdjustedPrediction(
                level=level,
                reference_level=reference,
                population=population,
                prediction=value_,
                standard_error=error,
                confidence_low=value_ - half * error,
                confidence_high=value_ + half * error,
                difference=0.0 if is_reference else difference,
                difference_standard_error=nan if is_reference else contrast_error,
                difference_low=nan if is_reference else difference - half * contrast_error,
                difference_high=nan if is_reference else difference + half * contrast_error,
                difference_p_value=nan if is_reference else p_value,
            )
        )
    return result
