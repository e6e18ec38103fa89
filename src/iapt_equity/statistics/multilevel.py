"""Regressions with a random intercept for each cluster: logistic by Laplace approximation, linear by REML.

Logistic. For given coefficients and variance the mode of each cluster's effect solves a concave problem in one
dimension; all clusters are solved side by side by Newton's method, each step one pass over the rows. The Laplace
approximation of the log-likelihood (Breslow and Clayton 1993, equation 5, with the exact Hessian) then has an exact
gradient, by implicit differentiation of the modes. It is maximised by a quasi-Newton method (BFGS) whose first metric
is the marginal information, an arrowhead system: X'WX - A' diag(1 / (W_c + 1/tau)) A, with A the cluster sums of the
weighted rows. That metric is so close to the truth that five to eight evaluations suffice.

Adaptive Gauss-Hermite quadrature (Pinheiro and Bates 1995) is an option; its gradient comes from Fisher's identity.

Linear. X'X, X'e, e'e and the sums of rows and residuals over each cluster are sufficient for the restricted likelihood,
profiled over the ratio of the two variances (Bates and DebRoy 2004): one pass over the rows, then a root in one
dimension. The residuals e of the single-level fit stand in for the outcome, which loses no digits to cancellation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy import optimize, special

from iapt_equity.statistics import algebra
from iapt_equity.statistics.algebra import piecewise_dot
from iapt_equity.statistics.design import BLOCK_ROWS, Design, FloatArray, IntArray, cluster_runs
from iapt_equity.statistics.errors import DesignError
from iapt_equity.statistics.matrix import ModelMatrix
from iapt_equity.statistics.results import Fit, FitStatus, RandomEffects, VarianceComponents
from iapt_equity.statistics.single import (
    NOT_CONVERGED,
    NewtonState,
    Sample,
    build_fit,
    drop_collinear,
    empty_fit,
    fitted_and_weight,
    least_squares,
    linear_pass,
    linear_residual,
    null_likelihood,
    prepare_sample,
    start_logistic,
)

#: Variance of the standard logistic distribution: the residual variance on the latent scale.
LATENT_VARIANCE = float(np.pi**2 / 3.0)
#: The search stops when the squared step in standard-error units falls below this.
_DECREMENT = 1e-12
_MAXIMUM_STEPS = 200
#: Squared step in standard-error units at which a search that cannot improve any more counts as ended.
_NEAR = 1e-6
#: A mode is found when its last step is below this share of its standard deviation; the error left is of its square.
_MODE_STEP = 1e-6
#: tau times the largest cluster weight below this: the variance has gone to zero.
_BOUNDARY = 1e-7
#: What is left below this share of the sum of squares that it is left of is rounding.
_FORM_DIGITS = 1e-12


@dataclass(slots=True)
class _Evaluation:
    """Laplace (or quadrature) log-likelihood and its gradient at one point."""

    likelihood: float
    gradient: FloatArray
    effects: FloatArray
    curvature: FloatArray
    weights: FloatArray
    gram: FloatArray | None
    cluster_sums: FloatArray | None


class _Marginal:
    """The approximate marginal log-likelihood of a logistic model with a random intercept, as a function.

    Args:
        sample: rows and columns.
        nodes: 1 for Laplace, more for quadrature.
        vectors: four vectors of shape (n,) to work in.
    """

    def __init__(self, sample: Sample, nodes: int, vectors: Sequence[FloatArray]) -> None:
        cluster = sample.matrix.design.cluster
        if cluster is None:
            raise DesignError("a multilevel model needs a design with a cluster")
        self.sample = sample
        self.matrix: ModelMatrix = sample.matrix
        self.cluster: IntArray = cluster
        self.count = len(sample.matrix.design.cluster_labels)
        self.runs = sample.matrix.design.cluster_runs or cluster_runs(cluster, self.count)
        self.nodes = nodes
        self.evaluations = 0
        self.fitted, self.predictor, self.sorted_predictor, trials = vectors
        self.trials = None if sample.trials is None else self.by_run(sample.trials, trials)
        self.totals = self.matrix.cluster_totals(sample.total)
        longest = max(run.high - run.low for run in self.runs)
        self._work = np.empty((4, longest))

    def by_run(self, values: FloatArray, result: FloatArray) -> FloatArray:
        """Values of the rows, shape (n,), in the order of the cluster runs, into `result`."""
        for run in self.runs:
            np.take(values[run.low : run.high], run.order, out=result[run.low : run.high], mode="clip")
        return result

    def cluster_pass(
        self, predictor: FloatArray, effects: FloatArray, want_likelihood: bool
    ) -> tuple[FloatArray, FloatArray, FloatArray, float]:
        """Sums over clusters of residual, weight and third derivative, and minus the sum of log(1 + exp(eta)).

        The predictor comes in the order of the cluster runs. Third derivative, likelihood and `fitted` (in the order
        of the rows) are only there when the likelihood is wanted.
        """
        expected, weight, third = np.zeros(self.count), np.zeros(self.count), np.zeros(self.count)
        likelihood = 0.0
        for run in self.runs:
            eta, decay, p, w = self._work[:, : run.high - run.low]
            t = None if self.trials is None else self.trials[run.low : run.high]
            np.take(effects, run.cluster, out=eta, mode="clip")
            eta += predictor[run.low : run.high]
            np.abs(eta, out=decay)
            np.negative(decay, out=decay)
            np.exp(decay, out=decay)
            fitted_and_weight(eta, decay, p, w)
            if t is not None:
                w *= t
            weight[run.present] += np.add.reduceat(w, run.starts)
            if want_likelihood:
                self.fitted[run.low : run.high][run.order] = p
                np.maximum(eta, 0.0, out=eta)
                np.log1p(decay, out=decay)
                eta += decay
                likelihood -= float(np.sum(eta)) if t is None else piecewise_dot(t, eta)
                np.multiply(p, -2.0, out=decay)
                decay += 1.0
                decay *= w
                third[run.present] += np.add.reduceat(decay, run.starts)
            if t is not None:
                p *= t
            expected[run.present] += np.add.reduceat(p, run.starts)
        return self.totals - expected, weight, third, likelihood

    def modes(self, predictor: FloatArray, variance: float, effects: FloatArray) -> FloatArray:
        """Mode of each cluster's effect, by Newton's method with steps of at most two units.

        The predictor comes in the order of the cluster runs.
        """
        for _ in range(100):
            residual, weight, _, _ = self.cluster_pass(predictor, effects, False)
            curvature = weight + 1.0 / variance
            step = np.clip((residual - effects / variance) / curvature, -2.0, 2.0)
            effects = effects + step
            if float(np.max(np.abs(step) * np.sqrt(curvature), initial=0.0)) < _MODE_STEP:
                break
        return effects

    def evaluate(
        self, beta: FloatArray, log_sigma: float, effects: FloatArray, want_information: bool = False
    ) -> _Evaluation:
        """Log-likelihood and gradient in (active coefficients, log sigma)."""
        self.evaluations += 1
        variance = float(np.exp(2.0 * log_sigma))
        predictor = self.matrix.predict(beta, self.predictor)
        sorted_predictor = self.by_run(predictor, self.sorted_predictor)
        effects = self.modes(sorted_predictor, variance, effects)
        _, weight, third, likelihood = self.cluster_pass(sorted_predictor, effects, True)
        likelihood += piecewise_dot(self.sample.total, predictor) + float(np.sum(self.totals * effects))
        curvature = weight + 1.0 / variance
        if self.nodes > 1:
            return self._quadrature(predictor, variance, effects, curvature, weight)
        likelihood -= float(np.sum(effects * effects)) / (2.0 * variance)
        likelihood -= 0.5 * float(np.sum(np.log1p(variance * weight)))
        # d/d tau of the approximation, the modes moving with tau: du/dtau = u / (tau^2 D).
        by_variance = float(
            np.sum(effects * effects) / (2.0 * variance**2)
            - 0.5 * np.sum((weight + third * effects / (variance * curvature)) / (1.0 + variance * weight))
        )
        gradient = self._gradient(third, curvature)
        evaluation = _Evaluation(
            likelihood=likelihood,
            gradient=np.append(gradient[self.sample.active], 2.0 * variance * by_variance),
            effects=effects,
            curvature=curvature,
            weights=weight,
            gram=None,
            cluster_sums=None,
        )
        return self.with_information(evaluation) if want_information else evaluation

    def with_information(self, evaluation: _Evaluation) -> _Evaluation:
        """The latest evaluation with X'WX and the sums of the weighted rows over the clusters."""
        active = self.sample.active
        weights = self._row_weights()
        gram, sums = self.matrix.gram(weights), self.matrix.cluster_sums(weights)
        return replace(evaluation, gram=gram[np.ix_(active, active)], cluster_sums=sums[:, active])

    def _row_weights(self) -> FloatArray:
        """Weights t p (1 - p) of the rows at the latest evaluation, in the place of its sorted predictor."""
        weights = np.subtract(1.0, self.fitted, out=self.sorted_predictor)
        weights *= self.fitted
        if self.sample.trials is not None:
            weights *= self.sample.trials
        return weights

    def _gradient(self, third: FloatArray, curvature: FloatArray) -> FloatArray:
        """X'q with q = residual - (w' / D - w T / D^2) / 2: the score with the derivative of the log determinant."""
        matrix, total, trials = self.matrix, self.sample.total, self.sample.trials
        half_inverse = 0.5 / curvature
        tilt = half_inverse * third / curvature
        gradient = np.zeros(matrix.size)
        by_pattern = np.zeros(matrix.pattern_count)
        values = matrix.design.standardised
        work = np.empty((3, min(BLOCK_ROWS, matrix.row_count)))
        for block in matrix.blocks:
            rows = slice(block.low, block.high)
            q, w, part = work[:, : block.high - block.low]
            cluster = self.cluster[rows]
            p = self.fitted[rows]
            # q = w (tilt - half_inverse (1 - 2 p)) + total - t p, with w = t p (1 - p)
            np.multiply(p, -2.0, out=part)
            part += 1.0
            np.take(half_inverse, cluster, out=q, mode="clip")
            part *= q
            np.take(tilt, cluster, out=q, mode="clip")
            q -= part
            np.subtract(1.0, p, out=w)
            w *= p
            q *= w
            q -= p
            if trials is not None:
                q *= trials[rows]
            q += total[rows]
            target = slice(block.first_pattern, block.last_pattern)
            by_pattern[target] += np.add.reduceat(q, block.starts)
            for i, position in enumerate(matrix.numeric_positions):
                gradient[matrix.numeric_offset + i] += piecewise_dot(values[position, rows], q)
        matrix.levels_from_patterns(by_pattern, gradient)
        return gradient

    def _quadrature(
        self, predictor: FloatArray, variance: float, effects: FloatArray, curvature: FloatArray, weight: FloatArray
    ) -> _Evaluation:
        """Adaptive Gauss-Hermite quadrature around the modes."""
        points, point_weights = special.roots_hermite(self.nodes)
        spread = np.sqrt(2.0 / curvature)
        located = effects[None, :] + points[:, None] * spread[None, :]
        log_terms = np.empty((self.nodes, self.count))
        sorted_predictor = self.sorted_predictor
        base = self.matrix.cluster_totals(self.sample.total * predictor)
        for k in range(self.nodes):
            log_terms[k] = base + self._cluster_likelihood(sorted_predictor, located[k])
            log_terms[k] += np.log(point_weights[k]) + points[k] ** 2 - located[k] ** 2 / (2.0 * variance)
        peak = np.max(log_terms, axis=0)
        shares = np.exp(log_terms - peak)
        norm = np.sum(shares, axis=0)
        shares /= norm
        likelihood = float(np.sum(peak + np.log(norm) + np.log(spread) - 0.5 * np.log(2.0 * np.pi * variance)))
        mean_fitted = np.zeros(self.matrix.row_count)
        for k in range(self.nodes):
            mean_fitted += shares[k][self.cluster] * special.expit(predictor + located[k][self.cluster])
        trials = self.sample.trials
        gradient = self.matrix.transpose_times(
            self.sample.total - (mean_fitted if trials is None else trials * mean_fitted)
        )
        used = weight > 0.0
        squares = np.sum(shares * located**2, axis=0)
        by_log_sigma = float(np.sum(squares[used] / variance - 1.0))
        active = self.sample.active
        evaluation = _Evaluation(
            likelihood, np.append(gradient[active], by_log_sigma), effects, curvature, weight, None, None
        )
        return self.with_information(evaluation)

    def _cluster_likelihood(self, predictor: FloatArray, effects: FloatArray) -> FloatArray:
        """Log-likelihood of each cluster less its part in the fixed predictor (given in the order of the runs)."""
        result = self.totals * effects
        for run in self.runs:
            rows = slice(run.low, run.high)
            softplus = np.logaddexp(0.0, predictor[rows] + effects[run.cluster])
            if self.trials is not None:
                softplus *= self.trials[rows]
            result[run.present] -= np.add.reduceat(softplus, run.starts)
        return result


def _marginal_information(evaluation: _Evaluation) -> FloatArray:
    """Information about the coefficients with the cluster effects integrated out (arrowhead system)."""
    assert evaluation.gram is not None
    assert evaluation.cluster_sums is not None
    scaled = evaluation.cluster_sums / np.sqrt(evaluation.curvature)[:, None]
    return evaluation.gram - algebra.small_gram(scaled, scaled)


def fit_logistic_multilevel(
    design: Design,
    outcome: str,
    terms: Sequence[str],
    *,
    quadrature_nodes: int = 1,
    information: Literal["marginal", "observed"] = "marginal",
    confidence: float = 0.95,
    minimum_count: int = 0,
    start: Mapping[tuple[str, str | None], float] | None = None,
    start_variance: float | None = None,
    complete_for: Sequence[str] | None = None,
) -> Fit:
    """Fit a logistic regression with a random intercept for each cluster of the design.

    Args:
        design: the coded rows, with a cluster.
        outcome: name of an outcome of zeros and ones.
        terms: names of the terms; an intercept is always there.
        quadrature_nodes: 1 for the Laplace approximation, more for adaptive Gauss-Hermite quadrature.
        information: standard errors from the marginal information (one pass), or from the observed information of
            the approximate likelihood, differentiated numerically (twice as many evaluations as coefficients).
        confidence: level of the intervals.
        minimum_count: a level with fewer rows, events or non-events than this is marked 'small_group'.
        start: standardised coefficients to start from.
        start_variance: variance to start from; None takes a moment estimate.
        complete_for: terms on which a row must be complete, where these are more than the model's own.

    Returns:
        The fit, with `variance` and `random_effects`. A variance at zero gives the status 'singular' and the estimates
        of the single-level model. The interval of the variance is on the log scale (delta method).

    Raises:
        DesignError: no cluster, unknown outcome or term, or an outcome other than 0 and 1.
        FitError: no row is left in the sample.
    """
    sample, single, status = start_logistic(design, outcome, terms, start, complete_for)
    if single is None:
        return empty_fit("logistic_multilevel", sample, terms, minimum_count, confidence, status)
    if len(sample.active) == 0:
        return empty_fit("logistic_multilevel", sample, terms, minimum_count, confidence, "separated")
    with design.scratch.borrow(4) as vectors:
        marginal = _Marginal(sample, quadrature_nodes, vectors)
        try:
            return _fit_marginal(marginal, single, terms, information, confidence, minimum_count, start_variance)
        except np.linalg.LinAlgError:
            # So few rows, or so nearly separated, that nothing is left once the clusters have had their share.
            sample.notes.append(NOT_CONVERGED)
            return empty_fit("logistic_multilevel", sample, terms, minimum_count, confidence, "not_converged")


def _fit_marginal(
    marginal: _Marginal,
    single: NewtonState,
    terms: Sequence[str],
    information: Literal["marginal", "observed"],
    confidence: float,
    minimum_count: int,
    start_variance: float | None,
) -> Fit:
    """Fit from the single-level estimates."""
    sample, matrix, active = marginal.sample, marginal.matrix, marginal.sample.active
    predictor = marginal.by_run(matrix.predict(single.beta, marginal.predictor), marginal.sorted_predictor)
    residual, weight, _, _ = marginal.cluster_pass(predictor, np.zeros(marginal.count), False)
    used = weight > 0
    largest = float(np.max(weight))
    moment = float(np.sum(residual**2 - weight) / np.sum(weight**2))
    variance = start_variance if start_variance is not None else moment
    variance = min(max(variance, 0.1 / largest, 1e-6), 10.0)

    best = _maximise(marginal, single.beta, float(0.5 * np.log(variance)), largest)
    if not best.converged:
        sample.notes.append(NOT_CONVERGED)
        return empty_fit("logistic_multilevel", sample, terms, minimum_count, confidence, "not_converged")
    if best.is_boundary or best.evaluation.likelihood < single.likelihood - 1e-9 * abs(single.likelihood):
        sample.notes.append("variance between clusters estimated as zero")
        covariance = algebra.inverse_positive(single.information[np.ix_(active, active)])
        components = VarianceComponents(
            0.0, 0.0, float("nan"), LATENT_VARIANCE, 0.0, 0.0, float("nan"), int(np.count_nonzero(used)), True, "none"
        )
        effects = _random_effects(matrix, np.zeros(marginal.count), np.zeros(marginal.count), used, sample, confidence)
        return _multilevel_fit(
            "logistic_multilevel", sample, terms, single.beta, covariance, single.likelihood, best.steps, "singular",
            components, effects, confidence, minimum_count, float("nan"),
        )  # fmt: skip

    error, covariance = _errors(marginal, best, information)
    half = algebra.normal_quantile(confidence)
    tau = float(np.exp(2.0 * best.log_sigma))
    with np.errstate(over="ignore"):  # where the rows say nothing of the variance its interval has no upper end
        low, high = (float(np.exp(2.0 * (best.log_sigma + sign * half * error))) for sign in (-1.0, 1.0))
    components = VarianceComponents(
        variance=tau,
        variance_low=low,
        variance_high=high,
        residual_variance=LATENT_VARIANCE,
        icc=tau / (tau + LATENT_VARIANCE),
        icc_low=low / (low + LATENT_VARIANCE),
        icc_high=1.0 / (1.0 + LATENT_VARIANCE / high) if high > 0.0 else float("nan"),
        cluster_count=int(np.count_nonzero(used)),
        is_singular=False,
        interval_method="delta method on the log standard deviation",
    )
    effects = _random_effects(
        matrix, best.evaluation.effects, 1.0 / np.sqrt(best.evaluation.curvature), used, sample, confidence
    )
    status: FitStatus = "separated" if "separated" in sample.statuses.values() else "converged"
    return _multilevel_fit(
        "logistic_multilevel", sample, terms, best.beta, covariance, best.evaluation.likelihood, best.steps, status,
        components, effects, confidence, minimum_count, error,
    )  # fmt: skip


@dataclass(slots=True)
class _Optimum:
    beta: FloatArray
    log_sigma: float
    evaluation: _Evaluation
    information: FloatArray
    steps: int
    converged: bool
    is_boundary: bool


def _maximise(marginal: _Marginal, beta: FloatArray, log_sigma: float, largest: float) -> _Optimum:
    """BFGS from the single-level estimates, in the metric of the marginal information."""
    active = marginal.sample.active
    count = len(active)
    current = marginal.evaluate(beta, log_sigma, np.zeros(marginal.count), want_information=True)
    information = _marginal_information(current)
    sums, curvature = current.cluster_sums, current.curvature
    inverse = np.zeros((count + 1, count + 1))
    inverse[:count, :count] = algebra.inverse_positive(information)
    inverse[count, count] = 1.0 / _log_sigma_information(current, log_sigma)
    for step_number in range(1, _MAXIMUM_STEPS + 1):
        gradient = current.gradient
        direction = algebra.times(inverse, gradient)
        decrement = float(gradient @ direction)
        if decrement < _DECREMENT:
            final = current if current.gram is not None else marginal.with_information(current)
            return _Optimum(beta, log_sigma, final, _marginal_information(final), step_number - 1, True, False)
        if np.exp(2.0 * log_sigma) * largest < _BOUNDARY:
            return _Optimum(beta, log_sigma, current, information, step_number, True, True)
        direction *= min(1.0, 1.5 / max(abs(direction[count]), 1e-300))
        fraction = 1.0
        while True:
            trial_beta = beta.copy()
            trial_beta[active] += fraction * direction[:count]
            trial_log_sigma = log_sigma + fraction * float(direction[count])
            guess = current.effects * 1.0
            # How the modes move to first order, with the coefficients and with the variance.
            if sums is not None:
                guess -= fraction * algebra.times(sums, direction[:count]) / curvature
            guess += _by_log_sigma(current, log_sigma) * (trial_log_sigma - log_sigma)
            trial = marginal.evaluate(trial_beta, trial_log_sigma, guess)
            gain = trial.likelihood - current.likelihood
            if gain >= 1e-4 * fraction * float(gradient @ direction) - 1e-11 * abs(current.likelihood):
                break
            fraction *= 0.5
            if fraction < 1e-6:
                # No step improves: at the optimum to rounding, or (with few quadrature nodes) as near as it goes.
                is_near = decrement < _NEAR
                return _Optimum(beta, log_sigma, current, information, step_number, is_near, False)
        moved = fraction * direction
        change = current.gradient - trial.gradient
        product = float(moved @ change)
        beta, log_sigma, current = trial_beta, trial_log_sigma, trial
        if product > 1e-14 * float(np.linalg.norm(moved) * np.linalg.norm(change)):
            inverse = _bfgs(inverse, moved, change, product)
    return _Optimum(beta, log_sigma, current, information, _MAXIMUM_STEPS, False, False)


def _bfgs(inverse: FloatArray, moved: FloatArray, change: FloatArray, product: float) -> FloatArray:
    """BFGS update of an inverse Hessian."""
    image = algebra.times(inverse, change)
    scale = (product + float(change @ image)) / product**2
    return np.asarray(
        inverse + scale * np.outer(moved, moved) - (np.outer(image, moved) + np.outer(moved, image)) / product
    )


def _by_log_sigma(evaluation: _Evaluation, log_sigma: float) -> FloatArray:
    """Derivative of each mode in log sigma, from the equation that defines the mode."""
    return np.asarray(2.0 * evaluation.effects / (np.exp(2.0 * log_sigma) * evaluation.curvature))


def _log_sigma_information(evaluation: _Evaluation, log_sigma: float) -> float:
    """Expected information about log sigma: twice the sum of the squared reliabilities of the clusters."""
    variance = np.exp(2.0 * log_sigma)
    reliability = variance * evaluation.weights / (1.0 + variance * evaluation.weights)
    return max(2.0 * float(np.sum(reliability**2)), 1e-300)


def _errors(marginal: _Marginal, best: _Optimum, information: str) -> tuple[float, FloatArray]:
    """Standard error of log sigma and covariance of the coefficients."""
    count = len(marginal.sample.active)
    active = marginal.sample.active
    if best.evaluation.gram is None:
        best.evaluation = marginal.evaluate(best.beta, best.log_sigma, best.evaluation.effects, want_information=True)
        best.information = _marginal_information(best.evaluation)
    marginal_covariance = algebra.inverse_positive(best.information)
    # Second derivatives in log sigma, by central differences of the exact gradient.
    step = 1e-3
    by_log_sigma = _by_log_sigma(best.evaluation, best.log_sigma)
    sides = [
        marginal.evaluate(
            best.beta, best.log_sigma + sign * step, best.evaluation.effects + sign * step * by_log_sigma
        ).gradient
        for sign in (1.0, -1.0)
    ]
    column = -(sides[0] - sides[1]) / (2.0 * step)
    if information == "marginal":
        cross = column[:count]
        schur = float(column[count] - cross @ algebra.times(marginal_covariance, cross))
        error = 1.0 / np.sqrt(schur) if schur > 0 else float("nan")
        if not np.isfinite(error):
            return float("nan"), marginal_covariance
        image = algebra.times(marginal_covariance, cross)
        return float(error), marginal_covariance + np.outer(image, image) * error**2
    hessian = np.zeros((count + 1, count + 1))
    hessian[:, count] = column
    for i in range(count):
        width = 1e-3 * float(np.sqrt(marginal_covariance[i, i]))
        gradients = []
        for sign in (1.0, -1.0):
            moved = best.beta.copy()
            moved[active[i]] += sign * width
            gradients.append(marginal.evaluate(moved, best.log_sigma, best.evaluation.effects).gradient)
        hessian[:, i] = -(gradients[0] - gradients[1]) / (2.0 * width)
    covariance = algebra.inverse_positive(0.5 * (hessian + hessian.T))
    return float(np.sqrt(covariance[count, count])), covariance[:count, :count]


def _random_effects(
    matrix: ModelMatrix,
    effects: FloatArray,
    errors: FloatArray,
    used: np.ndarray,
    sample: Sample,
    confidence: float,
) -> RandomEffects:
    half = algebra.normal_quantile(confidence)
    counts = matrix.cluster_totals(sample.trials)
    kept = np.flatnonzero(used)
    return RandomEffects(
        tuple(matrix.design.cluster_labels[i] for i in kept),
        effects[kept],
        errors[kept],
        effects[kept] - half * errors[kept],
        effects[kept] + half * errors[kept],
        counts[kept],
    )


def _multilevel_fit(
    estimator: Literal["logistic_multilevel", "linear_multilevel"],
    sample: Sample,
    terms: Sequence[str],
    beta: FloatArray,
    covariance: FloatArray,
    likelihood: float,
    iterations: int,
    status: FitStatus,
    components: VarianceComponents,
    effects: RandomEffects,
    confidence: float,
    minimum_count: int,
    log_sigma_error: float,
    residual_variance: float = float("nan"),
    null: float | None = None,
    maximum: float = float("nan"),
) -> Fit:
    is_binary = estimator == "logistic_multilevel"
    fit = build_fit(
        estimator,
        sample,
        terms,
        beta,
        covariance,
        log_likelihood=likelihood,
        null_log_likelihood=null_likelihood(sample.events[0], sample.counts[0]) if null is None else null,
        iterations=iterations,
        status=status,
        minimum_count=minimum_count,
        confidence=confidence,
    )
    return replace(
        fit,
        residual_variance=residual_variance,
        variance=components,
        random_effects=effects,
        log_sigma_standard_error=log_sigma_error,
        maximum_log_likelihood=maximum if not is_binary else likelihood,
    )


@dataclass(slots=True)
class _Profile:
    """The restricted (or full) likelihood of a linear model with a random intercept, from sufficient statistics."""

    gram: FloatArray
    cross: FloatArray
    squares: float
    sizes: FloatArray
    sums: FloatArray
    residual_sums: FloatArray
    count: float
    log_scale: float
    is_restricted: bool

    @property
    def degrees(self) -> float:
        return self.count - len(self.cross) * self.is_restricted

    def solve(self, ratio: float) -> tuple[FloatArray, float, FloatArray, float]:
        """Inverse and log determinant of X'V^-1 X, coefficients and residual quadratic form at a ratio of variances.

        The form is NaN, and with it deviance and slope, where rounding leaves no digit of it: the clusters then explain
        every residual, and the likelihood rises with the ratio for ever.
        """
        shrink = ratio / (1.0 + ratio * self.sizes)
        normal = self.gram - algebra.small_gram(self.sums * shrink[:, None], self.sums)
        right = self.cross - (self.sums * (shrink * self.residual_sums)[:, None]).sum(axis=0)
        inverse, logarithm = algebra.inverse_and_log_determinant(normal)
        beta = algebra.times(inverse, right)
        form = self.squares - float(np.sum(shrink * self.residual_sums**2)) - float(right @ beta)
        return inverse, logarithm, beta, form if form > _FORM_DIGITS * self.squares else float("nan")

    def deviance(self, ratio: float) -> float:
        """Minus twice the profiled log-likelihood."""
        _, logarithm, _, form = self.solve(ratio)
        value = self.degrees * (1.0 + np.log(2.0 * np.pi * form / self.degrees))
        value += float(np.sum(np.log1p(ratio * self.sizes)))
        if self.is_restricted:
            value += logarithm + self.log_scale
        return float(value)

    def slope(self, ratio: float) -> float:
        """Derivative of the deviance in the ratio."""
        inverse, _, beta, form = self.solve(ratio)
        damp = 1.0 / (1.0 + ratio * self.sizes)
        remainder = self.residual_sums - (self.sums * beta).sum(axis=1)
        value = float(np.sum(self.sizes * damp)) - self.degrees / form * float(np.sum(damp**2 * remainder**2))
        if self.is_restricted:
            squares = algebra.small_gram(self.sums * (damp**2)[:, None], self.sums)
            value -= float(np.sum(inverse * squares))
        return value

    def minimum(self) -> float:
        """Ratio at the smallest deviance: zero, the best root of the slope, infinite where it falls beyond 10,000."""
        grid = np.exp(np.linspace(np.log(1e-9), np.log(1e4), 31))
        slopes = [self.slope(float(ratio)) for ratio in grid]
        best, best_value = 0.0, self.deviance(0.0)
        for i in range(len(grid) - 1):
            if slopes[i] < 0.0 <= slopes[i + 1]:
                root = float(np.exp(optimize.brentq(
                    lambda x: self.slope(float(np.exp(x))) * float(np.exp(x)), np.log(grid[i]), np.log(grid[i + 1]),
                    xtol=1e-13, rtol=1e-13,
                )))  # fmt: skip
                value = self.deviance(root)
                if value < best_value - 1e-12 * abs(best_value):  # a flat likelihood says nothing against zero
                    best, best_value = root, value
        last = int(np.flatnonzero(np.isfinite(slopes))[-1])
        # A fall of a millionth is rounding of a flat likelihood, as with clusters of one row.
        if slopes[last] < 0.0 and self.deviance(float(grid[last])) < best_value - 1e-6:
            return float("inf")
        return best

    def interval(self, ratio: float, confidence: float) -> tuple[float, float]:
        """Interval of the ratio from the profile of the deviance."""
        target = self.deviance(ratio) + algebra.normal_quantile(confidence) ** 2

        def excess(value: float) -> float:
            return self.deviance(value) - target

        low = 0.0
        if ratio > 0.0 and excess(0.0) > 0.0:
            low = _root(excess, ratio * 1e-12, ratio)
        high = max(ratio, 1e-9) * 2.0
        while excess(high) < 0.0 and high < 1e9:
            high *= 2.0
        return low, _root(excess, max(ratio, 1e-300), high) if high < 1e9 else float("inf")


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    return float(optimize.brentq(function, low, high, xtol=1e-300, rtol=1e-10))


def fit_linear_multilevel(
    design: Design,
    outcome: str,
    terms: Sequence[str],
    *,
    confidence: float = 0.95,
    minimum_count: int = 0,
    complete_for: Sequence[str] | None = None,
) -> Fit:
    """Fit a linear regression with a random intercept for each cluster by restricted maximum likelihood.

    Args:
        design: the coded rows, with a cluster.
        outcome: name of the outcome.
        terms: names of the terms; an intercept is always there.
        confidence: level of the intervals (normal for the coefficients, profile for variance and ICC).
        minimum_count: a level with fewer rows than this is marked 'small_group'.
        complete_for: terms on which a row must be complete, where these are more than the model's own.

    Returns:
        The fit, with `variance`, `random_effects` and, for comparing models, `maximum_log_likelihood`.

    Raises:
        DesignError: no cluster, unknown outcome or term.
        FitError: no row is left in the sample.
    """
    sample = prepare_sample(design, outcome, terms, False, complete_for)
    if sample.matrix.design.cluster is None:
        raise DesignError("a multilevel model needs a design with a cluster")
    beta, null_squares, profile = _profile(design, sample)
    active, used = sample.active, profile.sizes > 0
    if profile.degrees <= 0 or profile.squares <= _FORM_DIGITS * null_squares:
        sample.notes.append("as many coefficients as rows, or no variation: nothing can be estimated")
        return empty_fit("linear_multilevel", sample, terms, minimum_count, confidence)
    # One cluster's effect cannot be told from the intercept.
    ratio = profile.minimum() if np.count_nonzero(used) > 1 else 0.0
    full_profile = replace(profile, is_restricted=False)
    full_ratio = full_profile.minimum()
    if not np.isfinite(ratio + full_ratio):
        sample.notes.append("hardly anything varies within clusters: the variance between them has no estimate")
        return empty_fit("linear_multilevel", sample, terms, minimum_count, confidence, "not_converged")
    inverse, _, change, form = profile.solve(ratio)
    beta[active] += change
    variance = form / profile.degrees
    shrink = ratio / (1.0 + ratio * profile.sizes)
    effects = shrink * (profile.residual_sums - (profile.sums * change).sum(axis=1))
    if ratio == 0.0:
        sample.notes.append("variance between clusters estimated as zero")
    return _multilevel_fit(
        "linear_multilevel", sample, terms, beta, variance * inverse, -0.5 * profile.deviance(ratio), 1,
        "singular" if ratio == 0.0 else "converged", _linear_components(profile, ratio, variance, confidence),
        _random_effects(sample.matrix, effects, np.sqrt(variance * shrink), used, sample, confidence),
        confidence, minimum_count, float("nan"), variance,
        float(-0.5 * profile.count * (np.log(2 * np.pi * null_squares / profile.count) + 1)),
        -0.5 * full_profile.deviance(full_ratio),
    )  # fmt: skip


def _profile(design: Design, sample: Sample) -> tuple[FloatArray, float, _Profile]:
    """Least-squares coefficients (q,), sum of squares about the mean alone, and the likelihood to be profiled."""
    matrix = sample.matrix
    gram = matrix.gram(sample.trials)
    drop_collinear(sample, gram)
    active = sample.active
    gram = gram[np.ix_(active, active)]
    beta, null_squares = least_squares(sample, gram)
    squares, cross = linear_pass(sample, beta)
    with design.scratch.borrow(1) as (residual,):
        residual_sums = matrix.cluster_totals(linear_residual(sample, beta, residual))
    scales = [
        2.0 * np.log(matrix.design.numerics[position].scale)
        for i, position in enumerate(matrix.numeric_positions)
        if matrix.numeric_offset + i in set(active.tolist())
    ]
    every_sum = matrix.cluster_sums(sample.trials)
    profile = _Profile(
        gram=gram,
        cross=cross[active],
        squares=squares,
        sizes=every_sum[:, 0].copy(),
        sums=every_sum[:, active],
        residual_sums=residual_sums,
        count=sample.observation_count,
        log_scale=float(sum(scales)),
        is_restricted=True,
    )
    return beta, null_squares, profile


def _linear_components(profile: _Profile, ratio: float, variance: float, confidence: float) -> VarianceComponents:
    """Variance components at a ratio of the two variances; `variance` is the residual one there."""
    low, high = profile.interval(ratio, confidence)
    # The residual variance moves little along the profile; each end takes its own.
    ends = [value * profile.solve(value)[3] / profile.degrees for value in (low, high) if np.isfinite(value)]
    return VarianceComponents(
        variance=ratio * variance,
        variance_low=ends[0],
        variance_high=ends[1] if len(ends) > 1 else float("inf"),
        residual_variance=variance,
        icc=ratio / (1.0 + ratio),
        icc_low=low / (1.0 + low),
        icc_high=high / (1.0 + high) if np.isfinite(high) else 1.0,
        cluster_count=int(np.count_nonzero(profile.sizes > 0)),
        is_singular=ratio == 0.0,
        interval_method="profile restricted likelihood",
    )
