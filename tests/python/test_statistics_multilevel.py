"""Multilevel fits against lme4, statsmodels, an independent Laplace approximation and exact integration."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from iapt_equity.statistics import (
    Design,
    Fit,
    Term,
    build_design,
    collapse,
    fit_linear_multilevel,
    fit_logistic,
    fit_logistic_multilevel,
)
from statistics_support import (
    TERMS,
    design_of,
    integrated_log_likelihood,
    laplace_log_likelihood,
    model_matrix,
    simulate,
)
from test_statistics_single import CBPP, errors, estimates

NAMES = tuple(term.name for term in TERMS)


def cbpp() -> tuple[Design, np.ndarray, np.ndarray, np.ndarray]:
    cells = np.array([[int(x) for x in row.split()] for row in CBPP.split(",")])
    period, herd = np.repeat(cells[:, 1], cells[:, 3]), np.repeat(cells[:, 0], cells[:, 3])
    outcome = np.concatenate([[1] * i + [0] * (n - i) for _, _, i, n in cells])
    terms = [Term("period", "categorical")]
    design = build_design({"period": period.astype(str)}, terms, {"y": outcome}, cluster=herd.astype(str))
    matrix = np.column_stack([np.ones(len(period)), period == 2, period == 3, period == 4]).astype(float)
    return design, matrix, outcome, herd


#: Sum of the log binomial coefficients of cbpp, which lme4 counts in and a likelihood of single animals does not.
CBPP_CONSTANT = 185.47565968416


def test_cbpp_laplace() -> None:
    """lme4 1.1-31 (R 4.2.2), glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), binomial, cbpp)."""
    design, matrix, outcome, herd = cbpp()
    fit = fit_logistic_multilevel(design, "y", ["period"], information="observed")
    glmer = [-1.3983316, -0.9919238, -1.1282142, -1.5797502]
    glmer_errors = np.array([0.2312121, 0.3031499, 0.3228293, 0.4220487])
    assert fit.variance is not None
    assert np.all(np.abs(estimates(fit) - glmer) < 2e-3 * glmer_errors)
    np.testing.assert_allclose(errors(fit), glmer_errors, rtol=0.02)
    assert fit.variance.variance == pytest.approx(0.41225, rel=1e-3)
    # glmer stops 3e-4 short: its likelihood is the lower one, by an independent calculation too.
    assert fit.log_likelihood + CBPP_CONSTANT >= -92.0265664 - 1e-4
    at_ours = laplace_log_likelihood(matrix, outcome, herd, estimates(fit), fit.variance.variance)
    at_theirs = laplace_log_likelihood(matrix, outcome, herd, np.array(glmer), 0.4122465)
    assert fit.log_likelihood == pytest.approx(at_ours, abs=1e-8)
    assert at_ours >= at_theirs


def test_cbpp_quadrature() -> None:
    """glmer with nAGQ = 25, and the exact integral."""
    design, matrix, outcome, herd = cbpp()
    fit = fit_logistic_multilevel(design, "y", ["period"], quadrature_nodes=25)
    np.testing.assert_allclose(
        estimates(fit), [-1.3992237278, -0.9914088838, -1.1278095942, -1.5794809507], rtol=0, atol=3e-5
    )
    assert fit.variance is not None
    assert fit.variance.variance == pytest.approx(0.4192820397, rel=1e-4)
    exact = integrated_log_likelihood(matrix, outcome, herd, estimates(fit), fit.variance.variance)
    assert fit.log_likelihood == pytest.approx(exact, abs=1e-7)


def test_dyestuff() -> None:
    """Davies and Goldsmith (1972), data set Dyestuff of lme4; lmer(Yield ~ 1 + (1 | Batch)), lme4 1.1-31."""
    fit = _one_way(
        "1545 1440 1440 1520 1580 1540 1555 1490 1560 1495 1595 1550 1605 1510 1560 1445 1440 1595 1465 1545 1595 1630 "
        "1515 1635 1625 1520 1455 1450 1480 1445"
    )
    assert fit.variance is not None
    assert fit.random_effects is not None
    assert fit.coefficients[0].estimate == pytest.approx(1527.5, rel=1e-12)
    assert fit.coefficients[0].standard_error == pytest.approx(19.383412179, rel=1e-7)
    assert fit.variance.variance == pytest.approx(1764.05, rel=1e-8)
    assert fit.variance.residual_variance == pytest.approx(2451.25, rel=1e-8)
    assert fit.log_likelihood == pytest.approx(-159.82713842113, abs=1e-7)
    np.testing.assert_allclose(
        fit.random_effects.effect,
        [-17.6068513669, 0.3912633638, 28.5622255507, -23.0845384588, 56.7331877377, -44.9952868266],
        rtol=1e-6,
    )


def test_dyestuff_without_variance() -> None:
    """Box and Tiao (1973), data set Dyestuff2 of lme4: lmer reports a singular fit, residual variance 13.80631."""
    fit = _one_way(
        "7.298 3.846 2.434 9.566 7.99 5.22 6.556 0.608 11.788 -0.892 0.11 10.386 13.434 5.51 8.166 2.212 4.852 7.092 "
        "9.288 4.98 0.282 9.014 4.458 9.446 7.198 1.722 4.782 8.106 0.758 3.758"
    )
    assert fit.variance is not None
    assert fit.status == "singular"
    assert fit.variance.is_singular
    assert fit.variance.variance == 0.0
    assert fit.variance.residual_variance == pytest.approx(13.806309627586, rel=1e-10)
    assert fit.coefficients[0].estimate == pytest.approx(5.6656, rel=1e-10)


def _one_way(yields: str) -> Fit:
    values = np.array([float(value) for value in yields.split()])
    batch = np.repeat(list("ABCDEF"), 5)
    # The engine wants a term; a constant one is found collinear with the intercept and left out.
    design = build_design({"none": np.zeros(30)}, [Term("none", "numeric")], {"y": values}, cluster=batch)
    fit = fit_linear_multilevel(design, "y", ["none"])
    assert fit.coefficient("none").status == "collinear"
    return fit


def test_laplace_optimum_is_an_optimum() -> None:
    """Our optimum against a derivative-free search of the independent implementation around it."""
    sample = simulate(600, clusters=12, sigma=0.8)
    fit = fit_logistic_multilevel(sample.design, "happened", NAMES)
    assert fit.variance is not None
    matrix = model_matrix(sample.frame).to_numpy()
    outcome = sample.frame["happened"].to_numpy().astype(float)
    cluster = sample.frame["cluster"].to_numpy()
    beta, tau = estimates(fit), fit.variance.variance
    best = laplace_log_likelihood(matrix, outcome, cluster, beta, tau)
    assert fit.log_likelihood == pytest.approx(best, abs=1e-8)
    for i in range(len(beta)):
        for sign in (-1.0, 1.0):
            moved = beta.copy()
            moved[i] += sign * 0.02 * errors(fit)[i]
            assert laplace_log_likelihood(matrix, outcome, cluster, moved, tau) < best
    for factor in (0.98, 1.02):
        assert laplace_log_likelihood(matrix, outcome, cluster, beta, tau * factor) < best


def test_observed_information_by_finite_differences() -> None:
    sample = simulate(500, clusters=10, sigma=0.8)
    fit = fit_logistic_multilevel(sample.design, "happened", ["group"], information="observed")
    assert fit.variance is not None
    frame = sample.frame
    matrix = model_matrix(frame).to_numpy()[:, :5]
    outcome, cluster = frame["happened"].to_numpy().astype(float), frame["cluster"].to_numpy()
    point = np.append(estimates(fit), 0.5 * np.log(fit.variance.variance))

    def value(at: np.ndarray) -> float:
        return laplace_log_likelihood(matrix, outcome, cluster, at[:-1], float(np.exp(2 * at[-1])))

    size, step = len(point), 2e-3
    hessian = np.zeros((size, size))
    unit = np.eye(size) * step
    for i in range(size):
        for j in range(i + 1):
            hessian[i, j] = hessian[j, i] = (
                value(point + unit[i] + unit[j]) - value(point + unit[i] - unit[j])
                - value(point - unit[i] + unit[j]) + value(point - unit[i] - unit[j])
            ) / (4 * step * step)  # fmt: skip
    oracle = np.sqrt(np.diag(np.linalg.inv(-hessian)))
    np.testing.assert_allclose(errors(fit), oracle[:-1], rtol=2e-3)
    assert fit.log_sigma_standard_error == pytest.approx(oracle[-1], rel=2e-3)
    # The marginal information, the cheap default, is close even here, and closer the more rows there are.
    default = fit_logistic_multilevel(sample.design, "happened", ["group"])
    np.testing.assert_allclose(errors(default), oracle[:-1], rtol=0.02)
    assert default.log_sigma_standard_error == pytest.approx(oracle[-1], rel=0.02)


def test_reml_agrees_with_statsmodels() -> None:
    sample = simulate(1500, clusters=20, sigma=2.0)
    fit = fit_linear_multilevel(sample.design, "amount", NAMES)
    oracle = sm.MixedLM(sample.frame["amount"], model_matrix(sample.frame), groups=sample.frame["cluster"]).fit(
        reml=True, method=["bfgs"], gtol=1e-10
    )
    assert fit.variance is not None
    assert fit.random_effects is not None
    oracle_errors = oracle.bse_fe.to_numpy()
    assert np.all(np.abs(estimates(fit) - oracle.fe_params.to_numpy()) < 1e-5 * oracle_errors)
    # statsmodels takes its errors from a numerical Hessian (relative error 1e-4); dense algebra below is sharper.
    np.testing.assert_allclose(errors(fit), oracle_errors, rtol=2e-4)
    assert fit.variance.variance == pytest.approx(float(oracle.cov_re.iloc[0, 0]), rel=1e-4)
    assert fit.variance.residual_variance == pytest.approx(oracle.scale, rel=1e-6)
    # Theirs has age in tens of years; the restricted likelihood moves by the log of the unit.
    assert fit.log_likelihood == pytest.approx(oracle.llf - np.log(10.0), abs=1e-6)
    theirs = [float(oracle.random_effects[int(label)].iloc[0]) for label in fit.random_effects.labels]
    np.testing.assert_allclose(fit.random_effects.effect, theirs, atol=1e-5)


def test_restricted_likelihood_by_dense_algebra() -> None:
    sample = simulate(200, clusters=8, sigma=2.0)
    fit = fit_linear_multilevel(sample.design, "amount", NAMES)
    assert fit.variance is not None
    matrix = model_matrix(sample.frame).to_numpy()
    matrix[:, 6] *= 10  # the restricted likelihood depends on the units of the columns: those of the data
    same = sample.frame["cluster"].to_numpy()[:, None] == sample.frame["cluster"].to_numpy()[None, :]

    def value(variance: float, residual: float, is_restricted: bool) -> float:
        covariance = variance * same + residual * np.eye(len(same))
        solved = np.linalg.solve(covariance, matrix)
        beta = np.linalg.solve(matrix.T @ solved, solved.T @ sample.frame["amount"].to_numpy())
        rest = sample.frame["amount"].to_numpy() - matrix @ beta
        count = len(rest) - matrix.shape[1] * is_restricted
        total = count * np.log(2 * np.pi) + np.linalg.slogdet(covariance)[1] + rest @ np.linalg.solve(covariance, rest)
        return -0.5 * (total + (np.linalg.slogdet(matrix.T @ solved)[1] if is_restricted else 0.0))

    best = value(fit.variance.variance, fit.variance.residual_variance, True)
    assert fit.log_likelihood == pytest.approx(best, abs=1e-7)
    for factor in (0.97, 1.03):
        assert value(fit.variance.variance * factor, fit.variance.residual_variance, True) < best
    covariance = fit.variance.variance * same + fit.variance.residual_variance * np.eye(len(same))
    oracle = np.linalg.inv(matrix.T @ np.linalg.solve(covariance, matrix))
    scale = np.where(np.arange(matrix.shape[1]) == 6, 10.0, 1.0)
    np.testing.assert_allclose(errors(fit), np.sqrt(np.diag(oracle)) * scale, rtol=1e-8)
    assert fit.maximum_log_likelihood >= value(fit.variance.variance, fit.variance.residual_variance, False)


def test_collapsed_multilevel_is_exact() -> None:
    sample = simulate(5000)
    units = collapse(sample.design, ["group", "sex"], by_cluster=True)
    assert units is not None
    assert units.row_count < 300
    rows = fit_logistic_multilevel(sample.design, "happened", ["group", "sex"])
    fit = fit_logistic_multilevel(units, "happened", ["group", "sex"])
    np.testing.assert_allclose(estimates(fit), estimates(rows), atol=1e-7)
    assert fit.log_likelihood == pytest.approx(rows.log_likelihood, abs=1e-7)
    assert fit.variance is not None
    assert rows.variance is not None
    assert fit.variance.variance == pytest.approx(rows.variance.variance, rel=1e-5)
    linear_rows = fit_linear_multilevel(sample.design, "amount", ["group", "sex"])
    linear = fit_linear_multilevel(units, "amount", ["group", "sex"])
    np.testing.assert_allclose(estimates(linear), estimates(linear_rows), atol=1e-9)
    assert linear.log_likelihood == pytest.approx(linear_rows.log_likelihood, abs=1e-6)


def test_variance_truly_zero() -> None:
    """A third of such data sets give a positive estimate; this one (fixed seed) has less variation than chance."""
    for seed in range(40):
        sample = simulate(800, seed=seed, clusters=10, sigma=0.0)
        fit = fit_logistic_multilevel(sample.design, "happened", ["group"])
        assert fit.variance is not None
        single = fit_logistic(sample.design, "happened", ["group"])
        assert fit.log_likelihood >= single.log_likelihood - 1e-9
        if fit.variance.is_singular:
            assert fit.status == "singular"
            assert fit.variance.icc == 0.0
            np.testing.assert_allclose(estimates(fit), estimates(single), atol=1e-12)
            assert "variance between clusters estimated as zero" in fit.notes
            return
    pytest.fail("no singular fit among 40 data sets without variance")


def test_icc_of_sixty_percent() -> None:
    sample = simulate(20_000, clusters=300, sigma=float(np.sqrt(1.5 * np.pi**2 / 3)))
    fit = fit_logistic_multilevel(sample.design, "happened", NAMES)
    assert fit.variance is not None
    assert fit.status == "converged"
    assert fit.variance.icc_low < 0.6 < fit.variance.icc_high
    assert fit.variance.icc == pytest.approx(0.6, abs=0.05)


def test_five_thousand_clusters() -> None:
    sample = simulate(20_000, clusters=5000, sigma=0.7)
    fit = fit_logistic_multilevel(sample.design, "happened", ["group"])
    assert fit.variance is not None
    assert fit.random_effects is not None
    assert fit.status == "converged"
    # The likelihood is that of the independent implementation; Laplace is known to be biased with four rows a cluster.
    matrix = model_matrix(sample.frame).to_numpy()[:, :5]
    again = laplace_log_likelihood(
        matrix, sample.frame["happened"].to_numpy().astype(float), sample.frame["cluster"].to_numpy(),
        estimates(fit), fit.variance.variance,
    )  # fmt: skip
    assert fit.log_likelihood == pytest.approx(again, abs=1e-5)
    assert len(fit.random_effects.labels) == sample.frame["cluster"].nunique()


def test_one_cluster_has_no_variance() -> None:
    sample = simulate(500, clusters=1)
    for fit in (
        fit_logistic_multilevel(sample.design, "happened", ["group"]),
        fit_linear_multilevel(sample.design, "amount", ["group"]),
    ):
        assert fit.variance is not None
        assert fit.status == "singular"
        assert fit.variance.variance == 0.0


def test_clusters_of_one() -> None:
    frame = simulate(400).frame.assign(cluster=np.arange(400))
    design = design_of(frame)
    logistic = fit_logistic_multilevel(design, "happened", ["group"])
    assert logistic.converged
    # With one row a cluster the two variances of a linear model are one: only their sum is known.
    linear = fit_linear_multilevel(design, "amount", ["group"])
    assert linear.variance is not None
    single = sm.OLS(frame["amount"], model_matrix(frame).iloc[:, :5]).fit()
    assert linear.variance.variance + linear.variance.residual_variance == pytest.approx(single.scale, rel=1e-6)
    np.testing.assert_allclose(estimates(linear), single.params, atol=1e-8)


def test_weights_are_repeated_rows() -> None:
    sample = simulate(800, clusters=10, sigma=0.8)
    weights = np.random.default_rng(3).integers(0, 4, 800)
    weighted = design_of(sample.frame, weights=weights)
    repeated = design_of(sample.frame.loc[sample.frame.index.repeat(weights)])
    left = fit_logistic_multilevel(weighted, "happened", ["group"])
    right = fit_logistic_multilevel(repeated, "happened", ["group"])
    np.testing.assert_allclose(estimates(left), estimates(right), atol=1e-7)
    assert left.log_likelihood == pytest.approx(right.log_likelihood, abs=1e-8)
    np.testing.assert_allclose(
        estimates(fit_linear_multilevel(weighted, "amount", ["group"])),
        estimates(fit_linear_multilevel(repeated, "amount", ["group"])),
        atol=1e-9,
    )
