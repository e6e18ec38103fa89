"""Small simulated data sets and an independent reference implementation, for the tests of the statistics engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize

from iapt_equity.statistics import Design, Term, build_design

TERMS = (
    Term("group", "categorical", "A"),
    Term("sex", "categorical", "f"),
    Term("age", "numeric", unit=10.0),
    Term("score", "numeric"),
)


@dataclass(frozen=True)
class Sample:
    frame: pd.DataFrame
    design: Design


def simulate(rows: int = 4000, seed: int = 1, clusters: int = 25, sigma: float = 0.5) -> Sample:
    """Rows with a factor of five levels, one of two, a whole-number and a continuous covariate, and clusters."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "group": rng.choice(list("ABCDE"), rows, p=[0.6, 0.2, 0.1, 0.07, 0.03]),
            "sex": rng.choice(["f", "m"], rows),
            "age": rng.integers(18, 80, rows).astype(float),
            "score": rng.normal(15.0, 5.0, rows),
            "cluster": rng.integers(0, clusters, rows),
        }
    )
    effect = rng.normal(0.0, sigma, clusters)[frame["cluster"]]
    eta = -0.3 + 0.4 * (frame["group"] == "B") - 0.5 * (frame["group"] == "D") + 0.02 * (frame["age"] - 45) + effect
    eta -= 0.05 * (frame["score"] - 15)
    frame["happened"] = rng.random(rows) < 1 / (1 + np.exp(-eta))
    frame["amount"] = 0.3 * eta + rng.normal(0.0, 1.0, rows)
    return Sample(frame, design_of(frame))


def design_of(frame: pd.DataFrame, terms: tuple[Term, ...] = TERMS, **more: object) -> Design:
    columns = {term.name: frame[term.name].to_numpy() for term in terms}
    outcomes = {name: frame[name].to_numpy() for name in ("happened", "amount") if name in frame}
    cluster = frame["cluster"].astype(str).to_numpy() if "cluster" in frame else None
    return build_design(columns, terms, outcomes, cluster=cluster, **more)  # type: ignore[arg-type]


def model_matrix(frame: pd.DataFrame) -> pd.DataFrame:
    """Intercept, indicators (first level left out) and covariates in the units of TERMS, for statsmodels."""
    parts = pd.get_dummies(frame[["group", "sex"]], drop_first=True).astype(float)
    parts.insert(0, "intercept", 1.0)
    parts["age"] = frame["age"] / 10.0
    parts["score"] = frame["score"]
    return parts


def laplace_log_likelihood(
    matrix: np.ndarray, outcome: np.ndarray, cluster: np.ndarray, beta: np.ndarray, variance: float
) -> float:
    """Laplace approximation written out cluster by cluster with a scalar root finder: slow, and shares no code."""
    eta = matrix @ beta
    total = 0.0
    for label in np.unique(cluster):
        rows = cluster == label

        def slope(u: float, rows: np.ndarray = rows) -> float:
            return float(np.sum(outcome[rows] - 1 / (1 + np.exp(-(eta[rows] + u)))) - u / variance)

        mode = optimize.brentq(slope, -40, 40, xtol=1e-14)
        shifted = eta[rows] + mode
        p = 1 / (1 + np.exp(-shifted))
        total += np.sum(outcome[rows] * shifted - np.logaddexp(0.0, shifted)) - mode * mode / (2 * variance)
        total -= 0.5 * np.log(1.0 + variance * np.sum(p * (1 - p)))
    return total


def integrated_log_likelihood(
    matrix: np.ndarray, outcome: np.ndarray, cluster: np.ndarray, beta: np.ndarray, variance: float
) -> float:
    """The exact marginal log-likelihood by the trapezium rule on a fine grid."""
    eta = matrix @ beta
    sigma = np.sqrt(variance)
    grid = np.linspace(-9 * sigma, 9 * sigma, 4001)
    total = 0.0
    for label in np.unique(cluster):
        rows = cluster == label
        shifted = eta[rows][:, None] + grid[None, :]
        log_terms = np.sum(outcome[rows][:, None] * shifted - np.logaddexp(0.0, shifted), axis=0)
        log_terms -= grid**2 / (2 * variance) + 0.5 * np.log(2 * np.pi * variance)
        peak = np.max(log_terms)
        total += peak + np.log(np.trapezoid(np.exp(log_terms - peak), grid))
    return float(total)
