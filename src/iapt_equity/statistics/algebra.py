"""Small dense algebra: rank-revealing Cholesky in column order, inverses, normal and t tails."""

from __future__ import annotations

import numpy as np
from scipy import linalg, special

from iapt_equity.statistics.design import FloatArray

#: A column whose residual sum of squares given the columns before it is below this share of its own sum of squares is
#: called collinear. On a cross-product matrix the figure is a squared length: 1e-11 is 3e-6 of the column's length.
COLLINEAR_SHARE = 1e-11


def independent_columns(gram: FloatArray, tolerance: float = COLLINEAR_SHARE) -> list[int]:
    """Columns that are not linear combinations of the columns before them, from X'X (k, k), in order.

    A Cholesky factorisation that skips a column whose pivot vanishes: the column named as collinear is always the
    later one, as in R's `lm`.
    """
    size = gram.shape[0]
    diagonal = np.diag(gram).copy()
    scale = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    rest = gram / np.outer(scale, scale)
    kept: list[int] = []
    for column in range(size):
        pivot = rest[column, column]
        if diagonal[column] <= 0 or pivot <= tolerance:
            continue
        kept.append(column)
        row = rest[column] / np.sqrt(pivot)
        rest = rest - np.outer(row, row)
    return kept


def solve_positive(matrix: FloatArray, right: FloatArray) -> FloatArray:
    """Solve with a symmetric positive definite matrix, scaled to unit diagonal. Raises numpy.linalg.LinAlgError."""
    scale = 1.0 / np.sqrt(np.diag(matrix))
    factor = linalg.cho_factor(matrix * np.outer(scale, scale), lower=True, check_finite=False)
    shaped = right * scale if right.ndim == 1 else right * scale[:, None]
    solution = np.asarray(linalg.cho_solve(factor, shaped, check_finite=False))
    return solution * scale if right.ndim == 1 else solution * scale[:, None]


def inverse_positive(matrix: FloatArray) -> FloatArray:
    """Inverse of a symmetric positive definite matrix, exactly symmetric."""
    inverse = solve_positive(matrix, np.eye(matrix.shape[0]))
    return np.asarray(0.5 * (inverse + inverse.T))


def log_determinant(matrix: FloatArray) -> float:
    """Log determinant of a symmetric positive definite matrix."""
    return float(2.0 * np.sum(np.log(np.diag(linalg.cholesky(matrix, lower=True, check_finite=False)))))


def normal_p_value(statistic: FloatArray) -> FloatArray:
    """Two-sided p value of a standard normal statistic."""
    return np.asarray(special.erfc(np.abs(statistic) / np.sqrt(2.0)))


def t_p_value(statistic: FloatArray, degrees: float) -> FloatArray:
    """Two-sided p value of a t statistic."""
    return np.asarray(2.0 * special.stdtr(degrees, -np.abs(statistic)))


def normal_quantile(level: float) -> float:
    """Half-width in standard errors of a two-sided normal interval of the given level (0.95 gives 1.96)."""
    return float(special.ndtri(0.5 + level / 2.0))


def t_quantile(level: float, degrees: float) -> float:
    """Half-width in standard errors of a two-sided t interval."""
    return float(special.stdtrit(degrees, 0.5 + level / 2.0))
