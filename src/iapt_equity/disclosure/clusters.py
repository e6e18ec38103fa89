"""Clusters: small pieces of a large publication in which counts may move while all around them stays as it is.

A table that fits with everything else held fast fits all the same, so what is found in a cluster is true of the whole;
and a program of many small clusters is solved in a fraction of the time of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from iapt_equity.disclosure.primary import BoolArray, IntArray
from iapt_equity.disclosure.relations import Relations


@dataclass(frozen=True, slots=True)
class Plan:
    """How clusters are made.

    Attributes:
        size: most variables of a cluster.
        turn: which dimension comes second, counted from the one with second most sums.
        are_pairs_first: whether numerators are joined to denominators before all else, or after it.
    """

    size: int
    turn: int
    are_pairs_first: bool


def clusters_of(relations: Relations, is_free: BoolArray, plan: Plan) -> IntArray:
    """Join free variables by the relations that tie them, dimension by dimension, up to a size.

    The dimension with most sums comes first (ethnic groups of each place and period), then the others in turn; within
    one, small totals before large ones, which tie what is far apart. A sum of too many is cut into pieces.

    Args:
        relations: cells and what ties them.
        is_free: variables that may change, shape (variables,).
        plan: how large, and in which order.

    Returns:
        A number for each variable, equal within a cluster, -1 where it is not free, shape (variables,).
    """
    ties = _ties(relations)
    largest = ties.multiply(relations.count[None, :]).max(axis=1).toarray().ravel()
    dimensions = int(relations.sum_rank.max(initial=0)) + 1
    later = (relations.sum_rank - 1 - plan.turn) % max(dimensions - 1, 1) + 1
    pair_rank = -1 if plan.are_pairs_first else dimensions
    rank = np.concatenate([np.where(relations.sum_rank == 0, 0, later), np.full(len(relations.numerators), pair_rank)])
    free = np.flatnonzero(is_free)
    ties = ties[:, free].tocsr()
    order = np.lexsort([largest, rank])
    order = order[np.diff(ties.indptr)[order] > 1]
    parent, members = list(range(len(free))), [1] * len(free)
    start, columns = ties.indptr.tolist(), ties.indices.tolist()
    for row in order.tolist():
        roots = sorted({_root(parent, column) for column in columns[start[row] : start[row + 1]]})
        first = roots[0]
        for root in roots[1:]:
            if members[first] + members[root] <= plan.size:
                parent[root] = first
                members[first] += members[root]
            else:
                first = min(first, root, key=members.__getitem__)
    label = np.full(len(relations.count), -1, np.int64)
    label[free] = [_root(parent, i) for i in range(len(free))]
    return label


def balls_around(relations: Relations, is_free: BoolArray, centres: IntArray, size: int) -> IntArray:
    """Gather around each centre the free variables nearest to it by the relations, each in one ball at most.

    What is tied to a centre is then at hand, where `clusters_of` may have cut it off. A centre that lies in the ball of
    an earlier one gets none of its own.

    Args:
        relations: cells and what ties them.
        is_free: variables that may change, shape (variables,).
        centres: variables, the first one served first, shape (centres,).
        size: variables after which a ball takes in no further relation.

    Returns:
        A number for each variable, equal within a ball, -1 outside of all, shape (variables,).
    """
    ties = _ties(relations)
    tied = ties.T.tocsr()
    label = np.full(len(relations.count), -1, np.int64)
    for centre in centres.tolist():
        if label[centre] >= 0 or not is_free[centre]:
            continue
        label[centre] = centre
        ring, is_met, count = np.array([centre]), np.zeros(ties.shape[0], np.bool_), 1
        while len(ring) and count < size:
            rows = np.unique(tied[ring].indices)
            rows = rows[~is_met[rows]]
            is_met[rows] = True
            ring = np.unique(ties[rows].indices)
            ring = ring[is_free[ring] & (label[ring] < 0)]
            label[ring] = centre
            count += len(ring)
    return label


def components_of(relations: Relations) -> IntArray:
    """A number for each variable, the same for all that a chain of relations ties together, shape (variables,)."""
    return parts_of(_ties(relations).tocoo())


def parts_of(relations: sparse.coo_array) -> IntArray:
    """Number of the part of each variable (column): those that a chain of relations (rows) ties have the same one."""
    rows, columns = relations.shape
    at, of = relations.coords
    links = sparse.coo_array((np.ones(len(at), np.int8), (of, columns + at)), shape=(rows + columns,) * 2)
    found = sparse.csgraph.connected_components(links.tocsr(), directed=False)[1][:columns]
    return np.unique(found, return_inverse=True)[1].astype(np.int64)


def _ties(relations: Relations) -> sparse.csr_array:
    """Every relation as a row: sums, then pairs of numerator and denominator."""
    pairs = len(relations.numerators)
    at = np.tile(np.arange(pairs), 2)
    of = np.concatenate([relations.numerators, relations.denominators])
    shape = (pairs, len(relations.count))
    paired = sparse.csr_array((np.ones(2 * pairs, np.int64), (at, of)), shape=shape)
    return sparse.vstack([abs(relations.sums).astype(np.int64), paired]).tocsr()


def _root(parent: list[int], at: int) -> int:
    """The first variable of a cluster; the way there is made shorter for the next time."""
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at


def split_rows(matrix: sparse.csr_array, label: IntArray) -> sparse.csr_array:
    """Cut each row of a matrix (shape (rows, variables)) into one for each cluster that it touches."""
    entries = matrix.tocoo()
    rows, columns = entries.coords
    keys = rows.astype(np.int64) * (len(label) + 1) + label[columns] + 1
    found, new = np.unique(keys, return_inverse=True)
    return sparse.csr_array((entries.data, (new, columns)), shape=(len(found), matrix.shape[1]))
