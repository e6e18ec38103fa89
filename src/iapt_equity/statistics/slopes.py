"""Does a number matter alike in every group? Its slope in each group, and a joint test that the slopes are one.

The model with one slope is fitted again with a product of the number and each level of the group but the reference. The
test is the likelihood-ratio test of the products; the slope of a level is that of the reference and its product added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from iapt_equity.statistics import algebra
from iapt_equity.statistics.comparison import compare_models
from iapt_equity.statistics.design import Design, Factor, FloatArray, Numeric, Term
from iapt_equity.statistics.errors import DesignError
from iapt_equity.statistics.multilevel import fit_linear_multilevel, fit_logistic_multilevel
from iapt_equity.statistics.results import CoefficientStatus, Estimator, Fit, holm_adjust
from iapt_equity.statistics.single import fit_linear, fit_logistic

_PRODUCT = "product of "
_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Slope:
    """Slope of a number in one level of a group, and how far it lies from that of the reference level.

    Attributes:
        level, reference_level: levels of the group; the same for the reference.
        unit: step of the number that the slope describes.
        level_deviation: standard deviation of the number among the rows of the level; NaN where it has not two.
        slope, standard_error, confidence_low, confidence_high, p_value: log odds ratio (logistic) or difference
            (linear) of a step; NaN where the status says that there is none.
        difference, difference_standard_error, difference_low, difference_high, difference_p_value: the slope less that
            of the reference level; NaN for the reference itself.
        difference_p_value_holm: after Holm's adjustment over the levels.
        status: as of a coefficient.
        observation_count, event_count: rows and events of the level.
    """

    level: str
    reference_level: str
    unit: float
    level_deviation: float
    slope: float
    standard_error: float
    confidence_low: float
    confidence_high: float
    p_value: float
    difference: float
    difference_standard_error: float
    difference_low: float
    difference_high: float
    difference_p_value: float
    difference_p_value_holm: float
    status: CoefficientStatus
    observation_count: float
    event_count: float


@dataclass(frozen=True, slots=True)
class SlopeTest:
    """Joint test that a number has one slope in all groups.

    Attributes:
        status: 'tested', 'one_group' (no product can be told from the rest), 'separated' or 'not_converged'.
        likelihood_ratio, degrees_of_freedom, p_value: NaN, 0 and NaN where there is no test.
        observation_count, event_count: rows and events of both models; no events (NaN) where the outcome is a number.
    """

    status: str
    likelihood_ratio: float
    degrees_of_freedom: int
    p_value: float
    observation_count: float
    event_count: float


@dataclass(frozen=True, slots=True)
class Slopes:
    """The slopes by level of the group, in the order of its levels, and the joint test, by one estimator."""

    estimator: Estimator
    by_level: tuple[Slope, ...]
    test: SlopeTest


def fit_slopes(
    units: Design,
    smaller: Fit,
    number: str,
    group: str,
    *,
    confidence: float = 0.95,
    minimum_count: int = 0,
    complete_for: Sequence[str] | None = None,
) -> Slopes:
    """Fit a model again with a slope in each group, and test the slopes jointly.

    Args:
        units: the design that `smaller` is fitted on.
        smaller: the model with one slope, by any of the estimators; it holds the number and the group.
        number: numeric term.
        group: categorical term.
        confidence: level of the intervals.
        minimum_count: a level with fewer rows, events or non-events than this is marked 'small_group'.
        complete_for: as in the fit of `smaller`.

    Returns:
        Slopes and test.

    Raises:
        DesignError: the model does not hold the number or the group.
    """
    if number not in smaller.terms or group not in smaller.terms:
        raise DesignError(f"the model holds no {number!r} by {group!r}")
    design, reference = _with_products(units, smaller, number, group)
    products = tuple(numeric.name for numeric in design.numerics if numeric.name.startswith(_PRODUCT))
    options = {"confidence": confidence, "minimum_count": minimum_count, "complete_for": complete_for}
    larger = _fit_again(design, smaller, (*smaller.terms, *products), options)
    factor = design.factors[design.factor_index(group)]
    return Slopes(smaller.estimator, _slopes(larger, number, factor, reference, confidence), _test(smaller, larger))


def _fit_again(design: Design, smaller: Fit, terms: Sequence[str], options: dict[str, Any]) -> Fit:
    """The larger model by the estimator of the smaller one, from its estimates."""
    if smaller.estimator == "linear":
        return fit_linear(design, smaller.outcome, terms, **options)
    if smaller.estimator == "linear_multilevel":
        return fit_linear_multilevel(design, smaller.outcome, terms, **options)
    start = smaller.start_values()
    if smaller.estimator == "logistic":
        return fit_logistic(design, smaller.outcome, terms, start=start, **options)
    variance = None if smaller.variance is None else smaller.variance.variance
    return fit_logistic_multilevel(design, smaller.outcome, terms, start=start, start_variance=variance, **options)


def _with_products(units: Design, smaller: Fit, number: str, group: str) -> tuple[Design, str]:
    """The design with a product of the number and each level of the group but the one that the fit compares with."""
    factor = units.factors[units.factor_index(group)]
    reference = _reference(smaller, factor)
    of_row = units.patterns[units.factor_index(group)][units.pattern_of_row]
    position = next(i for i, numeric in enumerate(units.numerics) if numeric.name == number)
    source = units.numerics[position]
    values = units.standardised[position] * source.scale + source.centre
    described, columns = [], []
    for i, level in enumerate(factor.levels):
        if level != reference:
            numeric, column = _standardised(source, _PRODUCT + level, np.where(of_row == i, values, 0.0))
            described.append(numeric)
            columns.append(column)
    terms = {numeric.name: Term(numeric.name, "numeric", unit=source.unit) for numeric in described}
    return replace(
        units,
        numerics=(*units.numerics, *described),
        standardised=np.vstack([units.standardised, *columns]),
        terms={**units.terms, **terms},
    ), reference


def _reference(fit: Fit, factor: Factor) -> str:
    """The level that the fit compares the others with, which is another one where no row has the reference."""
    compared = (one.reference_level for one in fit.coefficients if one.term == factor.name)
    return next((level for level in compared if level is not None), factor.levels[factor.reference])


def _standardised(source: Numeric, name: str, column: FloatArray) -> tuple[Numeric, FloatArray]:
    """A product in the units of the number, centred and scaled; a constant one becomes zero."""
    centre = float(np.sum(column)) / len(column)
    column = column - centre
    scale = float(np.sqrt(np.sum(column * column) / len(column)))
    if scale == 0.0:
        return Numeric(name, source.unit, centre, 1.0, 0), np.zeros_like(column)
    return Numeric(name, source.unit, centre, scale, 0), column / scale


def _test(smaller: Fit, larger: Fit) -> SlopeTest:
    compared = compare_models(smaller, larger)
    is_tested = bool(np.isfinite(compared.p_value))
    status = "tested"
    if not is_tested:
        is_one = larger.converged and smaller.converged and compared.degrees_of_freedom <= 0
        status = "one_group" if is_one else "separated" if larger.converged else "not_converged"
    return SlopeTest(
        status=status,
        likelihood_ratio=compared.likelihood_ratio if is_tested else _NAN,
        degrees_of_freedom=compared.degrees_of_freedom if is_tested else 0,
        p_value=compared.p_value,
        observation_count=larger.observation_count,
        event_count=larger.event_count,
    )


def _slopes(fit: Fit, number: str, factor: Factor, reference: str, confidence: float) -> tuple[Slope, ...]:
    """Slope of each level, with p values of the differences adjusted over the levels."""
    deviations = _deviations(fit, number, factor)
    found = [
        _slope(fit, number, factor, level, reference, confidence, float(deviation))
        for level, deviation in zip(factor.levels, deviations, strict=True)
    ]
    adjusted = holm_adjust([one.difference_p_value for one in found])
    return tuple(replace(one, difference_p_value_holm=float(p)) for one, p in zip(found, adjusted, strict=True))


def _deviations(fit: Fit, number: str, factor: Factor) -> FloatArray:
    """Standard deviation of the number among the rows of each level, shape (levels,); NaN where it has not two."""
    design = fit.matrix.design
    level = design.patterns[design.factor_index(factor.name)][design.pattern_of_row]
    position = next(i for i, numeric in enumerate(design.numerics) if numeric.name == number)
    values = design.standardised[position] * design.numerics[position].scale
    trials = np.ones(design.row_count) if fit.trials is None else fit.trials
    count = np.bincount(level, trials, len(factor.levels))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(level, trials * values, len(factor.levels)) / count
        squares = np.bincount(level, trials * (values - mean[level]) ** 2, len(factor.levels))
        return np.where(count > 1.0, np.sqrt(squares / (count - 1.0)), _NAN)


def _slope(
    fit: Fit, number: str, factor: Factor, level: str, reference: str, confidence: float, deviation: float
) -> Slope:
    own, product = fit.coefficient(number), None if level == reference else fit.coefficient(_PRODUCT + level)
    status = own.status
    if own.status == "estimated" and product is not None:
        of_level = fit.coefficient(factor.name, level).status
        is_told = product.status == "estimated" or of_level not in {"estimated", "small_group"}
        status = of_level if is_told else product.status
    values, apart = (_NAN,) * 5, (_NAN,) * 5
    if status in {"estimated", "small_group"}:
        values = _sum_of(fit, [number] if product is None else [number, _PRODUCT + level], confidence)
        if product is not None:
            apart = (
                product.estimate, product.standard_error, product.confidence_low, product.confidence_high,
                product.p_value,
            )  # fmt: skip
    return Slope(level, reference, own.unit, deviation, *values, *apart, _NAN, status, *_counts(fit, factor, level))


def _counts(fit: Fit, factor: Factor, level: str) -> tuple[float, float]:
    """Rows and events of a level: of the reference, those that no other level has."""
    others = [one for one in fit.coefficients if one.term == factor.name]
    for one in others:
        if one.level == level:
            return one.observation_count, one.event_count
    intercept = fit.coefficient("intercept")
    return (
        intercept.observation_count - sum(one.observation_count for one in others),
        intercept.event_count - sum(one.event_count for one in others),
    )


def _sum_of(fit: Fit, names: Sequence[str], confidence: float) -> tuple[float, float, float, float, float]:
    """Sum of the coefficients of some numeric terms: value, standard error, both ends of its interval, p value."""
    columns = fit.matrix.columns
    scales = {numeric.name: numeric.unit / numeric.scale for numeric in fit.matrix.design.numerics}
    weights = np.array([scales[columns[i].term] if columns[i].term in names else 0.0 for i in fit.active])
    value = float(np.sum(weights * fit.beta[fit.active]))
    error = float(np.sqrt(max(float(np.einsum("i,ij,j->", weights, fit.covariance, weights)), 0.0)))
    is_finite = bool(np.isfinite(fit.degrees_of_freedom))
    degrees = fit.degrees_of_freedom
    half = algebra.t_quantile(confidence, degrees) if is_finite else algebra.normal_quantile(confidence)
    ratio = np.array([value / error if error > 0 else _NAN])
    p_value = algebra.t_p_value(ratio, degrees) if is_finite else algebra.normal_p_value(ratio)
    return value, error, value - half * error, value + half * error, float(p_value[0])
