"""Predictions, comparisons and the programme of fits, against rows, statsmodels and the bootstrap's own logic."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import special

from iapt_equity.statistics import (
    DesignError,
    StatisticsError,
    Term,
    average_adjusted_predictions,
    build_design,
    coefficient_changes,
    compare_models,
    fit_linear,
    fit_linear_multilevel,
    fit_logistic,
    fit_logistic_multilevel,
)
from iapt_equity.statistics.programme import Inputs, run_from_relations
from iapt_equity.statistics.running import run_programme
from iapt_equity.statistics.specification import read_settings, read_specification
from statistics_support import TERMS, model_matrix, simulate

NAMES = tuple(term.name for term in TERMS)


def test_predictions_by_rows_and_statsmodels() -> None:
    """Every row given every group in turn; the delta method with the gradient of the rows."""
    sample = simulate(5000)
    fit = fit_logistic(sample.design, "happened", NAMES)
    matrix = model_matrix(sample.frame)
    oracle = sm.Logit(sample.frame["happened"].astype(float), matrix).fit(disp=0, method="newton", tol=1e-14)
    covariance = oracle.cov_params().to_numpy()
    gradients, values = {}, {}
    for level in "ABCDE":
        changed = matrix.copy()
        changed[[c for c in changed if c.startswith("group_")]] = 0.0
        if level != "A":
            changed[f"group_{level}"] = 1.0
        p = special.expit(changed.to_numpy() @ oracle.params.to_numpy())
        values[level] = p.mean()
        gradients[level] = (changed.to_numpy() * (p * (1 - p))[:, None]).mean(axis=0)
    found = average_adjusted_predictions(fit, "group")
    assert [prediction.level for prediction in found] == list("ABCDE")
    for prediction in found:
        gradient, contrast = gradients[prediction.level], gradients[prediction.level] - gradients["A"]
        assert prediction.population == "single_level"
        assert prediction.prediction == pytest.approx(values[prediction.level], abs=1e-9)
        assert prediction.standard_error == pytest.approx(np.sqrt(gradient @ covariance @ gradient), rel=1e-5)
        assert prediction.difference == pytest.approx(values[prediction.level] - values["A"], abs=1e-9)
        if prediction.level != "A":
            error = np.sqrt(contrast @ covariance @ contrast)
            assert prediction.difference_standard_error == pytest.approx(error, rel=1e-5)
            assert prediction.difference_low == pytest.approx(
                prediction.difference - 1.959963984540054 * error, rel=1e-4
            )


def test_model_one_predicts_the_observed_shares() -> None:
    sample = simulate(5000)
    found = average_adjusted_predictions(fit_logistic(sample.design, "happened", ["group"]), "group")
    shares = sample.frame.groupby("group")["happened"].mean()
    np.testing.assert_allclose([p.prediction for p in found], shares, atol=1e-12)


def test_population_average_by_simulation_of_effects() -> None:
    sample = simulate(4000, clusters=40, sigma=1.5)
    fit = fit_logistic_multilevel(sample.design, "happened", NAMES)
    assert fit.variance is not None
    found = {(p.population, p.level): p for p in average_adjusted_predictions(fit, "group")}
    matrix = model_matrix(sample.frame)
    beta = np.array([c.estimate for c in fit.coefficients])
    grid = special.ndtri((np.arange(2000) + 0.5) / 2000) * np.sqrt(fit.variance.variance)
    for level in "AD":
        changed = matrix.copy()
        changed[[c for c in changed if c.startswith("group_")]] = 0.0
        if level != "A":
            changed[f"group_{level}"] = 1.0
        eta = changed.to_numpy() @ beta
        assert found["cluster_effect_zero", level].prediction == pytest.approx(special.expit(eta).mean(), abs=1e-9)
        averaged = np.mean([special.expit(eta + u).mean() for u in grid])
        assert found["population_averaged", level].prediction == pytest.approx(averaged, abs=2e-5)
        # With a variance like this the two differ, by Jensen's inequality towards one half.
        assert abs(averaged - 0.5) < abs(special.expit(eta).mean() - 0.5)


def test_predictions_of_linear_models() -> None:
    sample = simulate(3000)
    fit = fit_linear(sample.design, "amount", NAMES)
    found = {p.level: p for p in average_adjusted_predictions(fit, "group")}
    coefficient = fit.coefficient("group", "B")
    assert found["B"].difference == pytest.approx(coefficient.estimate, abs=1e-12)
    assert found["B"].difference_standard_error == pytest.approx(coefficient.standard_error, rel=1e-9)
    assert found["B"].difference_high == pytest.approx(coefficient.confidence_high, rel=1e-9)
    oracle = sm.OLS(sample.frame["amount"], model_matrix(sample.frame)).fit()
    changed = model_matrix(sample.frame).assign(group_B=1.0, group_C=0.0, group_D=0.0, group_E=0.0)
    assert found["B"].prediction == pytest.approx(oracle.predict(changed).mean(), abs=1e-10)


def test_predictions_leave_out_what_is_not_estimated() -> None:
    frame = simulate(2000).frame
    frame.loc[frame["group"] == "E", "happened"] = False
    design = build_design(
        {"group": frame["group"].to_numpy()}, [Term("group", "categorical", "A")], {"happened": frame["happened"]}
    )
    found = average_adjusted_predictions(fit_logistic(design, "happened", ["group"]), "group")
    assert [p.level for p in found] == list("ABCD")
    with pytest.raises(StatisticsError, match="no categorical term"):
        average_adjusted_predictions(fit_logistic(design, "happened", ["group"]), "sex")


def test_likelihood_ratio_and_criteria() -> None:
    sample = simulate()
    smaller = fit_logistic(sample.design, "happened", ["group"])
    larger = fit_logistic(sample.design, "happened", NAMES)
    result = compare_models(smaller, larger)
    matrix, outcome = model_matrix(sample.frame), sample.frame["happened"].astype(float)
    big = sm.Logit(outcome, matrix).fit(disp=0, method="newton", tol=1e-14)
    small = sm.Logit(outcome, matrix.iloc[:, :5]).fit(disp=0, method="newton", tol=1e-14)
    assert result.likelihood_ratio == pytest.approx(2 * (big.llf - small.llf), abs=1e-8)
    assert result.degrees_of_freedom == 3
    assert result.p_value == pytest.approx(special.chdtrc(3, 2 * (big.llf - small.llf)), rel=1e-8)
    assert result.aic == pytest.approx(big.aic, abs=1e-8)
    assert result.bic == pytest.approx(big.bic, abs=1e-8)
    assert result.pseudo_r_squared == pytest.approx(big.prsquared, abs=1e-8)
    assert result.aic_change == pytest.approx(big.aic - small.aic, abs=1e-8)
    alone = compare_models(None, smaller)
    assert alone.likelihood_ratio == pytest.approx(small.llr, abs=1e-6)
    linear = compare_models(None, fit_linear(sample.design, "amount", NAMES))
    assert linear.pseudo_r_squared == pytest.approx(sm.OLS(sample.frame["amount"], matrix).fit().rsquared, abs=1e-10)
    multilevel = compare_models(
        fit_linear_multilevel(sample.design, "amount", ["group"]), fit_linear_multilevel(sample.design, "amount", NAMES)
    )
    models = [
        sm.MixedLM(sample.frame["amount"], part, groups=sample.frame["cluster"]).fit(reml=False, method=["bfgs"])
        for part in (matrix.iloc[:, :5], matrix)
    ]
    assert multilevel.likelihood_ratio == pytest.approx(2 * (models[1].llf - models[0].llf), abs=1e-4)


def test_models_that_cannot_be_compared() -> None:
    sample = simulate(500)
    fit = fit_logistic(sample.design, "happened", ["group"])
    with pytest.raises(StatisticsError, match="not nested"):
        compare_models(fit_logistic(sample.design, "happened", ["age"]), fit)
    with pytest.raises(StatisticsError, match="outcomes or estimators"):
        compare_models(fit_linear(sample.design, "amount", ["group"]), fit)
    with pytest.raises(StatisticsError, match="single-level"):
        coefficient_changes(fit, fit_logistic_multilevel(sample.design, "happened", NAMES), "group")


@pytest.mark.parametrize("kind", ["logistic", "linear"])
def test_changes_of_coefficients_by_stacked_equations(kind: str) -> None:
    """Variance of the change from influence functions written out row by row."""
    sample = simulate(1500)
    matrix = model_matrix(sample.frame).to_numpy()
    if kind == "logistic":
        smaller, larger = (fit_logistic(sample.design, "happened", n) for n in (["group"], NAMES))
        outcome = sample.frame["happened"].to_numpy().astype(float)
    else:
        smaller, larger = (fit_linear(sample.design, "amount", n) for n in (["group"], NAMES))
        outcome = sample.frame["amount"].to_numpy()
    influence = []
    for fit, part in ((smaller, matrix[:, :5]), (larger, matrix)):
        eta = part @ np.array([c.estimate for c in fit.coefficients])
        fitted = special.expit(eta) if kind == "logistic" else eta
        weight = fitted * (1 - fitted) if kind == "logistic" else np.ones(len(eta))
        influence.append((part * (outcome - fitted)[:, None]) @ np.linalg.inv(part.T @ (part * weight[:, None])))
    expected = np.sqrt(np.sum((influence[1][:, 1:5] - influence[0][:, 1:5]) ** 2, axis=0))
    found = coefficient_changes(smaller, larger, "group")
    np.testing.assert_allclose([c.standard_error for c in found], expected, rtol=1e-8)
    assert [c.level for c in found] == list("BCDE")
    assert found[0].change == pytest.approx(
        larger.coefficient("group", "B").estimate - smaller.coefficient("group", "B").estimate, abs=1e-14
    )


# --- the programme ---------------------------------------------------------------------------------------------------

TERM_ROWS = [
    {"analysis": "outcome", "term_order": i + 1, "first_model": model, "term": term, "source_column": column,
     "since_column": since, "kind": kind, "reference_level": reference, "missing_policy": policy, "unit": unit}
    for i, (model, term, column, since, kind, reference, policy, unit) in enumerate([
        (1, "ethnic_group", "ethnic_category_code", None, "categorical", "A", "leave_out", None),
        (2, "age_at_referral", "age_at_referral", "", "numeric", None, "complete_case", "10"),
        (2, "gender", "gender", None, "categorical", "f", "level", None),
        (3, "wait", "seen_date", "received_date", "numeric", None, "complete_case", "7"),
    ])
]  # fmt: skip
OUTCOME_ROWS = [
    {"analysis": "outcome", "outcome_order": 1, "outcome": "recovery", "outcome_column": "is_recovered",
     "family": "logistic", "source_model": "fct_episodes", "measure": "recovery",
     "cluster_column": "commissioner_code"},
    {"analysis": "outcome", "outcome_order": 2, "outcome": "attended", "outcome_column": "proportion_attended",
     "family": "linear", "source_model": "fct_episodes", "measure": "attended",
     "cluster_column": "commissioner_code"},
]  # fmt: skip
RULE_ROWS = [
    {"measure": measure, "rule_order": order, "column_name": column, "column_value": value, "row_fate": fate}
    for measure, order, column, value, fate in [
        ("recovery", 3, "is_at_caseness", None, "unknown"),
        ("recovery", 2, "is_at_caseness", False, "not_at_risk"),
        ("recovery", 1, "is_received_in_window", False, "outside_window"),
        ("attended", 1, "is_received_in_window", False, "outside_window"),
    ]
]


def episodes(rows: int = 3000) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(
        {
            "ethnic_category_code": rng.choice(["A", "B", "S", None], rows, p=[0.6, 0.2, 0.1, 0.1]),
            "age_at_referral": np.where(rng.random(rows) < 0.05, np.nan, rng.integers(18, 90, rows)),
            "gender": rng.choice(["f", "m", None], rows, p=[0.6, 0.35, 0.05]),
            "received_date": pd.Timestamp("2016-01-01"),
            "commissioner_code": rng.choice([f"C{i}" for i in range(20)], rows),
            "is_at_caseness": rng.choice([True, False, None], rows, p=[0.8, 0.1, 0.1]),
            "is_received_in_window": np.arange(rows) % 12 < 11,
        }
    )
    frame["seen_date"] = frame["received_date"] + pd.to_timedelta(rng.integers(0, 60, rows), unit="D")
    frame.loc[rng.random(rows) < 0.1, "seen_date"] = pd.NaT
    effect = dict(zip([f"C{i}" for i in range(20)], rng.normal(0, 0.5, 20), strict=True))
    eta = -0.2 * (frame["ethnic_category_code"] == "S") + frame["commissioner_code"].map(effect)
    frame["is_recovered"] = rng.random(rows) < 1 / (1 + np.exp(-eta))
    frame["proportion_attended"] = np.where(
        rng.random(rows) < 0.02, np.nan, 0.8 + 0.05 * eta + rng.normal(0, 0.1, rows)
    )
    return frame


def run(
    frame: pd.DataFrame,
    settings: list[dict[str, str]] | None = None,
    threads: int = 2,
    rules: list[dict[str, object]] | None = None,
    terms: list[dict[str, object]] | None = None,
    outcomes: list[dict[str, object]] | None = None,
    **label: str,
) -> pd.DataFrame:
    connection = duckdb.connect()
    connection.execute(f"set threads = {threads}")
    connection.execute("set preserve_insertion_order = false")
    tables = {
        "episodes": frame,
        "terms": pd.DataFrame(terms or TERM_ROWS),
        "outcomes": pd.DataFrame(outcomes or OUTCOME_ROWS),
        "rules": pd.DataFrame(rules or RULE_ROWS),
        "settings": pd.DataFrame(settings or [{"setting": "minimum_count", "value": "10"}]),
    }
    for name, table in tables.items():
        connection.register(f"{name}_frame", table)
        connection.execute(f"create table {name} as select * from {name}_frame")
    seeds = {name: connection.table(name) for name in ("terms", "outcomes", "rules", "settings")}
    result = run_from_relations(Inputs(**seeds, marts={"fct_episodes": connection.table("episodes")}, **label))
    return pd.DataFrame(result.to_pylist())


def test_programme_counts_who_is_left_out_and_why() -> None:
    frame = episodes()
    fits = run(frame).set_index(["outcome", "model", "estimator"])
    window = frame[frame["is_received_in_window"]]
    valid = window[window["ethnic_category_code"].notna()]
    at_risk = valid[valid["is_at_caseness"] != False]  # noqa: E712 (missing caseness is no False)
    inside = at_risk[at_risk["is_at_caseness"].notna()]
    complete = inside.dropna(subset=["age_at_referral", "seen_date"])
    row = fits.loc["recovery", "model_3", "logistic"]
    assert row["source_row_count"] == len(frame)
    assert row["outside_window_count"] == len(frame) - len(window) == 250
    assert row["too_recent_count"] == 0
    assert row["left_out_count"] == len(window) - len(valid)
    assert row["left_out_by_rule_count"] == len(valid) - len(at_risk)
    assert row["missing_outcome_count"] == len(at_risk) - len(inside) > 100
    assert row["missing_numeric_count"] == len(inside) - len(complete)
    assert row["observation_count"] == len(complete)
    assert row["event_count"] == complete["is_recovered"].sum()
    missing = json.loads(row["missing_counts"])
    assert missing == {
        "ethnic_group": 0,
        "age_at_referral": int(valid["age_at_referral"].isna().sum()),
        "gender": int(valid["gender"].isna().sum()),
        "wait": int(valid["seen_date"].isna().sum()),
    }
    linear = fits.loc["attended", "model_1", "linear"]
    assert linear["missing_outcome_count"] == valid["proportion_attended"].isna().sum()
    assert linear["observation_count"] == valid["proportion_attended"].notna().sum()
    assert set(fits.index) == set(
        itertools.chain(
            itertools.product(["recovery"], ["model_1", "model_2", "model_3"], ["logistic", "logistic_multilevel"]),
            itertools.product(["attended"], ["model_1", "model_2", "model_3"], ["linear", "linear_multilevel"]),
        )
    )


def test_programme_counts_unknown_as_no_where_the_rule_says_so() -> None:
    frame = episodes()
    # Where caseness is not known the outcome is not known either: neither its value nor its absence may matter.
    unknown = frame["is_at_caseness"].isna()
    frame["is_recovered"] = frame["is_recovered"].astype(object).mask(unknown, None)
    as_no = [
        {**row, "row_fate": "counted_as_no" if row["row_fate"] == "unknown" else row["row_fate"]} for row in RULE_ROWS
    ]
    row = run(frame, rules=as_no).set_index(["outcome", "model", "estimator"]).loc["recovery", "model_1", "logistic"]
    valid = frame[frame["is_received_in_window"] & frame["ethnic_category_code"].notna()]
    inside = valid[valid["is_at_caseness"] != False]  # noqa: E712
    assert row["missing_outcome_count"] == 0
    assert row["observation_count"] == len(inside)
    assert row["event_count"] == (inside["is_recovered"] == True).sum()  # noqa: E712


def test_another_label_for_not_known_is_the_same_level() -> None:
    """It is the last level, counted as missing and never the reference, whatever the marts call it."""
    frame = episodes()
    frame["gender"] = frame["gender"].fillna("a label's")
    ours = run(frame.replace({"gender": {"a label's": "not known"}}))
    theirs = run(frame, not_known_label="a label's")
    assert (ours["missing_counts"] == theirs["missing_counts"]).all()
    assert '"gender": 0' not in theirs["missing_counts"].iloc[2]
    for mine, other in zip(ours["estimates"], theirs["estimates"], strict=True):
        wanted = [{**row, "level": "a label's" if row["level"] == "not known" else row["level"]} for row in mine]
        assert repr(wanted) == repr(other)
    levels = [row["level"] for row in theirs.iloc[-1]["estimates"] if row["term"] == "gender"]
    assert levels == ["m", "a label's"]


def test_rows_outside_the_window_give_no_level() -> None:
    """A level that only they have is not there, so that no reference level is one that nobody in the fit has."""
    frame = episodes()
    frame.loc[~frame["is_received_in_window"], "gender"] = "old"
    estimates = pd.DataFrame(run(frame).iloc[-1]["estimates"])
    assert set(estimates.loc[estimates["term"] == "gender", "level"]) == {"m", "not known"}


def test_programme_estimates_agree_with_statsmodels() -> None:
    frame = episodes()
    fits = run(frame).set_index(["outcome", "model", "estimator"])
    kept = frame[frame["ethnic_category_code"].notna() & (frame["is_at_caseness"] == True)]  # noqa: E712
    kept = kept[kept["is_received_in_window"]]
    kept = kept.dropna(subset=["age_at_referral", "seen_date"]).assign(gender=kept["gender"].fillna("not known"))
    matrix = pd.DataFrame({"intercept": 1.0, **{f"g{c}": (kept["ethnic_category_code"] == c) * 1.0 for c in "BS"}})
    for level in ("m", "not known"):
        matrix[level] = (kept["gender"] == level) * 1.0
    matrix["age"] = kept["age_at_referral"] / 10
    matrix["wait"] = (kept["seen_date"] - kept["received_date"]).dt.days / 7
    oracle = sm.Logit(kept["is_recovered"].astype(float), matrix).fit(disp=0, method="newton", tol=1e-14)
    row = fits.loc["recovery", "model_3", "logistic"]
    found = pd.DataFrame(row["estimates"])
    np.testing.assert_allclose(found["estimate"], oracle.params, atol=1e-10)
    np.testing.assert_allclose(found["standard_error"], oracle.bse, rtol=1e-8)
    assert found["term"].tolist() == ["intercept", "ethnic_group", "ethnic_group", "gender", "gender",
                                      "age_at_referral", "wait"]  # fmt: skip
    assert found["level"].tolist()[1:5] == ["B", "S", "m", "not known"]
    # The comparison with Model 2 is on the rows of Model 3.
    small = sm.Logit(kept["is_recovered"].astype(float), matrix.drop(columns="wait")).fit(
        disp=0, method="newton", tol=1e-14
    )
    comparison = row["model_comparison"]
    assert comparison["previous_model"] == "model_2"
    assert comparison["likelihood_ratio"] == pytest.approx(2 * (oracle.llf - small.llf), abs=1e-8)
    change = {c["level"]: c for c in row["coefficient_changes"]}
    assert change["S"]["change"] == pytest.approx(oracle.params["gS"] - small.params["gS"], abs=1e-10)
    # Models 2 and 3 of the multilevel fits have different rows: nothing is said of their difference.
    apart = fits.loc["recovery", "model_3", "logistic_multilevel"]["model_comparison"]
    assert apart["aic"] > 0
    assert {apart[name] for name in ("likelihood_ratio", "degrees_of_freedom", "p_value", "aic_change")} == {None}
    # Holm over the two ethnic contrasts.
    p = sorted(found.loc[found["term"] == "ethnic_group", "p_value"])
    holm = sorted(found.loc[found["term"] == "ethnic_group", "p_value_holm"])
    assert holm == pytest.approx([min(1, 2 * p[0]), max(min(1, 2 * p[0]), p[1])])
    assert found.loc[found["term"] != "ethnic_group", "p_value_holm"].isna().all()


def test_common_sample() -> None:
    fits = run(episodes(), [{"setting": "is_common_sample", "value": "true"}])
    counts = fits.groupby("outcome")["observation_count"].nunique()
    assert (counts == 1).all()
    assert run(episodes()).groupby("outcome")["observation_count"].nunique().min() > 1


def test_predictions_on_the_rows_that_all_models_have() -> None:
    """By statsmodels on the complete cases of Model 3, each row given each group in turn."""
    frame = episodes()
    fits = run(frame).set_index(["outcome", "model", "estimator"])
    kept = frame[frame["ethnic_category_code"].notna() & frame["is_received_in_window"]]
    kept = kept.dropna(subset=["age_at_referral", "seen_date"]).assign(gender=kept["gender"].fillna("not known"))
    for outcome, column, kind in (
        ("recovery", "is_recovered", "logistic"),
        ("attended", "proportion_attended", "linear"),
    ):
        rows = kept[kept["is_at_caseness"] == True] if kind == "logistic" else kept.dropna(subset=[column])  # noqa: E712
        matrix = pd.DataFrame({"intercept": 1.0, **{g: (rows["ethnic_category_code"] == g) * 1.0 for g in "BS"}})
        more = {level: (rows["gender"] == level) * 1.0 for level in ("m", "not known")}
        more |= {"age": rows["age_at_referral"] / 10}
        wait = {"wait": (rows["seen_date"] - rows["received_date"]).dt.days / 7}
        for model, added in (("model_1", {}), ("model_2", more), ("model_3", more | wait)):
            filled = matrix.assign(**added)
            family = sm.families.Binomial() if kind == "logistic" else sm.families.Gaussian()
            oracle = sm.GLM(rows[column].astype(float), filled, family=family).fit(tol=1e-14)
            row = fits.loc[outcome, model, kind]
            assert row["common_observation_count"] == len(rows)
            assert kind == "linear" or row["common_event_count"] == rows[column].sum()
            found = {one["level"]: one["prediction"] for one in row["common_predictions"]}
            for level in ("A", "B", "S"):
                given = filled.assign(B=float(level == "B"), S=float(level == "S"))
                assert found[level] == pytest.approx(oracle.predict(given).mean(), abs=1e-8)
        own = fits.loc[outcome, "model_1", kind]
        assert own["observation_count"] > own["common_observation_count"]
        # On other rows Model 1 predicts otherwise; the largest model has no other rows.
        assert own["predicted_probabilities"] != own["common_predictions"]
        largest = fits.loc[outcome, "model_3", kind]
        assert largest["predicted_probabilities"] == largest["common_predictions"]
    assert not fits.loc["recovery", "model_1", "logistic_multilevel"]["common_predictions"]


def test_models_by_year_are_those_up_to_the_one_with_the_year() -> None:
    """Observed odds ratios of each year from two-by-two tables; later models and linear ones have no years."""
    frame = episodes()
    frame["year"] = np.where(np.arange(len(frame)) % 3 == 0, "2016-17", "2015-16")
    terms = [*TERM_ROWS, {**TERM_ROWS[2], "term_order": 5, "term": "year", "source_column": "year",
                          "reference_level": None}]  # fmt: skip
    fits = run(frame, terms=terms, outcomes=[{**row, "year_term": "year"} for row in OUTCOME_ROWS])
    with_years = fits[fits["year_estimates"].map(len) > 0]
    assert [*zip(with_years["outcome"], with_years["model"], with_years["estimator"], strict=True)] == [
        ("recovery", "model_1", "logistic"),
        ("recovery", "model_2", "logistic"),
    ]
    kept = frame[frame["is_received_in_window"] & (frame["is_at_caseness"] == True)]  # noqa: E712
    odds = kept.groupby(["year", "ethnic_category_code"])["is_recovered"].mean().pipe(lambda share: share / (1 - share))
    first = with_years.iloc[0]
    assert len(first["year_estimates"]) == 4
    for one in first["year_estimates"]:
        year = one["financial_year"]
        assert np.exp(one["estimate"]) == pytest.approx(odds[year, one["level"]] / odds[year, "A"], rel=1e-9)
        assert one["observation_count"] == (kept["ethnic_category_code"].notna() & (kept["year"] == year)).sum()
    assert [(test["test"], test["status"], test["degrees_of_freedom"]) for test in first["year_tests"]] == [
        ("any_change", "tested", 2),
        ("straight_line", "tested", 2),
    ]
    # Two years have one line through them: both tests are the same.
    assert first["year_tests"][0]["p_value"] == pytest.approx(first["year_tests"][1]["p_value"], rel=1e-6)
    assert first["year_changes"][0]["change_per_year"] == pytest.approx(
        np.log(odds["2016-17", "B"] / odds["2016-17", "A"]) - np.log(odds["2015-16", "B"] / odds["2015-16", "A"]),
        abs=1e-8,
    )
    with pytest.raises(DesignError, match="year"):
        run(frame, outcomes=[{**row, "year_term": "year"} for row in OUTCOME_ROWS])


def test_multilevel_can_be_left_out() -> None:
    fits = run(episodes(), [{"setting": "is_multilevel", "value": "false"}])
    assert set(fits["estimator"]) == {"logistic", "linear"}


def as_text(fits: pd.DataFrame) -> str:
    return str(fits.to_dict("records"))


def test_same_rows_same_bytes() -> None:
    """Whatever the order of the rows and the number of threads of DuckDB."""
    frame = episodes()
    first = as_text(run(frame, threads=1))
    shuffled = frame.sample(frac=1.0, random_state=3).reset_index(drop=True)
    assert as_text(run(shuffled, threads=2)) == first
    changed = frame.copy()
    changed.loc[0, "is_recovered"] = not changed.loc[0, "is_recovered"]
    fingerprints = {run(table)["input_fingerprint"].iloc[0] for table in (frame, changed)}
    assert len(fingerprints) == 2


def test_same_bytes_whatever_the_threads_of_the_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = episodes()
    found = []
    for processors in (1, 2, 4):
        monkeypatch.setattr("os.cpu_count", lambda processors=processors: processors)
        found.append(as_text(run(frame)))
    assert found[0] == found[1] == found[2]


def test_same_bytes_whatever_the_threads_of_the_linear_algebra() -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from statistics_support import TERMS, simulate\n"
        "from iapt_equity.statistics import fit_linear_multilevel, fit_logistic, fit_logistic_multilevel\n"
        "design = simulate(30_000, clusters=400).design\n"
        "names = [term.name for term in TERMS]\n"
        "for fitter, outcome in ((fit_logistic, 'happened'), (fit_logistic_multilevel, 'happened'),\n"
        "                        (fit_linear_multilevel, 'amount')):\n"
        "    fit = fitter(design, outcome, names)\n"
        "    print(fit.beta.tobytes().hex(), fit.covariance.tobytes().hex(), fit.log_likelihood.hex())\n"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(printed) == 1
    assert len(printed.pop().split()) == 9


def test_no_valid_rows_gives_no_fits() -> None:
    frame = episodes(50).assign(ethnic_category_code=None)
    assert run(frame).empty


def test_specification_that_cannot_be_read() -> None:
    with pytest.raises(DesignError, match="not a fate"):
        read_specification(TERM_ROWS, OUTCOME_ROWS, [{**RULE_ROWS[0], "row_fate": "gone"}])
    with pytest.raises(DesignError, match="the same window"):
        read_specification(TERM_ROWS, OUTCOME_ROWS, RULE_ROWS[:3])
    with pytest.raises(DesignError, match="no term"):
        read_specification([], OUTCOME_ROWS, RULE_ROWS)
    with pytest.raises(DesignError, match="more than one mart"):
        read_specification(TERM_ROWS, [OUTCOME_ROWS[0], {**OUTCOME_ROWS[1], "source_model": "other"}], RULE_ROWS)
    analyses = read_specification([{**TERM_ROWS[0], "source_column": "absent"}], OUTCOME_ROWS, RULE_ROWS)
    assert analyses[0].terms_of(1) == ("ethnic_group",)
    connection = duckdb.connect()
    connection.register("frame", episodes(10))
    with pytest.raises(DesignError, match="has no column absent"):
        run_programme(analyses, {"fct_episodes": connection.table("frame")}, read_settings([]))
