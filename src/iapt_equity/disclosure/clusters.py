"""Clusters: small pieces of a large publication in which counts may move while all around them stays as it is.

A table that fits with everything else held fast fits all the same, so what is found in a cluster is true of the whole; and
a program of many small clusters is solved in a fraction of the time of the whole.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from iapt_equity.disclosure.primary import BoolArray, IntArray
from iapt_equity.disclosure.relations import Relations


def clusters_of(relations: Relations, is_free: BoolArray, size: int) -> IntArray:
    """Join free variables by the relations that tie them, those of the smallest totals first, up to a size.

    Small totals tie what lies close together (ethnic groups of one place, places of one board); large ones only tie
    what is far apart.

    Args:
        relations: cells and what ties them.
        is_free: variables that may change, shape (variables,).
        size: most variables of a cluster.

    Returns:
        A number for each variable, equal within a cluster, shape (variables,).
    """
    ties = _ties(relations)[:, np.flatnonzero(is_free)].tocsr()
    largest = abs(_ties(relations)).multiply(relations.count[None, :]).max(axis=1).toarray().ravel()
    parent = list(range(ties.shape[1]))
    members = [1] * ties.shape[1]
    start, columns = ties.indptr.tolist(), ties.indices.tolist()
    for row in np.argsort(largest, kind="stable").tolist():
        roots = {_root(parent, column) for column in columns[start[row] : start[row + 1]]}
        if len(roots) > 1 and sum(members[root] for root in roots) <= size:
            first = min(roots)
            members[first] = sum(members[root] for root in roots)
            for root in roots:
                parent[root] = first
    label = np.full(len(relations.count), -1, np.int64)
    label[np.flatnonzero(is_free)] = [_root(parent, i) for i in range(len(parent))]
    return label


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
    """One row for each cluster that a row of the matrix (shape (rows, variables)) touches, with that cluster's entries."""
    entries = matrix.tocoo()
    rows, columns = entries.coords
    keys = rows.astype(np.int64) * (len(label) + 1) + label[columns] + 1
    found, new = np.unique(keys, return_inverse=True)
    return sparse.csr_array((entries.data, (new, columns)), shape=(len(found), matrix.shape[1]))
