"""Linear programs of what may be true: every way to change some counts that the publication does not contradict.

Variables are changes of true counts, so that no change is always one answer. Parts of a program that share no relation
do not touch each other: they are found, and put together into programs of a handy size, which have the same answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from iapt_equity.disclosure.boxes import percentages, shown_ratios
from iapt_equity.disclosure.clusters import parts_of, split_rows
from iapt_equity.disclosure.primary import UNBOUNDED, BoolArray, FloatArray, IntArray, StatusArray
from iapt_equity.disclosure.profiles import Profile
from iapt_equity.disclosure.relations import Relations
from iapt_equity.disclosure.solver import Solver

#: Variables of one program at most, where single parts are not larger.
HANDY_SIZE = 1000
#: How far beyond the largest true count a count may grow: nothing without an end has a largest value.
ROOM_ABOVE = 1e4


@dataclass(slots=True)
class Program:
    """Changes of some variables, d, with equal @ d = 0, at_most @ d <= limit and lower <= d <= upper.

    Attributes:
        variables: the variables that may change, as numbered in the relations, shape (free,).
        equal: shape (sums, free).
        at_most: shape (pairs, free).
        limit: shape (pairs,).
        lower: shape (free,).
        upper: likewise; `without_end` where nothing bounds the count.
        without_end: the change that stands for any.
        part: number of the part that each variable belongs to, from 0, shape (free,).
        solver: what answers, once it was asked.
    """

    variables: IntArray
    equal: sparse.csr_array
    at_most: sparse.csr_array
    limit: FloatArray
    lower: FloatArray
    upper: FloatArray
    part: IntArray
    without_end: float
    solver: Solver | None = None

    def best(self, objective: FloatArray) -> FloatArray:
        """Changes that make the sum of changes, each times its weight, as large as can be.

        Args:
            objective: weights, shape (free,).

        Raises:
            DisclosureError: the solver gave no answer.
        """
        if self.solver is None:
            self.solver = Solver(self.equal, self.at_most, self.limit)
        return self.solver.least(-objective, self.lower, self.upper)

    def split(self, wanted: BoolArray) -> Iterator[Program]:
        """Programs of a handy size that hold whole parts: those with a wanted variable (`wanted` has shape (free,))."""
        parts = np.unique(self.part[wanted])
        sizes = np.bincount(self.part)[parts]
        batch = (np.cumsum(sizes) - sizes) // HANDY_SIZE
        for number in np.unique(batch):
            yield self.restricted(np.isin(self.part, parts[batch == number]))

    def restricted(self, kept: BoolArray) -> Program:
        """The same program of whole parts only; `kept` has shape (free,)."""
        chosen = np.flatnonzero(kept)
        equal, at_most = self.equal[:, chosen].tocsr(), self.at_most[:, chosen].tocsr()
        rows, limits = np.diff(equal.indptr) > 0, np.diff(at_most.indptr) > 0
        return Program(
            variables=self.variables[chosen],
            equal=equal[np.flatnonzero(rows)],
            at_most=at_most[np.flatnonzero(limits)],
            limit=self.limit[limits],
            lower=self.lower[chosen],
            upper=self.upper[chosen],
            part=np.unique(self.part[chosen], return_inverse=True)[1].astype(np.int64),
            without_end=self.without_end,
        )


def program_of(
    relations: Relations,
    status: StatusArray,
    profile: Profile,
    box: tuple[FloatArray, FloatArray],
    is_free: BoolArray,
    cluster: IntArray | None = None,
) -> Program:
    """Write down how the free variables may change while all others stay at their true counts.

    Args:
        relations: cells and what ties them.
        status: SHOWN, SMALL or PROTECTING, shape (cells,).
        profile: the rules.
        box: lower and upper bounds of every variable, as `boxes.box_of` gives them.
        is_free: variables that may change, shape (variables,).
        cluster: number of the cluster of each variable, shape (variables,): each is a program of its own, with all
            other clusters at their true counts. Without it, all variables change together.
    """
    lower, upper = box
    label = np.zeros(len(relations.count), np.int64) if cluster is None else cluster
    sums = relations.sums if cluster is None else split_rows(relations.sums, label)
    is_free = _can_change(sums, is_free & (upper > lower))
    variables = np.flatnonzero(is_free)
    count = relations.count.astype(np.float64)
    equal = sums[:, variables].astype(np.float64).tocsr()
    equal = equal[np.flatnonzero(np.diff(equal.indptr))]
    at_most, limit, _ = limits_of(relations, status, profile, is_free, label)
    at_most = at_most[:, variables].tocsr()
    without_end = float(count.max(initial=0.0)) + ROOM_ABOVE
    low, high = lower - count, np.where(upper >= UNBOUNDED, without_end, upper - count)
    part = parts_of(sparse.vstack([equal, at_most]).tocoo())
    return Program(variables, equal, at_most, limit, low[variables], high[variables], part, without_end)


def _can_change(sums: sparse.csr_array, is_free: BoolArray) -> BoolArray:
    """Leave out variables that some sum holds fast, since every other one of its variables is fixed."""
    size = abs(sums)
    is_free = is_free.copy()
    while True:
        alone = size @ is_free.astype(np.int64) == 1
        held = is_free & ((size.T @ alone.astype(np.int64)) > 0)
        if not held.any():
            return is_free
        is_free &= ~held


def limits_of(
    relations: Relations, status: StatusArray, profile: Profile, is_free: BoolArray, label: IntArray
) -> tuple[sparse.csr_array, FloatArray, IntArray]:
    """Numerator at most denominator, and the two sides of shown percentages, where something of a pair is free.

    A pair that lies in two clusters stands twice, each time with the other one at its true count.

    Returns:
        Weights of the variables, shape (rows, variables); the most that changes may come to, shape (rows,); and the
        pair whose percentage a row is a side of, -1 where it is none, shape (rows,).
    """
    touched = is_free[relations.numerators] | is_free[relations.denominators]
    shown = touched & shown_ratios(relations, status)
    plain = np.flatnonzero(touched & ~shown)
    shown_at = np.flatnonzero(shown)
    top = np.concatenate([relations.numerators[plain], *[relations.numerators[shown_at]] * 3])
    bottom = np.concatenate([relations.denominators[plain], *[relations.denominators[shown_at]] * 3])
    scale = 100.0 * 10**profile.percentage_decimals
    numerator, denominator = relations.numerators[shown_at], relations.denominators[shown_at]
    step = percentages(relations.count[numerator], relations.count[denominator], profile).astype(np.float64)
    ones, many = np.ones(len(plain) + len(shown_at)), np.full(len(shown_at), scale)
    top_weight = np.concatenate([ones, many, -many])
    bottom_weight = np.concatenate([-ones, -(step + 0.5), step - 0.5])
    rows = np.arange(len(top))
    shape = (len(top), len(relations.count))
    matrix = sparse.csr_array(
        (np.concatenate([top_weight, bottom_weight]), (np.tile(rows, 2), np.concatenate([top, bottom]))), shape=shape
    )
    limit = -(matrix @ relations.count.astype(np.float64))
    pair = np.concatenate([np.full(len(plain) + len(shown_at), -1), shown_at, shown_at])
    is_apart = (label[top] != label[bottom]) & is_free[top] & is_free[bottom]
    if not is_apart.any():
        return matrix, limit, pair
    apart, together = np.flatnonzero(is_apart), np.flatnonzero(~is_apart)
    weight_of_top = sparse.csr_array((top_weight[apart], (np.arange(len(apart)), top[apart])), (len(apart), shape[1]))
    weight_of_bottom = matrix[apart] - weight_of_top
    split = sparse.vstack([matrix[together], weight_of_top, weight_of_bottom]).tocsr()
    order = np.concatenate([together, apart, apart])
    return split, limit[order], pair[order]
