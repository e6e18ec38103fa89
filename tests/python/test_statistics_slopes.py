"""A slope in each group and the joint test of them, against statsmodels on dense matrices; terms added."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from iapt_equity.statistics import (
    Design,
    DesignError,
    Slopes,
    Term,
    build_design,
    fit_linear,
    fit_linear_multilevel,
    fit_logistic,
    fit_logistic_multilevel,
    fit_slopes,
)
from iapt_equity.statistics.programme import Inputs, run_additions_from_relations

OTHERS = ["B", "C"]
TERMS = [Term("group", "categorical", "A"), Term("sex", "categorical", "f"), Term("density", "numeric", unit=0.1)]
NAMES = ["group", "sex", "density"]
PLANTED = {"A": 0.1, "B": 0.1, "C": -0.3}
"""Log odds for a tenth more of density."""


def people(rows: int = 6000, seed: int = 11, slopes: dict[str, float] = PLANTED) -> pd.DataFrame:
    """Three groups that live among their own in different shares, and an outcome of each kind that follows them."""
    rng = np.random.default_rng(seed)
    group = rng.choice(["A", *OTHERS], rows, p=[0.5, 0.3, 0.2])
    low, width = (
        pd.Series(group).map({"A": 0.5, "B": 0.05, "C": 0.0}),
        pd.Series(group).map({"A": 0.45, "B": 0.4, "C": 0.5}),
    )
    density = np.round((low + width * rng.random(rows)).to_numpy(), 4)
    frame = pd.DataFrame({"group": group, "sex": rng.choice(["f", "m"], rows), "density": density})
    frame["cluster"] = rng.integers(0, 20, rows).astype(str)
    effect = rng.normal(0.0, 0.4, 20)[frame["cluster"].astype(int)]
    eta = -0.2 + frame["group"].map(slopes) * frame["density"] * 10 + 0.3 * (frame["sex"] == "m") + effect
    frame["happened"] = rng.random(rows) < 1 / (1 + np.exp(-eta))
    frame["amount"] = 0.5 * eta + rng.normal(0.0, 1.0, rows)
    return frame


def design_of(frame: pd.DataFrame) -> Design:
    columns = {name: frame[name].to_numpy() for name in NAMES}
    outcomes = {name: frame[name].to_numpy(dtype=float) for name in ("happened", "amount")}
    return build_design(columns, TERMS, outcomes, cluster=frame["cluster"].to_numpy())


def fitted(frame: pd.DataFrame, outcome: str = "happened", is_multilevel: bool = False) -> Slopes:
    design = design_of(frame)
    fits: dict[tuple[str, bool], Any] = {
        ("happened", False): fit_logistic,
        ("happened", True): fit_logistic_multilevel,
        ("amount", False): fit_linear,
        ("amount", True): fit_linear_multilevel,
    }
    smaller = fits[outcome, is_multilevel](design, outcome, NAMES, minimum_count=10)
    return fit_slopes(design, smaller, "density", "group", minimum_count=10)


def dense(frame: pd.DataFrame, has_products: bool) -> pd.DataFrame:
    matrix = pd.DataFrame({f"group_{level}": (frame["group"] == level).astype(float) for level in OTHERS})
    matrix["sex"] = (frame["sex"] == "m").astype(float)
    matrix["density"] = frame["density"] * 10
    if has_products:
        for level in OTHERS:
            matrix[f"product_{level}"] = (frame["group"] == level) * frame["density"] * 10
    return sm.add_constant(matrix, prepend=True, has_constant="add")


def oracle_of(frame: pd.DataFrame, outcome: str, has_products: bool) -> Any:
    matrix, values = dense(frame, has_products), frame[outcome].astype(float)
    if outcome == "amount":
        return sm.OLS(values, matrix).fit()
    return sm.GLM(values, matrix, family=sm.families.Binomial()).fit(tol=1e-14, maxiter=100)


@pytest.mark.parametrize("outcome", ["happened", "amount"])
def test_slopes_and_joint_test_are_those_of_the_rows(outcome: str) -> None:
    frame = people()
    found, larger, smaller = fitted(frame, outcome), *(oracle_of(frame, outcome, one) for one in (True, False))
    for row in found.by_level:
        names = ["density"] if row.level == "A" else ["density", f"product_{row.level}"]
        weights = pd.Series(0.0, index=larger.params.index)
        weights[names] = 1.0
        contrast = larger.t_test(weights.to_numpy())
        assert row.slope == pytest.approx(float(np.ravel(contrast.effect)[0]), abs=1e-8)
        assert row.standard_error == pytest.approx(float(np.ravel(contrast.sd)[0]), rel=1e-6)
        low, high = np.ravel(contrast.conf_int())
        assert (row.confidence_low, row.confidence_high) == pytest.approx((low, high), abs=1e-6)
        assert row.p_value == pytest.approx(float(np.ravel(contrast.pvalue)[0]), rel=1e-4, abs=1e-12)
        rows = frame[frame["group"] == row.level]
        assert (row.observation_count, row.unit) == (len(rows), 0.1)
        assert row.level_deviation == pytest.approx(rows["density"].std(), rel=1e-9)
        if outcome == "happened":
            assert row.event_count == rows["happened"].sum()
        if row.level == "A":
            assert np.isnan(row.difference)
        else:
            assert row.difference == pytest.approx(larger.params[f"product_{row.level}"], abs=1e-8)
            assert row.difference_standard_error == pytest.approx(larger.bse[f"product_{row.level}"], rel=1e-6)
    ratio = 2 * (larger.llf - smaller.llf)
    assert (found.test.status, found.test.degrees_of_freedom) == ("tested", 2)
    assert found.test.likelihood_ratio == pytest.approx(ratio, rel=1e-6)
    assert found.test.p_value == pytest.approx(stats.chi2.sf(ratio, 2), rel=1e-5)


def test_linear_slopes_within_clusters_are_those_of_a_mixed_model() -> None:
    frame = people(2000)
    found = fitted(frame, "amount", is_multilevel=True)
    mixed = sm.MixedLM(frame["amount"], dense(frame, True), groups=frame["cluster"]).fit(method="powell")
    assert found.estimator == "linear_multilevel"
    for row in found.by_level:
        of_level = 0.0 if row.level == "A" else mixed.params[f"product_{row.level}"]
        assert row.slope == pytest.approx(mixed.params["density"] + of_level, abs=1e-4)
    likelihoods = [
        sm.MixedLM(frame["amount"], dense(frame, one), groups=frame["cluster"]).fit(reml=False, method="powell").llf
        for one in (True, False)
    ]
    assert found.test.likelihood_ratio == pytest.approx(2 * (likelihoods[0] - likelihoods[1]), rel=1e-3)


@pytest.mark.parametrize("is_multilevel", [False, True])
def test_planted_slopes_are_found_and_told_apart(is_multilevel: bool) -> None:
    found = fitted(people(20_000), is_multilevel=is_multilevel)
    for row in found.by_level:
        assert abs(row.slope - PLANTED[row.level]) < 4 * row.standard_error
        assert row.standard_error < 0.06
    assert found.test.p_value < 1e-6
    by_level = {row.level: row for row in found.by_level}
    assert by_level["C"].difference_p_value_holm < 1e-4 < by_level["B"].difference_p_value_holm


def test_one_slope_for_all_is_not_told_apart() -> None:
    alike = fitted(people(20_000, slopes=dict.fromkeys("ABC", 0.2)), is_multilevel=True)
    assert alike.test.p_value > 0.01
    assert all(abs(row.slope - 0.2) < 4 * row.standard_error for row in alike.by_level)


def test_a_group_of_one_density_has_no_slope_and_leaves_the_others() -> None:
    frame = people()
    frame.loc[frame["group"] == "C", "density"] = 0.3
    found = {row.level: row for row in fitted(frame).by_level}
    assert found["C"].status == "collinear"
    assert np.isnan(found["C"].slope)
    assert found["B"].status == "estimated"
    assert fitted(frame).test.degrees_of_freedom == 1


def test_a_group_of_nobody_is_empty_and_the_reference_may_be_absent() -> None:
    frame = people()
    terms = [Term("group", "categorical", "A", levels=("A", "B", "C", "D")), *TERMS[1:]]

    def of(rows: pd.DataFrame) -> Slopes:
        columns = {name: rows[name].to_numpy() for name in NAMES}
        design = build_design(columns, terms, {"happened": rows["happened"].to_numpy(dtype=float)})
        return fit_slopes(design, fit_logistic(design, "happened", NAMES), "density", "group")

    whole, without_a = of(frame), of(frame[frame["group"] != "A"])
    by_level = {row.level: row for row in whole.by_level}
    assert (by_level["D"].status, by_level["D"].observation_count) == ("empty", 0)
    assert np.isnan(by_level["D"].level_deviation)
    assert whole.test.degrees_of_freedom == 2
    rest = {row.level: row for row in without_a.by_level}
    assert rest["A"].status == "empty"
    assert rest["B"].reference_level == rest["C"].reference_level == "B"
    assert rest["C"].slope == pytest.approx(of(frame[frame["group"] == "C"]).by_level[2].slope, abs=0.05)
    assert without_a.test.degrees_of_freedom == 1


def test_a_group_without_events_is_separated() -> None:
    frame = people()
    frame.loc[frame["group"] == "C", "happened"] = False
    found = {row.level: row for row in fitted(frame).by_level}
    assert found["C"].status == "separated"
    assert np.isnan(found["C"].slope)


def test_one_group_alone_has_nothing_to_be_tested() -> None:
    frame = people()
    assert fitted(frame[frame["group"] == "A"]).test.status == "one_group"


def test_a_model_without_the_number_is_refused() -> None:
    design = design_of(people(200))
    with pytest.raises(DesignError, match="the model holds no 'density' by 'group'"):
        fit_slopes(design, fit_logistic(design, "happened", ["group"]), "density", "group")


ADDED = {"addition": "density", "analysis": "outcome", "base_model": 1, "cluster_column": "cluster",
         "since_column": None, "reference_level": None, "is_also_by_group": False}  # fmt: skip


def seeds() -> dict[str, list[dict[str, Any]]]:
    """A main analysis of two models; added to the first: sex from the start, then density, also by group."""
    term = {"analysis": "outcome", "since_column": None, "unit": None}
    outcome = {"analysis": "outcome", "outcome_order": 1, "outcome": "happened", "outcome_column": "happened",
               "family": "logistic", "source_model": "mart", "measure": "none", "cluster_column": None,
               "year_term": None}  # fmt: skip
    return {
        "terms": [
            {**term, "term_order": 1, "first_model": 1, "term": "ethnic_group", "source_column": "group",
             "kind": "categorical", "reference_level": "A", "missing_policy": "leave_out"},
            {**term, "term_order": 2, "first_model": 2, "term": "age", "source_column": "age", "kind": "numeric",
             "reference_level": None, "missing_policy": "complete_case"},
        ],
        "outcomes": [outcome],
        "rules": [{"measure": "other", "rule_order": 1, "column_name": "group", "column_value": None,
                   "row_fate": "unknown"}],
        "settings": [{"setting": "minimum_count", "value": "10"}],
        "additions": [
            {**ADDED, "term_order": 1, "first_model": 1, "term": "sex", "source_column": "sex", "kind": "categorical",
             "reference_level": "f", "missing_policy": "level", "unit": None},
            {**ADDED, "term_order": 2, "first_model": 2, "term": "density", "source_column": "density",
             "kind": "numeric", "missing_policy": "leave_out", "unit": 0.1, "is_also_by_group": True},
        ],
    }  # fmt: skip


def run(frame: pd.DataFrame, rows: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    connection = duckdb.connect()

    def relation(name: str) -> Any:
        connection.register(name, pd.DataFrame(rows[name]))
        return connection.table(name)

    connection.register("mart_rows", frame)
    seeds = {name: relation(name) for name in ("terms", "outcomes", "rules", "settings")}
    inputs = Inputs(**seeds, marts={"mart": connection.table("mart_rows")})
    found = run_additions_from_relations(inputs, relation("additions"))
    return list(found.to_pylist())


def test_added_terms_stand_on_the_base_model_on_the_same_rows() -> None:
    """Model 1 is the base with sex, not the age of Model 2; both leave out those whose density is not known."""
    frame = people(3000).assign(age=40.0)
    frame.loc[frame.index[:200], "density"] = np.nan
    known = frame.dropna(subset=["density"])
    found = {(row["model"], row["estimator"]): row for row in run(frame, seeds())}
    assert set(found) == {
        (model, kind) for model in ("model_1", "model_2") for kind in ("logistic", "logistic_multilevel")
    }
    larger = oracle_of(known, "happened", False)
    base = sm.GLM(
        known["happened"].astype(float), dense(known, False).drop(columns="density"), family=sm.families.Binomial()
    ).fit(tol=1e-14)
    second = found["model_2", "logistic"]
    assert {row["observation_count"] for row in found.values()} == {len(known)}
    assert second["addition"] == "density"
    assert second["model_comparison"]["likelihood_ratio"] == pytest.approx(2 * (larger.llf - base.llf), rel=1e-7)
    (density,) = (row for row in second["estimates"] if row["term"] == "density")
    assert density["estimate"] == pytest.approx(larger.params["density"], abs=1e-9)
    assert {row["term"] for row in found["model_1", "logistic"]["estimates"]} == {"intercept", "ethnic_group", "sex"}
    # Slopes are those within clusters, and stand in the model that has the number.
    assert [row["level"] for row in second["group_slopes"]] == ["A", *OTHERS]
    assert {row["slope_estimator"] for row in second["group_slopes"]} == {"logistic_multilevel"}
    direct = fitted(known, is_multilevel=True)
    assert [row["slope"] for row in second["group_slopes"]] == pytest.approx(
        [row.slope for row in direct.by_level], abs=1e-6
    )
    # Of the people in the model: without those whose density is not known.
    assert [row["level_deviation"] for row in second["group_slopes"]] == pytest.approx(
        list(known.groupby("group")["density"].std()), rel=1e-9
    )
    assert second["slope_tests"][0]["p_value"] == pytest.approx(direct.test.p_value, rel=1e-4)
    assert found["model_1", "logistic"]["group_slopes"] == []


@pytest.mark.parametrize("change", [{"analysis": "absent"}, {"base_model": 9}, {"base_model": 2}])
def test_additions_that_stand_on_nothing_are_refused(change: dict[str, Any]) -> None:
    rows = seeds()
    rows["additions"][1] |= change
    with pytest.raises(DesignError, match="regression_added_terms: 'density' does not stand on one model of"):
        run(people(200), rows)
