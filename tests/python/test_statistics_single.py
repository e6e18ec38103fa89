"""Single-level fits against statsmodels, R and published figures."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from iapt_equity.statistics import Fit, Term, build_design, collapse, fit_linear, fit_logistic, holm_adjust
from iapt_equity.statistics.design import encode_levels
from statistics_support import TERMS, design_of, model_matrix, simulate

NAMES = tuple(term.name for term in TERMS)


def estimates(fit: Fit) -> np.ndarray:
    return np.array([coefficient.estimate for coefficient in fit.coefficients])


def errors(fit: Fit) -> np.ndarray:
    return np.array([coefficient.standard_error for coefficient in fit.coefficients])


def test_logistic_agrees_with_statsmodels() -> None:
    sample = simulate()
    fit = fit_logistic(sample.design, "happened", NAMES)
    oracle = sm.Logit(sample.frame["happened"].astype(float), model_matrix(sample.frame)).fit(
        disp=0, method="newton", tol=1e-14
    )
    np.testing.assert_allclose(estimates(fit), oracle.params, rtol=0, atol=1e-10)
    np.testing.assert_allclose(errors(fit), oracle.bse, rtol=1e-8)
    np.testing.assert_allclose([c.confidence_low for c in fit.coefficients], oracle.conf_int()[0], rtol=1e-8)
    np.testing.assert_allclose([c.confidence_high for c in fit.coefficients], oracle.conf_int()[1], rtol=1e-8)
    np.testing.assert_allclose([c.p_value for c in fit.coefficients], oracle.pvalues, rtol=1e-8, atol=1e-300)
    assert fit.log_likelihood == pytest.approx(oracle.llf, abs=1e-9)
    count, events = len(sample.frame), sample.frame["happened"].sum()
    null = events * np.log(events / count) + (count - events) * np.log(1 - events / count)
    assert fit.null_log_likelihood == pytest.approx(null, abs=1e-9)
    assert fit.status == "converged"


def test_linear_agrees_with_statsmodels() -> None:
    sample = simulate()
    fit = fit_linear(sample.design, "amount", NAMES)
    oracle = sm.OLS(sample.frame["amount"], model_matrix(sample.frame)).fit()
    np.testing.assert_allclose(estimates(fit), oracle.params, rtol=0, atol=1e-10)
    np.testing.assert_allclose(errors(fit), oracle.bse, rtol=1e-10)
    np.testing.assert_allclose([c.p_value for c in fit.coefficients], oracle.pvalues, rtol=1e-8, atol=1e-300)
    np.testing.assert_allclose([c.confidence_high for c in fit.coefficients], oracle.conf_int()[1], rtol=1e-9)
    assert fit.log_likelihood == pytest.approx(oracle.llf, abs=1e-8)
    assert fit.residual_variance == pytest.approx(oracle.scale, rel=1e-12)


def test_robust_errors_agree_with_statsmodels() -> None:
    sample = simulate()
    groups = {"groups": sample.frame["cluster"].to_numpy()}
    matrix = model_matrix(sample.frame)
    logit = sm.Logit(sample.frame["happened"].astype(float), matrix).fit(
        disp=0, method="newton", tol=1e-14, cov_type="cluster", cov_kwds=groups
    )
    ols = sm.OLS(sample.frame["amount"], matrix).fit(cov_type="cluster", cov_kwds=groups)
    robust = fit_logistic(sample.design, "happened", NAMES, robust=True)
    np.testing.assert_allclose(errors(robust), logit.bse, rtol=1e-8)
    np.testing.assert_allclose(errors(fit_linear(sample.design, "amount", NAMES, robust=True)), ols.bse, rtol=1e-8)


def test_spector_and_mazzeo() -> None:
    """Greene, Econometric Analysis (5th edition, table 21.1), logit of the data of Spector and Mazzeo (1980)."""
    data = sm.datasets.spector.load_pandas().data
    terms = [Term(name, "numeric") for name in ("GPA", "TUCE", "PSI")]
    design = build_design({t.name: data[t.name].to_numpy() for t in terms}, terms, {"y": data["GRADE"].to_numpy()})
    fit = fit_logistic(design, "y", ["GPA", "TUCE", "PSI"])
    np.testing.assert_allclose(estimates(fit), [-13.021, 2.826, 0.095, 2.379], atol=5e-4)
    np.testing.assert_allclose(errors(fit), [4.931, 1.263, 0.142, 1.065], atol=5e-4)
    assert fit.log_likelihood == pytest.approx(-12.890, abs=5e-4)


def test_longley() -> None:
    """Certified values of the NIST Statistical Reference Datasets, Longley (condition number 4.9e9)."""
    data = sm.datasets.longley.load_pandas().data
    names = list(data.columns[1:])
    terms = [Term(name, "numeric") for name in names]
    design = build_design({name: data[name].to_numpy() for name in names}, terms, {"y": data.iloc[:, 0].to_numpy()})
    fit = fit_linear(design, "y", names)
    certified = [-3482258.63459582, 15.0618722713733, -0.358191792925910e-01, -2.02022980381683, -1.03322686717359,
                 -0.511041056535807e-01, 1829.15146461355]  # fmt: skip
    certified_errors = [890420.383607373, 84.9149257747669, 0.334910077722432e-01, 0.488399681651699,
                        0.214274163161675, 0.226073200069370, 455.478499142212]  # fmt: skip
    np.testing.assert_allclose(estimates(fit), certified, rtol=1e-10)
    np.testing.assert_allclose(errors(fit), certified_errors, rtol=1e-9)
    assert np.sqrt(fit.residual_variance) == pytest.approx(304.854073561965, rel=1e-10)


#: Incidence of contagious bovine pleuropneumonia, Lesnoff et al. (2004), data set cbpp of the R package lme4:
#: herd, period, incidence, size.
CBPP = (
    "1 1 2 14,1 2 3 12,1 3 4 9,1 4 0 5,2 1 3 22,2 2 1 18,2 3 1 21,3 1 8 22,3 2 2 16,3 3 0 16,3 4 2 20,4 1 2 10,"
    "4 2 0 10,4 3 2 9,4 4 0 6,5 1 5 18,5 2 0 25,5 3 0 24,5 4 1 4,6 1 3 17,6 2 0 17,6 3 0 18,6 4 1 20,7 1 8 16,"
    "7 2 1 10,7 3 3 9,7 4 0 5,8 1 12 34,9 1 2 9,9 2 0 6,9 3 0 8,9 4 0 6,10 1 1 22,10 2 1 22,10 3 0 18,10 4 2 22,"
    "11 1 0 25,11 2 5 27,11 3 3 22,11 4 1 22,12 1 2 10,12 2 1 8,12 3 0 6,12 4 0 5,13 1 1 21,13 2 2 24,13 3 0 19,"
    "13 4 0 23,14 1 11 19,14 2 0 2,14 3 0 3,14 4 0 2,15 1 1 19,15 2 1 15,15 3 1 15,15 4 0 15"
)


def test_glm_of_r() -> None:
    """R 4.2.2, glm(cbind(incidence, size - incidence) ~ period, binomial, cbpp, epsilon = 1e-14)."""
    cells = np.array([[int(x) for x in row.split()] for row in CBPP.split(",")])
    period = np.repeat(cells[:, 1], cells[:, 3]).astype(str)
    outcome = np.concatenate([[1] * i + [0] * (n - i) for _, _, i, n in cells])
    design = build_design({"period": period}, [Term("period", "categorical")], {"y": outcome})
    fit = fit_logistic(design, "y", ["period"])
    expected = [-1.269023489367148, -1.170762725140383, -1.301405333859015, -1.782278635341654]
    np.testing.assert_allclose(estimates(fit), expected, rtol=0, atol=1e-10)
    expected_errors = [0.1449197624681548, 0.2914677891187913, 0.3128814309871130, 0.4130564576032257]
    np.testing.assert_allclose(errors(fit), expected_errors, rtol=1e-8)


def test_collapse_is_exact() -> None:
    sample = simulate(20_000)
    names = ["group", "sex", "age"]
    units = collapse(sample.design, names, by_cluster=False)
    assert units is not None
    assert units.row_count == len(sample.frame[names].drop_duplicates())
    for fitter, outcome in ((fit_logistic, "happened"), (fit_linear, "amount")):
        whole, collapsed = fitter(sample.design, outcome, names), fitter(units, outcome, names)
        np.testing.assert_allclose(estimates(collapsed), estimates(whole), rtol=0, atol=1e-10)
        np.testing.assert_allclose(errors(collapsed), errors(whole), rtol=1e-9)
        assert collapsed.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-12)
        assert collapsed.observation_count == whole.observation_count == len(sample.frame)
    clustered = collapse(sample.design, ["group", "sex"], by_cluster=True)
    assert clustered is not None
    np.testing.assert_allclose(
        errors(fit_logistic(clustered, "happened", ["group", "sex"], robust=True)),
        errors(fit_logistic(sample.design, "happened", ["group", "sex"], robust=True)),
        rtol=1e-9,
    )


def test_collapse_refuses_fractions() -> None:
    assert collapse(simulate().design, NAMES, by_cluster=False) is None


def test_frequency_weights_are_repeated_rows() -> None:
    sample = simulate(500)
    weights = np.random.default_rng(3).integers(0, 4, 500)
    weighted = design_of(sample.frame, weights=weights)
    repeated = design_of(sample.frame.loc[sample.frame.index.repeat(weights)])
    for fitter, outcome in ((fit_logistic, "happened"), (fit_linear, "amount")):
        left, right = fitter(weighted, outcome, NAMES), fitter(repeated, outcome, NAMES)
        np.testing.assert_allclose(estimates(left), estimates(right), atol=1e-10)
        np.testing.assert_allclose(errors(left), errors(right), rtol=1e-9)
        assert left.observation_count == right.observation_count == weights.sum()


def test_complete_cases_and_samples() -> None:
    sample = simulate(3000)
    frame = sample.frame.copy()
    frame.loc[frame.index % 7 == 0, "score"] = np.nan
    inside = np.arange(len(frame)) % 5 != 0
    columns = {term.name: frame[term.name].to_numpy() for term in TERMS}
    design = build_design(columns, TERMS, {"happened": frame["happened"].to_numpy()}, {"happened": inside})
    fit = fit_logistic(design, "happened", NAMES)
    kept = frame[inside & frame["score"].notna()]
    oracle = sm.Logit(kept["happened"].astype(float), model_matrix(kept)).fit(disp=0, method="newton", tol=1e-14)
    np.testing.assert_allclose(estimates(fit), oracle.params, atol=1e-10)
    assert fit.observation_count == len(kept)
    assert fit.missing_count == int((inside & frame["score"].isna()).sum())
    # A smaller model that does not hold the incomplete term takes all rows, unless asked to share them.
    assert fit_logistic(design, "happened", ["group"]).observation_count == int(np.sum(inside))
    assert fit_logistic(design, "happened", ["group"], complete_for=["score"]).observation_count == len(kept)


def test_missing_levels_become_a_level() -> None:
    codes, labels, missing = encode_levels(np.array(["b", None, "a", "b"], dtype=object), Term("x", "categorical"))
    assert labels == ("a", "b", "not known")
    assert codes.tolist() == [1, 2, 0, 1]
    assert missing == 1


def test_holm_by_hand() -> None:
    # Sorted .01 .02 .03 .5 times 4 3 2 1: .04 .06 .06 .5, made monotone.
    np.testing.assert_allclose(holm_adjust([0.02, np.nan, 0.5, 0.01, 0.03]), [0.06, np.nan, 0.5, 0.04, 0.06])


def test_start_does_not_change_the_answer() -> None:
    sample = simulate()
    cold = fit_logistic(sample.design, "happened", NAMES)
    smaller = fit_logistic(sample.design, "happened", ["group"])
    warm = fit_logistic(sample.design, "happened", NAMES, start=smaller.start_values())
    np.testing.assert_allclose(estimates(warm), estimates(cold), rtol=0, atol=1e-12)
