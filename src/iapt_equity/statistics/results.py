"""Results of a fit, on the scale of the columns as given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from iapt_equity.statistics import algebra
from iapt_equity.statistics.design import FloatArray, IntArray
from iapt_equity.statistics.matrix import ModelMatrix

CoefficientStatus = Literal["estimated", "small_group", "separated", "collinear", "empty", "not_estimated"]
FitStatus = Literal["converged", "separated", "singular", "no_variation", "not_converged"]
Estimator = Literal["logistic", "linear", "logistic_multilevel", "linear_multilevel"]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One estimated coefficient.

    Attributes:
        term: name of the term ('intercept' for the constant).
        level: level of a categorical term, else None.
        reference_level: level that it is compared with, else None.
        unit: step that a numeric coefficient describes.
        estimate, standard_error, confidence_low, confidence_high, p_value: log odds ratio (logistic) or difference
            in the outcome (linear); NaN where the status says that there is no finite estimate.
        p_value_holm: p value after Holm's adjustment over the family of contrasts, NaN outside a family.
        status: 'estimated'; 'small_group' (estimated, but the group is below the reporting threshold); 'separated'
            (no event or nothing but events: the estimate is infinite); 'collinear'; 'empty' (no row has the level);
            'not_estimated'.
        observation_count, event_count: rows and events of the level (of the sample, for numeric terms).
    """

    term: str
    level: str | None
    reference_level: str | None
    unit: float
    estimate: float
    standard_error: float
    confidence_low: float
    confidence_high: float
    p_value: float
    p_value_holm: float
    status: CoefficientStatus
    observation_count: float
    event_count: float


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Variance of a random intercept. Intervals are two-sided at the level of the fit.

    Attributes:
        variance: variance of the random intercept.
        variance_low, variance_high: its interval.
        residual_variance: residual variance; pi^2 / 3 on the latent scale of a logistic model.
        icc, icc_low, icc_high: share of the variance that lies between clusters.
        cluster_count: clusters with at least one row.
        is_singular: whether the variance is estimated as zero.
        interval_method: how the intervals were made.
    """

    variance: float
    variance_low: float
    variance_high: float
    residual_variance: float
    icc: float
    icc_low: float
    icc_high: float
    cluster_count: int
    is_singular: bool
    interval_method: str


@dataclass(frozen=True, slots=True)
class RandomEffects:
    """Predicted effect of each cluster (conditional mode or BLUP) with its interval given the estimates."""

    labels: tuple[str, ...]
    effect: FloatArray
    standard_error: FloatArray
    confidence_low: FloatArray
    confidence_high: FloatArray
    observation_count: FloatArray


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model.

    Attributes:
        estimator: which estimator made it.
        outcome: name of the outcome.
        terms: names of the terms.
        coefficients: one for each coefficient, intercept first.
        matrix: the model matrix that it was fitted on.
        active: full columns of `matrix` that were estimated, shape (k,).
        beta: coefficients in full, standardised columns, shape (q,); zero where not estimated.
        covariance: covariance of `beta[active]`, shape (k, k).
        trials: trials of each row, shape (n,), zero where the row took no part; None means one each.
        log_likelihood: at the estimates, one Bernoulli trial at a time (no binomial coefficients); for REML fits the
            restricted log-likelihood.
        null_log_likelihood: of the intercept alone on the same rows.
        observation_count, event_count: trials and events (weights summed) in the sample, before any row was set
            aside for separation.
        missing_count: rows of the outcome's sample left out because a numeric term is missing.
        iterations: Newton (or quasi-Newton) steps.
        status: 'converged', 'separated', 'singular' (variance zero), 'no_variation' or 'not_converged'.
        notes: plain sentences on what was found, with names of terms and levels.
        residual_variance: of a linear model.
        degrees_of_freedom: residual degrees of freedom of a linear model, else infinity.
        variance: variance components of a multilevel model.
        random_effects: cluster effects of a multilevel model.
        log_sigma_standard_error: standard error of the log standard deviation of the random intercept.
        maximum_log_likelihood: for REML fits, the maximum-likelihood value that model comparison needs.
    """

    estimator: Estimator
    outcome: str
    terms: tuple[str, ...]
    coefficients: tuple[Coefficient, ...]
    matrix: ModelMatrix = field(repr=False)
    active: IntArray = field(repr=False)
    beta: FloatArray = field(repr=False)
    covariance: FloatArray = field(repr=False)
    trials: FloatArray | None = field(repr=False)
    log_likelihood: float
    null_log_likelihood: float
    observation_count: float
    event_count: float
    missing_count: int
    iterations: int
    status: FitStatus
    notes: tuple[str, ...]
    residual_variance: float = float("nan")
    degrees_of_freedom: float = float("inf")
    variance: VarianceComponents | None = None
    random_effects: RandomEffects | None = None
    log_sigma_standard_error: float = float("nan")
    maximum_log_likelihood: float = float("nan")

    @property
    def parameter_count(self) -> int:
        """Estimated coefficients, plus the variance of a random intercept."""
        return len(self.active) + (self.variance is not None)

    @property
    def converged(self) -> bool:
        """Whether the estimates are a maximum (of the estimable part of the model)."""
        return self.status in {"converged", "separated", "singular"}

    def coefficient(self, term: str, level: str | None = None) -> Coefficient:
        """The coefficient of a term (and level). Raises KeyError where there is none."""
        for coefficient in self.coefficients:
            if coefficient.term == term and coefficient.level == level:
                return coefficient
        raise KeyError((term, level))

    def start_values(self) -> Mapping[tuple[str, str | None], float]:
        """Standardised coefficients by term and level, to start a larger model of the same design."""
        columns = self.matrix.columns
        return {(columns[i].term, columns[i].level): float(self.beta[i]) for i in self.active}


def report(
    matrix: ModelMatrix,
    active: IntArray,
    beta: FloatArray,
    covariance: FloatArray,
    statuses: Mapping[int, CoefficientStatus],
    references: Mapping[str, str],
    counts: FloatArray,
    events: FloatArray,
    minimum_count: int,
    is_binary: bool,
    confidence: float,
    degrees: float = float("inf"),
) -> tuple[Coefficient, ...]:
    """Coefficients on the scale of the columns as given, from standardised ones; intercept first.

    Args:
        matrix: the model matrix, with q full columns.
        active: full columns that were estimated, shape (k,).
        beta: coefficients in full, standardised columns, shape (q,).
        covariance: covariance of `beta[active]`, shape (k, k).
        statuses: status of the full columns that are not plainly estimated.
        references: level that each categorical term is compared with.
        counts: rows of each full column, shape (q,).
        events: events of each full column, shape (q,).
        minimum_count: a level with fewer rows, events or non-events than this is marked 'small_group'.
        is_binary: whether the outcome is of zeros and ones, so that events count.
        confidence: level of the intervals.
        degrees: degrees of freedom of the t distribution; infinity or NaN takes the normal one.
    """
    position = {int(column): i for i, column in enumerate(active)}
    estimates = _estimates(_to_given_scale(matrix, position), beta[active], covariance, confidence, degrees)
    nan = float("nan")
    result = []
    for index, column_ in enumerate(matrix.columns):
        reference = references.get(column_.term)
        if column_.level is not None and column_.level == reference:
            continue
        unit = matrix.design.terms[column_.term].unit if column_.level is None and index else 1.0
        status: CoefficientStatus = statuses.get(index, "estimated" if index in position else "not_estimated")
        values = (nan, nan, nan, nan, nan)
        if index in position and status == "estimated":
            values = estimates[position[index]]
            rest = counts[index] - events[index] if is_binary else counts[index]
            smallest = min(events[index], rest) if is_binary else counts[index]
            if column_.level is not None and (counts[index] < minimum_count or smallest < minimum_count):
                status = "small_group"
        result.append(
            Coefficient(
                column_.term, column_.level, reference if column_.level is not None else None, unit, *values, nan,
                status, float(counts[index] if column_.level is not None else counts[0]),
                float(events[index] if column_.level is not None else events[0]),
            )
        )  # fmt: skip
    return tuple(result)


def _estimates(
    transform: FloatArray, beta: FloatArray, covariance: FloatArray, confidence: float, degrees: float
) -> list[tuple[float, float, float, float, float]]:
    """Estimate, standard error, both ends of the interval and p value of each coefficient, length k."""
    estimates = algebra.times(transform, beta)
    errors = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", transform, covariance, transform), 0.0))
    finite = np.isfinite(degrees)
    half = algebra.t_quantile(confidence, degrees) if finite else algebra.normal_quantile(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = estimates / errors
    p_values = algebra.t_p_value(ratio, degrees) if finite else algebra.normal_p_value(ratio)
    rows = zip(estimates.tolist(), errors.tolist(), p_values.tolist(), strict=True)
    return [(value, error, value - half * error, value + half * error, p) for value, error, p in rows]


def _to_given_scale(matrix: ModelMatrix, position: Mapping[int, int]) -> FloatArray:
    """Matrix (k, k) from standardised coefficients to those of the columns as given; `position` of each column."""
    transform = np.eye(len(position))
    for i, numeric_position in enumerate(matrix.numeric_positions):
        column = matrix.numeric_offset + i
        if column in position:
            numeric = matrix.design.numerics[numeric_position]
            at = position[column]
            transform[at, at] = numeric.unit / numeric.scale
            if 0 in position:
                transform[position[0], at] = -numeric.centre / numeric.scale
    return transform


def holm_adjust(p_values: Sequence[float] | FloatArray) -> FloatArray:
    """Holm's step-down adjustment (Holm 1979). NaN values take no part and stay NaN.

    Args:
        p_values: unadjusted p values of one family, shape (m,).

    Returns:
        Adjusted p values, shape (m,), in the order given.
    """
    values = np.asarray(p_values, dtype=np.float64)
    result = np.full(values.shape, np.nan)
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")]
    count = len(order)
    factors = count - np.arange(count)
    result[order] = np.minimum(1.0, np.maximum.accumulate(values[order] * factors))
    return result


def with_holm(fit: Fit, term: str) -> Fit:
    """The fit with p values adjusted by Holm's method over the contrasts of one term (`holm_adjust`)."""
    members = [i for i, coefficient in enumerate(fit.coefficients) if coefficient.term == term]
    adjusted = holm_adjust([fit.coefficients[i].p_value for i in members])
    coefficients = list(fit.coefficients)
    for i, value in zip(members, adjusted, strict=True):
        coefficients[i] = replace(coefficients[i], p_value_holm=float(value))
    return replace(fit, coefficients=tuple(coefficients))
