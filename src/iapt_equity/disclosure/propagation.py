"""What a reader finds out with pencil and paper: each sum taken by itself, over and over.

The bounds of a part follow from those of its total and of the other parts (interval propagation, as in bound tightening
of linear programs). Everything found so is true of every table that fits the publication, so a cell that becomes too
narrow is certainly exposed; a cell that does not may still be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iapt_equity.disclosure.primary import UNBOUNDED, FloatArray, IntArray
from iapt_equity.disclosure.relations import Relations

#: Rounds of propagation; later ones find little, and witnesses find what these leave.
MOST_ROUNDS = 6


@dataclass(slots=True)
class Propagation:
    """Sums as flat arrays, one entry for each variable of each sum, in the order of the sums.

    Attributes:
        row: sum of each entry, shape (entries,).
        column: variable of each entry, shape (entries,).
        sign: +1 part, -1 total, shape (entries,).
        start: first entry of each sum, shape (sums + 1,).
        by_column: entries in the order of variables, shape (entries,).
        variable_start: first of them of each variable, shape (variables + 1,).
        numerators: variables that cannot exceed those of `denominators`, shape (pairs,).
        denominators: shape (pairs,).
    """

    row: IntArray
    column: IntArray
    sign: FloatArray
    start: IntArray
    by_column: IntArray
    variable_start: IntArray
    numerators: IntArray
    denominators: IntArray

    @classmethod
    def of(cls, relations: Relations) -> Propagation:
        """Lay out the sums of a publication."""
        matrix = relations.sums
        start = matrix.indptr.astype(np.int64)
        column = matrix.indices.astype(np.int64)
        by_column = np.argsort(column, kind="stable")
        size = np.bincount(column, minlength=matrix.shape[1])
        return cls(
            row=np.repeat(np.arange(len(start) - 1), np.diff(start)),
            column=column,
            sign=matrix.data.astype(np.float64),
            start=start,
            by_column=by_column,
            variable_start=np.concatenate([[0], np.cumsum(size)]).astype(np.int64),
            numerators=relations.numerators,
            denominators=relations.denominators,
        )

    def implied(self, lower: FloatArray, upper: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Bounds of each entry's variable that its sum alone implies, each of shape (entries,)."""
        if not len(self.row):
            return np.zeros(0), np.zeros(0)
        low, high = lower[self.column], upper[self.column]
        is_part = self.sign > 0
        least = np.where(is_part, low, -high)
        most = np.where(is_part, high, -low)
        rest_least = np.add.reduceat(least, self.start[:-1])[self.row] - least
        rest_most = np.add.reduceat(most, self.start[:-1])[self.row] - most
        return np.where(is_part, -rest_most, rest_least), np.where(is_part, -rest_least, rest_most)

    def narrowed(self, lower: FloatArray, upper: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Propagate until nothing moves, or MOST_ROUNDS times.

        Args:
            lower: what is known of each variable, shape (variables,).
            upper: likewise.

        Returns:
            The narrower bounds, new arrays of the same shape.
        """
        lower, upper = lower.copy(), upper.copy()
        columns = np.flatnonzero(np.diff(self.variable_start))
        first = self.variable_start[columns]
        for _ in range(MOST_ROUNDS):
            before = lower.sum(), upper.sum()
            np.maximum.at(lower, self.denominators, lower[self.numerators])
            np.minimum.at(upper, self.numerators, upper[self.denominators])
            if len(self.row):
                low, high = self.implied(lower, upper)
                low = np.maximum.reduceat(low[self.by_column], first)
                high = np.minimum.reduceat(high[self.by_column], first)
                lower[columns] = np.maximum(lower[columns], np.rint(low))
                upper[columns] = np.minimum(upper[columns], np.rint(high))
            np.minimum(upper, UNBOUNDED, out=upper)
            if (lower.sum(), upper.sum()) == before:
                break
        return lower, upper
