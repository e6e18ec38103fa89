"""Small dense algebra: rank-revealing Cholesky in column order, inverses, normal and t tails."""

from __future__ import annotations

import numpy as np
from scipy import special

from iapt_equity.statistics.design import FloatArray

#: Multiply-adds of one piece of a matrix product; OpenBLAS uses one thread up to 2^18.
PIECE = 2**18
#: Length of one piece of a dot product; OpenBLAS uses one thread up to 10,000.
DOT_PIECE = 8192
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


def small_gram(left: FloatArray, right: FloatArray) -> FloatArray:
    """Left' right for arrays of shapes (m, a) and (m, b), in pieces that one thread multiplies."""
    rows = max(1, PIECE // max(1, left.shape[1] * right.shape[1]))
    result = np.zeros((left.shape[1], right.shape[1]))
    for low in range(0, left.shape[0], rows):
        result += np.dot(left[low : low + rows].T, right[low : low + rows])
    return result


def piecewise_dot(left: FloatArray, right: FloatArray) -> float:
    """Dot product of two contiguous vectors in pieces that one thread multiplies, most of them in one call.

    A call for each piece would cost more than the product where threads wait for the interpreter.
    """
    whole = len(left) - len(left) % DOT_PIECE
    total = 0.0
    if whole:
        shape = (-1, DOT_PIECE)
        for part in np.vecdot(left[:whole].reshape(shape), right[:whole].reshape(shape)).tolist():
            total += part
    return total + float(np.dot(left[whole:], right[whole:]))


def times(matrix: FloatArray, vector: FloatArray) -> FloatArray:
    """Matrix times vector, by one thread."""
    return np.asarray(np.einsum("ij,j->i", matrix, vector))


def cholesky(matrix: FloatArray) -> FloatArray:
    """Lower Cholesky factor of a symmetric positive definite matrix (k, k).

    Own code, since a linear algebra library may divide the work among threads: results must not depend on that, and on
    a busy machine threads that wait for each other cost a thousand times the work.

    Raises:
        numpy.linalg.LinAlgError: a pivot is not positive.
    """
    rest = np.array(matrix, dtype=np.float64)
    size = rest.shape[0]
    factor = np.zeros_like(rest)
    for column in range(size):
        pivot = rest[column, column]
        if not pivot > 0.0:
            raise np.linalg.LinAlgError("matrix is not positive definite")
        factor[column:, column] = rest[column:, column] / np.sqrt(pivot)
        below = factor[column + 1 :, column]
        rest[column + 1 :, column + 1 :] -= below[:, None] * below[None, :]
    return factor


def _inverse_factor(matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Inverse of the Cholesky factor of the matrix scaled to unit diagonal, and the scale (k,)."""
    diagonal = np.diag(matrix)
    if not np.all(diagonal > 0.0):
        raise np.linalg.LinAlgError("matrix is not positive definite")
    scale = 1.0 / np.sqrt(diagonal)
    factor = cholesky(matrix * scale[:, None] * scale[None, :])
    inverse = np.eye(matrix.shape[0])
    for row in range(matrix.shape[0]):
        inverse[row] -= np.einsum("i,ij->j", factor[row, :row], inverse[:row])
        inverse[row] /= factor[row, row]
    return inverse, scale


def inverse_positive(matrix: FloatArray) -> FloatArray:
    """Inverse of a symmetric positive definite matrix, exactly symmetric. Raises numpy.linalg.LinAlgError."""
    return inverse_and_log_determinant(matrix)[0]


def solve_positive(matrix: FloatArray, right: FloatArray) -> FloatArray:
    """Solve with a symmetric positive definite matrix for one right-hand side. Raises numpy.linalg.LinAlgError."""
    factor, scale = _inverse_factor(matrix)
    return np.asarray(times(factor.T, times(factor, right * scale)) * scale)


def inverse_and_log_determinant(matrix: FloatArray) -> tuple[FloatArray, float]:
    """Inverse and log determinant of a symmetric positive definite matrix, from one factorisation."""
    factor, scale = _inverse_factor(matrix)
    inverse = small_gram(factor, factor) * scale[:, None] * scale[None, :]
    # The diagonal of the inverse factor holds the reciprocals of the pivots of the scaled matrix.
    logarithm = -2.0 * float(np.sum(np.log(np.diag(factor))) + np.sum(np.log(scale)))
    return np.asarray(0.5 * (inverse + inverse.T)), logarithm


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
