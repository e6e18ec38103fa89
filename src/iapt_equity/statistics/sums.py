"""Sums of rows by a code, in calls that let other threads run."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

FloatArray = NDArray[np.float64]


@lru_cache(maxsize=4)
def ones(length: int) -> FloatArray:
    """So many ones, not to be written to; blocks are of few lengths."""
    values = np.ones(length)
    values.flags.writeable = False
    return values


@lru_cache(maxsize=4)
def _pointer(length: int, is_wide: bool) -> NDArray[np.integer[Any]]:
    """Where the one entry of each row stands, in 64 or 32 bits."""
    return np.arange(length + 1, dtype=np.int64 if is_wide else np.int32)


class CodedRows:
    """Sums of rows by a code, w v summed where the code is k, as a product with a sparse matrix of one entry a row.

    `numpy.bincount` gives the same bits, but it holds the interpreter while it counts; the product lets the other
    threads run.

    Args:
        codes: code of each row, whole numbers (int32 where `count` allows it, no copy then), shape (m,).
        count: number of codes.
        weights: weight of each row, shape (m,); None stands for one each.
    """

    def __init__(self, codes: NDArray[Any], count: int, weights: FloatArray | None = None) -> None:
        length = len(codes)
        kind = code_type(max(count, length + 1))
        entries = ones(length) if weights is None else weights
        places: NDArray[np.integer[Any]] = codes.astype(kind, copy=False)
        pointer = _pointer(length, kind is np.int64)
        self._matrix = sparse.csc_array((entries, places, pointer), shape=(count, length), copy=False)

    def sums(self, values: FloatArray) -> FloatArray:
        """Sums of weight times value at each code, shape (count,), for values of shape (m,)."""
        return np.asarray(self._matrix @ values, dtype=np.float64)


def code_type(count: int) -> type[np.int32] | type[np.int64]:
    """The smallest type of whole numbers that the sparse products take for so many codes."""
    return np.int32 if count < 2**31 else np.int64
