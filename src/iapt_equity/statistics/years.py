"""Is a gap widening? The contrasts of each year, their change from year to year, and a joint test of it.

Three views of one question, each on the units (rows counted together) that the pooled model is fitted on:

- The model in each year alone: the gap of that year.
- Group by year: one coefficient for each group and year after the first, how far the gap lies from that of the first
  year. Tested jointly: have the gaps changed at all?
- Group by a straight line in the year: one coefficient for each group, the change of the gap from one year to the next.
  Tested jointly: do the gaps move in a direction?

Both tests are likelihood-ratio tests against the pooled model with the year in it. Products of group and year are
functions of factors that the units are sorted by already, so none is read or sorted again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from iapt_equity.statistics.comparison import compare_models
from iapt_equity.statistics.design import NOT_KNOWN, BoolArray, Design, Factor, FloatArray, IntArray, Numeric, Term
from iapt_equity.statistics.errors import DesignError, FitError
from iapt_equity.statistics.results import Coefficient, Fit, holm_adjust, with_holm
from iapt_equity.statistics.single import fit_logistic

#: The two joint tests.
ANY_CHANGE, STRAIGHT_LINE = "any_change", "straight_line"
_BY_YEAR, _LINE = "group by year", "line of "


@dataclass(frozen=True, slots=True)
class YearFit:
    """The model in one year alone."""

    year: str
    fit: Fit


@dataclass(frozen=True, slots=True)
class JointTest:
    """Joint test that the gaps are the same in every year.

    Attributes:
        test: 'any_change' (group by year) or 'straight_line' (group by a straight line in the year).
        status: 'tested', or why there is no test: 'separated' (a group has no event, or nothing but events, in a year),
            'one_year' (there is nothing to compare) or 'not_converged'.
        likelihood_ratio, degrees_of_freedom, p_value: NaN, 0 and NaN where there is no test.
        observation_count, event_count: rows and events of the years together.
        year_count: years with rows.
    """

    test: str
    status: str
    likelihood_ratio: float
    degrees_of_freedom: int
    p_value: float
    observation_count: float
    event_count: float
    year_count: int


@dataclass(frozen=True, slots=True)
class Years:
    """What a model says of the years: each alone, the change of each contrast a year, and the joint tests."""

    fits: tuple[YearFit, ...]
    changes: tuple[Coefficient, ...]
    tests: tuple[JointTest, ...]


def fit_years(
    units: Design,
    outcome: str,
    terms: Sequence[str],
    group: str,
    year: str,
    *,
    confidence: float = 0.95,
    minimum_count: int = 0,
) -> Years:
    """Fit a logistic model in each year, with the products of group and year, and test these jointly.

    Args:
        units: rows or collapsed units that hold the terms, the group and the year.
        outcome: name of an outcome of zeros and ones.
        terms: terms of the model; the year is left out of the fits of one year and added to the others.
        group: categorical term whose contrasts are followed.
        year: categorical term of years whose labels begin with four digits; rows of an unknown year take no part.
        confidence: level of the intervals.
        minimum_count: a level with fewer rows, events or non-events than this is marked 'small_group'.

    Returns:
        Fits by year, changes by level of the group (its log odds ratio from one year to the next) and both tests.

    Raises:
        DesignError: unknown outcome, group or year.
    """
    if outcome not in units.outcomes:
        raise DesignError(f"no outcome {outcome!r} in the design")
    design = _with_products(_of_known_years(units, outcome, year), outcome, group, year)
    others = [name for name in terms if name != year]
    fits = []
    for position, label in enumerate(design.factors[design.factor_index(year)].levels):
        if label == NOT_KNOWN:
            continue
        alone = _of_one_year(design, outcome, year, position)
        try:
            fit = fit_logistic(alone, outcome, others, confidence=confidence, minimum_count=minimum_count)
        except FitError:
            continue
        fits.append(YearFit(label, with_holm(fit, group)))
    if not fits:
        return Years((), (), ())
    pooled = fit_logistic(design, outcome, [*others, year])
    start = pooled.start_values()
    products = fit_logistic(design, outcome, [*others, year, _BY_YEAR], start=start)
    lines = [numeric.name for numeric in design.numerics if numeric.name.startswith(_LINE)]
    line = fit_logistic(
        design, outcome, [*others, year, *lines], start=start, confidence=confidence, minimum_count=minimum_count
    )
    tests = (_joint_test(ANY_CHANGE, pooled, products, len(fits)), _joint_test(STRAIGHT_LINE, pooled, line, len(fits)))
    return Years(tuple(fits), _changes(line, group) if len(fits) > 1 else (), tests)


def _of_known_years(units: Design, outcome: str, year: str) -> Design:
    """The design in which units of an unknown year have no trial."""
    position = units.factor_index(year)
    levels = units.factors[position].levels
    if NOT_KNOWN not in levels:
        return units
    return _with_trials(units, outcome, units.patterns[position] != levels.index(NOT_KNOWN))


def _of_one_year(design: Design, outcome: str, year: str, level: int) -> Design:
    return _with_trials(design, outcome, design.patterns[design.factor_index(year)] == level)


def _with_trials(design: Design, outcome: str, patterns: BoolArray) -> Design:
    """The design in which only the units of some patterns (a mask over patterns) have trials of the outcome."""
    kept = patterns[design.pattern_of_row].astype(np.float64)
    given = design.outcomes[outcome]
    data = replace(
        given,
        total=given.total * kept,
        trials=kept if given.trials is None else given.trials * kept,
        sum_of_squares=float("nan"),  # of linear models
    )
    return replace(design, outcomes={outcome: data})


def _with_products(units: Design, outcome: str, group: str, year: str) -> Design:
    """The design with group by year as a factor, and for each level of the group a straight line in the year.

    The reference level of the factor holds the first year and the reference group: what the group and the year say of
    these already.
    """
    groups, years = (units.factors[units.factor_index(name)] for name in (group, year))
    of_group, of_year = (units.patterns[units.factor_index(name)] for name in (group, year))
    reference = _reference_with_rows(units, outcome, groups, of_group)
    first = next((i for i, label in enumerate(years.levels) if label != NOT_KNOWN), 0)
    names, codes = ["reference"], np.zeros((len(groups.levels), len(years.levels)), dtype=np.int64)
    for i, level in enumerate(groups.levels):
        for j, label in enumerate(years.levels):
            if i != reference and j != first and label != NOT_KNOWN:
                codes[i, j] = len(names)
                names.append(f"{level} in {label}")
    product = Factor(_BY_YEAR, tuple(names), 0)
    begins = [0 if label == NOT_KNOWN else int(label[:4]) for label in years.levels]
    since = np.array([begin - begins[first] for begin in begins], dtype=np.float64)
    lines, values = [], []
    for i, level in enumerate(groups.levels):
        if i != reference:
            described, column = _standardised(_LINE + level, np.where(of_group == i, since[of_year], 0.0), units)
            lines.append(described)
            values.append(column)
    terms = {**units.terms, _BY_YEAR: Term(_BY_YEAR, "categorical")}
    terms |= {numeric.name: Term(numeric.name, "numeric") for numeric in lines}
    return replace(
        units,
        factors=(*units.factors, product),
        patterns=np.vstack([units.patterns, codes[of_group, of_year]]),
        numerics=(*units.numerics, *lines),
        standardised=np.vstack([units.standardised, *values]),
        terms=terms,
    )


def _reference_with_rows(units: Design, outcome: str, groups: Factor, of_group: IntArray) -> int:
    """The reference level of the group, or the largest level where no row has it: the one that fits compare with."""
    trials = units.outcomes[outcome].trials
    rows = np.bincount(of_group[units.pattern_of_row], weights=trials, minlength=len(groups.levels))
    return groups.reference if rows[groups.reference] > 0 else int(np.argmax(rows))


def _standardised(name: str, by_pattern: FloatArray, units: Design) -> tuple[Numeric, FloatArray]:
    """A column given by pattern, centred and scaled over the units; a constant one becomes zero."""
    column = by_pattern[units.pattern_of_row]
    centre = float(np.sum(column)) / len(column)
    column = column - centre
    scale = float(np.sqrt(np.sum(column * column) / len(column)))
    if scale == 0.0:
        return Numeric(name, 1.0, centre, 1.0, 0), np.zeros_like(column)
    return Numeric(name, 1.0, centre, scale, 0), column / scale


def _joint_test(test: str, smaller: Fit, larger: Fit, year_count: int) -> JointTest:
    compared = compare_models(smaller, larger)
    is_tested = bool(np.isfinite(compared.p_value))
    status = "tested"
    if not is_tested:
        status = "one_year" if year_count < 2 else "separated" if larger.converged else "not_converged"
    return JointTest(
        test=test,
        status=status,
        likelihood_ratio=compared.likelihood_ratio if is_tested else float("nan"),
        degrees_of_freedom=compared.degrees_of_freedom if is_tested else 0,
        p_value=compared.p_value,
        observation_count=larger.observation_count,
        event_count=larger.event_count,
        year_count=year_count,
    )


def _changes(line: Fit, group: str) -> tuple[Coefficient, ...]:
    """The lines as coefficients of the group, with rows and events of the group and p values adjusted over them."""
    found = []
    for coefficient in line.coefficients:
        if coefficient.term.startswith(_LINE):
            of_group = line.coefficient(group, coefficient.term.removeprefix(_LINE))
            is_told = coefficient.status == "estimated" or of_group.status not in {"estimated", "small_group"}
            found.append(
                replace(
                    coefficient,
                    term=group,
                    level=of_group.level,
                    reference_level=of_group.reference_level,
                    status=of_group.status if is_told else coefficient.status,
                    observation_count=of_group.observation_count,
                    event_count=of_group.event_count,
                )
            )
    adjusted = holm_adjust([coefficient.p_value for coefficient in found])
    return tuple(replace(one, p_value_holm=float(p)) for one, p in zip(found, adjusted, strict=True))
