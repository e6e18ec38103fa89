"""Contrasts by year, their change and the joint tests, against statsmodels on the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from iapt_equity.statistics import DesignError, Term, Years, build_design, collapse, fit_years

LEVELS, YEARS = ["B", "C"], ["2015-16", "2016-17", "2018-19"]
TERMS = [
    Term("group", "categorical", "A"),
    Term("age", "numeric", unit=10.0),
    Term("sex", "categorical", "f"),
    Term("year", "categorical"),
]


def referrals(rows: int = 6000, widening: float = 0.25, seed: int = 4) -> pd.DataFrame:
    """People of three groups over three years, one left out between; the gap of B opens a step a year."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "group": rng.choice(["A", *LEVELS], rows, p=[0.5, 0.3, 0.2]),
            "age": rng.integers(18, 80, rows).astype(float),
            "sex": rng.choice(["f", "m"], rows),
            "year": rng.choice(YEARS, rows),
        }
    )
    since = frame["year"].str[:4].astype(int) - 2015
    eta = 0.4 - widening * since * (frame["group"] == "B") - 0.3 * (frame["group"] == "C") + 0.1 * since
    eta += 0.01 * (frame["age"] - 45)
    frame["accessed"] = rng.random(rows) < 1 / (1 + np.exp(-eta))
    return frame


def fitted(frame: pd.DataFrame, names: list[str], is_collapsed: bool = True) -> Years:
    columns = {term.name: frame[term.name].to_numpy() for term in TERMS}
    design = build_design(columns, TERMS, {"accessed": frame["accessed"].to_numpy()})
    units = collapse(design, [*names, "year"], by_cluster=False, worthwhile=1.0) if is_collapsed else design
    assert units is not None
    return fit_years(units, "accessed", names, "group", "year", minimum_count=10)


def dense(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    matrix = pd.DataFrame({f"group_{level}": frame["group"] == level for level in LEVELS}).astype(float)
    if "age" in names:
        matrix["age"] = frame["age"] / 10.0
        matrix["sex"] = (frame["sex"] == "m").astype(float)
    return sm.add_constant(matrix, prepend=True, has_constant="add")


def fit_rows(frame: pd.DataFrame, matrix: pd.DataFrame) -> Any:
    family = sm.families.Binomial()
    return sm.GLM(frame["accessed"].astype(float), matrix, family=family).fit(tol=1e-14, maxiter=100)


def with_years(frame: pd.DataFrame, names: list[str]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Dense matrices of the pooled model, of group by year, and of group by a line in the year."""
    pooled = dense(frame, names)
    for year in YEARS[1:]:
        pooled[year] = (frame["year"] == year).astype(float)
    products, line = pooled.copy(), pooled.copy()
    for level in LEVELS:
        line[f"line_{level}"] = (frame["group"] == level) * (frame["year"].str[:4].astype(int) - 2015.0)
        for year in YEARS[1:]:
            products[f"{level}_{year}"] = ((frame["group"] == level) & (frame["year"] == year)).astype(float)
    return pooled, products, line


@pytest.mark.parametrize("names", [["group"], ["group", "age", "sex", "year"]])
@pytest.mark.parametrize("is_collapsed", [True, False])
def test_each_year_is_the_fit_of_its_rows(names: list[str], is_collapsed: bool) -> None:
    frame = referrals()
    found = fitted(frame, names, is_collapsed)
    assert [one.year for one in found.fits] == YEARS
    for one in found.fits:
        rows = frame[frame["year"] == one.year]
        oracle = fit_rows(rows, dense(rows, names))
        assert round(one.fit.observation_count) == len(rows)
        assert round(one.fit.event_count) == rows["accessed"].sum()
        for level in LEVELS:
            contrast = one.fit.coefficient("group", level)
            assert contrast.estimate == pytest.approx(oracle.params[f"group_{level}"], abs=1e-9)
            assert contrast.standard_error == pytest.approx(oracle.bse[f"group_{level}"], rel=1e-7)
            assert round(contrast.observation_count) == (rows["group"] == level).sum()


@pytest.mark.parametrize("names", [["group"], ["group", "age", "sex", "year"]])
def test_changes_and_joint_tests_are_those_of_the_rows(names: list[str]) -> None:
    """The likelihood-ratio tests and the lines of statsmodels on dense matrices; the Wald test is near both."""
    frame = referrals()
    found = fitted(frame, names)
    pooled, products, line = (fit_rows(frame, matrix) for matrix in with_years(frame, names))
    for level, change in zip(LEVELS, found.changes, strict=True):
        assert (change.level, change.reference_level, change.term) == (level, "A", "group")
        assert change.estimate == pytest.approx(line.params[f"line_{level}"], abs=1e-9)
        assert change.standard_error == pytest.approx(line.bse[f"line_{level}"], rel=1e-7)
        assert change.p_value == pytest.approx(line.pvalues[f"line_{level}"], rel=1e-6)
    for test, larger, columns, degrees in (
        ("any_change", products, [f"{level}_{year}" for level in LEVELS for year in YEARS[1:]], 4),
        ("straight_line", line, [f"line_{level}" for level in LEVELS], 2),
    ):
        (row,) = (row for row in found.tests if row.test == test)
        ratio = 2 * (larger.llf - pooled.llf)
        assert (row.status, row.degrees_of_freedom, row.year_count) == ("tested", degrees, 3)
        assert row.likelihood_ratio == pytest.approx(ratio, rel=1e-7)
        assert row.p_value == pytest.approx(stats.chi2.sf(ratio, degrees), rel=1e-5)
        restrictions = np.eye(len(larger.params))[[larger.params.index.get_loc(name) for name in columns]]
        wald = float(larger.wald_test(restrictions, scalar=True).statistic)
        assert row.likelihood_ratio == pytest.approx(wald, rel=0.05)


def test_a_gap_that_opens_is_told_from_one_that_stays() -> None:
    opening, still = fitted(referrals(20_000), ["group"]), fitted(referrals(20_000, widening=0.0), ["group"])
    assert all(test.p_value < 1e-6 for test in opening.tests)
    assert opening.changes[0].confidence_low < -0.25 < opening.changes[0].confidence_high < 0
    assert opening.changes[0].p_value_holm < 1e-6
    assert all(test.p_value > 0.05 for test in still.tests)


def test_the_lines_count_years_and_not_their_order() -> None:
    """2017-18 is not there: from 2016-17 to 2018-19 the line takes two steps."""
    frame = referrals(4000)
    renamed = frame.assign(year=frame["year"].replace({"2018-19": "2017-18"}))
    assert fitted(frame, ["group"]).changes[0].estimate != pytest.approx(
        fitted(renamed, ["group"]).changes[0].estimate, abs=1e-3
    )


def test_a_group_without_an_event_in_a_year_leaves_no_test_of_any_change() -> None:
    frame = referrals(2000)
    frame.loc[(frame["group"] == "C") & (frame["year"] == YEARS[1]), "accessed"] = False
    found = fitted(frame, ["group"])
    any_change, line = found.tests
    assert (any_change.status, any_change.degrees_of_freedom) == ("separated", 0)
    assert np.isnan(any_change.p_value)
    assert line.status == "tested"
    (alone,) = (one.fit for one in found.fits if one.year == YEARS[1])
    assert alone.coefficient("group", "C").status == "separated"


def test_a_single_year_is_no_change() -> None:
    frame = referrals(1000)
    found = fitted(frame[frame["year"] == YEARS[0]], ["group"])
    assert found.changes == ()
    assert {test.status for test in found.tests} == {"one_year"}


def test_rows_of_an_unknown_year_take_no_part() -> None:
    frame = referrals(3000)
    unknown = frame.assign(year=[None if i % 10 == 0 else year for i, year in enumerate(frame["year"])])
    found, expected = fitted(unknown, ["group"]), fitted(unknown.dropna(), ["group"])
    assert [one.year for one in found.fits] == YEARS
    assert found.tests[0].observation_count == len(unknown.dropna())
    assert found.tests[0].likelihood_ratio == pytest.approx(expected.tests[0].likelihood_ratio, rel=1e-9)


def test_no_row_of_the_reference_group_compares_with_the_largest() -> None:
    frame = referrals(3000)
    rest = frame[frame["group"] != "A"]
    codes = (np.where(rest["group"] == "B", 1, 2), ["A", "B", "C"])
    columns = {"group": codes, "year": rest["year"].to_numpy()}
    design = build_design(columns, [TERMS[0], TERMS[3]], {"accessed": rest["accessed"].to_numpy()})
    found = fit_years(design, "accessed", ["group"], "group", "year")
    statuses = {change.level: (change.status, change.reference_level) for change in found.changes}
    assert statuses == {"A": ("empty", "B"), "C": ("estimated", "B")}
    line = (rest["group"] == "C") * (rest["year"].str[:4].astype(int) - 2015.0)
    matrix = pd.DataFrame({"group_C": rest["group"] == "C", "line": line}).astype(float)
    for year in YEARS[1:]:
        matrix[year] = (rest["year"] == year).astype(float)
    oracle = fit_rows(rest, sm.add_constant(matrix))
    assert found.changes[1].estimate == pytest.approx(oracle.params["line"], abs=1e-9)
    assert [test.degrees_of_freedom for test in found.tests] == [2, 1]


def test_an_unknown_outcome_is_refused() -> None:
    design = build_design({"group": ["A", "B"], "year": ["2015-16"] * 2}, [TERMS[0], TERMS[3]], {"accessed": [0, 1]})
    with pytest.raises(DesignError):
        fit_years(design, "absent", ["group"], "group", "year")
