"""What goes wrong in real data: each case detected, named and marked, with the rest of the fit exact."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from iapt_equity.statistics import (
    DesignError,
    Fit,
    FitError,
    Term,
    build_design,
    collapse,
    fit_linear,
    fit_linear_multilevel,
    fit_logistic,
    fit_logistic_multilevel,
)
from iapt_equity.statistics.slopes import fit_slopes
from statistics_support import TERMS, design_of, model_matrix, simulate
from test_statistics_single import errors, estimates

NAMES = tuple(term.name for term in TERMS)


def statuses(fit: Fit) -> dict[str, str]:
    return {f"{c.term}={c.level}" if c.level else c.term: c.status for c in fit.coefficients}


def design(frame: pd.DataFrame, terms: list[Term], outcome: str = "y", **more: object):
    return build_design({t.name: frame[t.name].to_numpy() for t in terms}, terms, {outcome: frame[outcome]}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [False, True])
def test_level_without_variation(value: bool) -> None:
    """A level with no events (or nothing but): marked and named; the rest is the limit of the estimates."""
    frame = simulate(3000).frame
    frame.loc[frame["group"] == "E", "happened"] = value
    for fitter in (fit_logistic, fit_logistic_multilevel):
        fit = fitter(design_of(frame), "happened", NAMES)
        assert fit.status == "separated"
        assert statuses(fit)["group=E"] == "separated"
        assert np.isnan(fit.coefficient("group", "E").estimate)
        assert fit.coefficient("group", "E").observation_count == (frame["group"] == "E").sum()
        assert any("group = E" in note for note in fit.notes)
    rest = frame[frame["group"] != "E"]
    oracle = sm.Logit(rest["happened"].astype(float), model_matrix(rest)).fit(disp=0, method="newton", tol=1e-14)
    fit = fit_logistic(design_of(frame), "happened", NAMES)
    known = ~np.isnan(estimates(fit))
    np.testing.assert_allclose(estimates(fit)[known], oracle.params, atol=1e-10)
    np.testing.assert_allclose(errors(fit)[known], oracle.bse, rtol=1e-8)
    assert fit.observation_count == len(frame)


def test_reference_level_without_events() -> None:
    frame = simulate(3000).frame
    frame.loc[frame["group"] == "A", "happened"] = False
    fit = fit_logistic(design_of(frame), "happened", NAMES)
    assert [c.status for c in fit.coefficients if c.term == "group"] == ["separated"] * 4
    assert all(c.reference_level == "A" for c in fit.coefficients if c.term == "group")
    rest = frame[frame["group"] != "A"]
    oracle = sm.Logit(rest["happened"].astype(float), model_matrix(rest)).fit(disp=0, method="newton", tol=1e-14)
    assert fit.coefficient("sex", "m").estimate == pytest.approx(oracle.params["sex_m"], abs=1e-10)
    assert fit.coefficient("age").standard_error == pytest.approx(oracle.bse["age"], rel=1e-8)


def test_levels_of_two_factors_that_separate_together() -> None:
    """No level separates alone, two of them do together: quasi-complete separation found from the search."""
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"a": np.repeat(["x", "y"], 200), "b": np.tile(np.repeat(["p", "q"], 100), 2)})
    frame["y"] = rng.random(400) < 0.5
    # Cells (x, p) never, (y, q) always, (x, q) and (y, p) mixed: the direction a + b separates the two corners.
    frame.loc[(frame["a"] == "x") & (frame["b"] == "p"), "y"] = False
    frame.loc[(frame["a"] == "y") & (frame["b"] == "q"), "y"] = True
    mixed = (frame["a"] == "x") == (frame["b"] == "q")
    assert frame.loc[mixed, "y"].nunique() == 2
    fit = fit_logistic(design(frame, [Term("a", "categorical"), Term("b", "categorical")]), "y", ["a", "b"])
    assert fit.status == "separated"
    assert statuses(fit)["a=y"] == statuses(fit)["b=q"] == "separated"
    assert all(np.isnan(c.estimate) or abs(c.estimate) < 20 for c in fit.coefficients)


def test_numeric_covariate_that_separates_completely() -> None:
    frame = pd.DataFrame({"x": np.arange(40.0), "z": np.random.default_rng(5).normal(size=40)})
    frame["y"] = frame["x"] > 19
    fit = fit_logistic(design(frame, [Term("x", "numeric"), Term("z", "numeric")]), "y", ["x", "z"])
    assert fit.status == "separated"
    assert statuses(fit)["x"] == "separated"
    assert np.isnan(fit.coefficient("x").estimate)


def test_no_false_alarm_for_rare_events_and_strong_effects() -> None:
    rng = np.random.default_rng(6)
    frame = pd.DataFrame({"g": rng.choice(["a", "b"], 50_000, p=[0.99, 0.01]), "x": rng.normal(size=50_000)})
    frame["y"] = rng.random(50_000) < 1 / (1 + np.exp(-(-7 + 3 * (frame["g"] == "b") + 2 * frame["x"])))
    fit = fit_logistic(design(frame, [Term("g", "categorical"), Term("x", "numeric")]), "y", ["g", "x"])
    oracle = sm.Logit(
        frame["y"].astype(float), np.column_stack([np.ones(50_000), frame["g"] == "b", frame["x"]]).astype(float)
    ).fit(disp=0, method="newton", tol=1e-14)
    assert fit.status == "converged"
    np.testing.assert_allclose(estimates(fit), oracle.params, atol=1e-9)


def test_constant_and_collinear_covariates() -> None:
    frame = simulate(1000).frame.assign(constant=3.0)
    frame["twice"] = 2 * frame["age"] + 1
    frame["same"] = np.where(frame["group"] == "B", "yes", "no")
    terms = [*TERMS, Term("constant", "numeric"), Term("twice", "numeric"), Term("same", "categorical")]
    data = build_design(
        {t.name: frame[t.name].to_numpy() for t in terms}, terms,
        {"happened": frame["happened"], "amount": frame["amount"]}, cluster=frame["cluster"].astype(str),
    )  # fmt: skip
    names = [t.name for t in terms]
    for fitter, outcome in (
        (fit_logistic, "happened"), (fit_linear, "amount"), (fit_logistic_multilevel, "happened"),
        (fit_linear_multilevel, "amount"),
    ):  # fmt: skip
        fit = fitter(data, outcome, names)
        without = fitter(data, outcome, NAMES)
        assert fit.converged
        assert statuses(fit)["constant"] == statuses(fit)["twice"] == "collinear"
        # Factors come before numbers in the matrix, and the later factor gives way.
        assert statuses(fit)["same=yes"] == "collinear"
        assert {note.split(":")[0] for note in fit.notes} >= {"constant", "twice", "same = yes"}
        kept = [fit.coefficient(c.term, c.level).estimate for c in without.coefficients]
        np.testing.assert_allclose(kept, estimates(without), atol=1e-6)


def test_empty_level_and_empty_reference() -> None:
    frame = simulate(1000).frame
    terms = [Term("group", "categorical", "A", levels=("A", "B", "C", "D", "E", "F")), Term("sex", "categorical")]
    fit = fit_logistic(design(frame, terms, "happened"), "happened", ["group", "sex"])
    assert statuses(fit)["group=F"] == "empty"
    assert fit.status == "converged"
    terms = [Term("group", "categorical", "F", levels=("A", "B", "C", "D", "E", "F"))]
    fit = fit_logistic(design(frame, terms, "happened"), "happened", ["group"])
    # Compared with the largest level instead, and every row says so.
    assert {c.reference_level for c in fit.coefficients if c.term == "group"} == {"A"}
    assert any("reference level F" in note for note in fit.notes)
    usual = fit_logistic(design_of(frame), "happened", ["group"])
    assert fit.coefficient("group", "B").estimate == pytest.approx(usual.coefficient("group", "B").estimate, abs=1e-12)


def test_small_groups_are_marked_not_hidden() -> None:
    frame = simulate(400).frame
    few = int((frame["group"] == "E").sum())
    fit = fit_logistic(design_of(frame), "happened", ["group"], minimum_count=few + 1)
    assert fit.coefficient("group", "E").status == "small_group"
    assert np.isfinite(fit.coefficient("group", "E").estimate)
    assert fit.coefficient("group", "B").status == "estimated"


def test_outcome_that_does_not_vary() -> None:
    frame = simulate(300).frame.assign(happened=True)
    for fitter in (fit_logistic, fit_logistic_multilevel):
        fit = fitter(design_of(frame), "happened", NAMES)
        assert fit.status == "no_variation"
        assert not fit.converged
        assert np.all(np.isnan(estimates(fit)))


def test_fewer_rows_than_columns() -> None:
    frame = simulate(5).frame
    data = design_of(frame)
    logistic = fit_logistic(data, "happened", NAMES)
    assert logistic.status in {"separated", "no_variation"}
    linear = fit_linear(data, "amount", NAMES)
    assert linear.status == "no_variation"
    assert np.isnan(linear.residual_variance)
    assert fit_linear_multilevel(data, "amount", NAMES).status == "no_variation"


def test_infinite_and_missing_values_are_refused_by_name_and_count() -> None:
    frame = simulate(100).frame
    frame.loc[:2, "age"] = np.inf
    with pytest.raises(DesignError, match=r"'age': 3 infinite values"):
        design_of(frame)
    frame = simulate(100).frame
    frame.loc[:4, "score"] = np.nan
    with pytest.raises(DesignError, match=r"'score': 5 missing values"):
        design(frame, [Term("score", "numeric", missing="refuse")], "happened")
    frame = simulate(100).frame
    frame.loc[:1, "amount"] = np.nan
    with pytest.raises(DesignError, match=r"'amount': 2 missing or infinite values inside its sample"):
        design_of(frame)
    with pytest.raises(DesignError, match=r"weights: 1 values"):
        design_of(simulate(10).frame, weights=[1.0] * 9 + [-1.0])


def test_words_instead_of_wrong_answers() -> None:
    sample = simulate(100)
    with pytest.raises(DesignError, match="other than 0 and 1"):
        fit_logistic(sample.design, "amount", NAMES)
    with pytest.raises(DesignError, match="no outcome"):
        fit_logistic(sample.design, "absent", NAMES)
    with pytest.raises(DesignError, match="terms not in the design: absent"):
        fit_logistic(sample.design, "happened", ["absent"])
    with pytest.raises(DesignError, match="differ in length"):
        build_design({"x": [1.0, 2.0]}, [Term("x", "numeric")], {"y": [1]})
    with pytest.raises(DesignError, match="reference level"):
        build_design({"x": ["a", "b"]}, [Term("x", "categorical", "c")], {"y": [0, 1]})
    with pytest.raises(DesignError, match="cluster"):
        fit_logistic_multilevel(design(sample.frame, [TERMS[0]], "happened"), "happened", ["group"])
    empty = build_design({"x": ["a", "b"]}, [Term("x", "categorical")], {"y": [0, 1]}, {"y": [False, False]})
    with pytest.raises(FitError, match="no row is left"):
        fit_logistic(empty, "y", ["x"])


def test_counts_do_not_overflow() -> None:
    """Small integer columns and weights whose sums pass the range of 8, 16 and 32 bits."""
    rows = 70_000
    frame = pd.DataFrame({"g": np.where(np.arange(rows) % 3 == 0, "a", "b"), "y": (np.arange(rows) % 7 == 0)})
    terms = [Term("g", "categorical")]
    weights = np.full(rows, 65_000, dtype=np.uint16)
    data = build_design(
        {"g": frame["g"].to_numpy()}, terms, {"y": frame["y"].to_numpy().astype(np.int8)}, weights=weights
    )
    fit = fit_logistic(data, "y", ["g"])
    assert fit.observation_count == rows * 65_000 > 2**32 - 1
    assert fit.event_count == int(frame["y"].sum()) * 65_000
    units = collapse(data, ["g"], by_cluster=False)
    assert units is not None
    assert fit_logistic(units, "y", ["g"]).observation_count == rows * 65_000
    share = frame.groupby("g")["y"].mean()
    expected = np.log(share["b"] / (1 - share["b"])) - np.log(share["a"] / (1 - share["a"]))
    assert fit.coefficient("g", "b").estimate == pytest.approx(expected, abs=1e-10)


def test_extreme_scales() -> None:
    """Columns twelve orders of magnitude apart give the same fit as scaled ones."""
    sample = simulate(2000)
    frame = sample.frame.assign(age=sample.frame["age"] * 1e6 + 1e9, score=sample.frame["score"] * 1e-6)
    terms = (TERMS[0], TERMS[1], Term("age", "numeric", unit=1e7), Term("score", "numeric", unit=1e-6))
    moved = fit_logistic(design_of(frame, terms), "happened", NAMES)
    usual = fit_logistic(sample.design, "happened", NAMES)
    np.testing.assert_allclose(estimates(moved)[1:], estimates(usual)[1:], rtol=1e-8)


def test_a_search_that_does_not_end_gives_no_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = simulate(500)
    monkeypatch.setattr("iapt_equity.statistics.single.MAXIMUM_ITERATIONS", 1)
    for fitter in (fit_logistic, fit_logistic_multilevel):
        fit = fitter(sample.design, "happened", NAMES)
        assert fit.status == "not_converged"
        assert not fit.converged
        assert np.all(np.isnan(estimates(fit)))
    monkeypatch.undo()
    monkeypatch.setattr("iapt_equity.statistics.multilevel._MAXIMUM_STEPS", 1)
    fit = fit_logistic_multilevel(sample.design, "happened", NAMES)
    assert fit.status == "not_converged"
    assert np.all(np.isnan(estimates(fit)))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("clusters", [2, 4])
def test_few_rows_end_in_words_not_in_errors(clusters: int) -> None:
    """Some ten rows: whatever cannot be estimated is named, by every estimator and with slopes of their own.

    A pilot of 200 referrals has such groups: an error here would be one of the whole build.
    """
    fitters = {fit_logistic: "happened", fit_logistic_multilevel: "happened", fit_linear_multilevel: "amount"}
    endings = set()
    for rows, seed in product((8, 12, 15), range(20)):
        try:
            few = simulate(rows, seed, clusters).design
        except DesignError:
            continue  # the reference level is not among the rows
        for fitter, outcome in fitters.items():
            fit = fitter(few, outcome, NAMES)
            endings.add((fitter, fit.status))
            if not fit.converged:
                assert fit.notes
                assert np.all(np.isnan(estimates(fit)))
                continue
            slopes = fit_slopes(few, fit, "age", "group")
            assert slopes.estimator == fit.estimator
            if slopes.test.status == "tested":
                assert 0.0 <= slopes.test.p_value <= 1.0
            else:
                assert np.isnan(slopes.test.p_value)
    assert {(fit_logistic_multilevel, "separated"), (fit_linear_multilevel, "converged")} <= endings


@pytest.mark.parametrize("within", [0.0, 1e-9, 1e-5])
def test_clusters_that_explain_every_residual_give_no_variance(within: float) -> None:
    """Rows of a cluster all alike: the likelihood rises with the variance between clusters, which is not zero."""
    fit = of_four_clusters(within)
    assert fit.status == "not_converged"
    assert any("varies within clusters" in note for note in fit.notes)
    assert np.all(np.isnan(estimates(fit)))


@pytest.mark.parametrize("rows", [6, 9, 12, 30])
def test_a_number_that_follows_from_the_others_leaves_no_variance_to_be_shared(rows: int) -> None:
    """What rounding leaves of a straight line would be shared out between clusters and rows."""
    x = np.linspace(0.1, 2.3, rows)
    frame = pd.DataFrame({"x": x, "y": 0.1 + 0.7 * x})
    fit = fit_linear_multilevel(design(frame, [Term("x", "numeric")], cluster=np.resize(list("abc"), rows)), "y", ["x"])
    assert fit.status == "no_variation"
    assert fit.variance is None


def test_clusters_that_explain_nearly_every_residual_are_those_of_the_analysis_of_variance() -> None:
    fit = of_four_clusters(0.1)
    # Balanced groups: restricted likelihood gives the mean squares' own estimates. Means 0, 3, -2 and 7 are of three
    # rows with the same deviations 0.1, 0 and -0.1: 3 * 46 / 3 between and 4 * 0.02 / 8 within.
    assert fit.variance is not None
    assert fit.variance.residual_variance == pytest.approx(0.01, rel=1e-6)
    assert fit.variance.variance == pytest.approx((46.0 - 0.01) / 3, rel=1e-6)


def of_four_clusters(within: float) -> Fit:
    values = np.repeat([0.0, 3.0, -2.0, 7.0], 3) + within * np.tile([1.0, 0.0, -1.0], 4)
    clusters = np.repeat(list("abcd"), 3)
    units = build_design({"x": np.arange(12.0)}, [Term("x", "numeric")], {"y": values}, cluster=clusters)
    return fit_linear_multilevel(units, "y", [])
