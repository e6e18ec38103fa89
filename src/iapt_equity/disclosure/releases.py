"""Releases: what was suppressed to protect others, and turns out to be needed by none of them, is shown again.

A suppressed cell is safe by the tables that were found (its witnesses). Where all tables leave another cell within what
its figure would say, and fit the percentages that would come back with it, they are witnesses without it too.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from iapt_equity.disclosure.boxes import box_of, shown_ratios
from iapt_equity.disclosure.primary import (
    PROTECTING,
    SHOWN,
    BoolArray,
    IntArray,
    StatusArray,
    primary_statuses,
    published_bounds,
)
from iapt_equity.disclosure.profiles import Profile
from iapt_equity.disclosure.programs import limits_of
from iapt_equity.disclosure.relations import Relations
from iapt_equity.disclosure.witnesses import TOLERANCE, Witnesses


def release_unused(
    witnesses: Witnesses, relations: Relations, status: StatusArray, profile: Profile, may: BoolArray | None = None
) -> int:
    """Show again, in place, every cell that no table found makes use of.

    Args:
        witnesses: the tables found.
        relations: cells and what ties them.
        status: SHOWN, SMALL or PROTECTING, shape (cells,); changed in place.
        profile: the rules.
        may: cells that may be shown again, shape (cells,); all by default.

    Returns:
        How many cells are shown again.
    """
    cells = relations.cell_count
    count = relations.count[:cells]
    shown = primary_statuses(count, profile) == SHOWN
    low, high = published_bounds(count, relations.is_exact, np.full(cells, SHOWN, np.int8), profile)
    fits = (count + witnesses.least[:cells] >= low - TOLERANCE) & (count + witnesses.most[:cells] <= high + TOLERANCE)
    released = (status == PROTECTING) & shown & fits
    if may is not None:
        released &= may
    trial = status.copy()
    trial[released] = SHOWN
    while released.any():
        tied = _tied_by_percentages(relations, trial)
        bad = np.unique(tied[_contradicted(witnesses, relations, status, trial, profile)])
        back = released & np.isin(tied[:cells], bad)
        if not back.any():
            break
        trial[back], released[back] = PROTECTING, False
    status[released] = SHOWN
    return int(released.sum())


def _tied_by_percentages(relations: Relations, status: StatusArray) -> IntArray:
    """A number for each variable, the same for those that shown percentages tie together, shape (variables,)."""
    pairs = np.flatnonzero(shown_ratios(relations, status))
    top, bottom = relations.numerators[pairs], relations.denominators[pairs]
    size = len(relations.count)
    graph = sparse.coo_array((np.ones(len(pairs), np.int8), (top, bottom)), shape=(size, size))
    return np.asarray(sparse.csgraph.connected_components(graph.tocsr(), directed=False)[1], np.int64)


def _contradicted(
    witnesses: Witnesses, relations: Relations, status: StatusArray, trial: StatusArray, profile: Profile
) -> IntArray:
    """Variables of which some table found says what does not fit the publication of `trial`."""
    lower, upper = box_of(relations, trial, profile)
    count = relations.count
    outside = (count + witnesses.least < lower - TOLERANCE) | (count + witnesses.most > upper + TOLERANCE)
    new = shown_ratios(relations, trial) & ~shown_ratios(relations, status)
    is_new = np.zeros(len(count), np.bool_)
    is_new[relations.numerators[new]] = True
    label = np.zeros(len(count), np.int64)
    weights, limit, pair = limits_of(relations, trial, profile, is_new, label)
    rows = np.flatnonzero((pair >= 0) & new[np.maximum(pair, 0)])
    broken = np.zeros(0, np.int64)
    if len(rows) and witnesses.tables:
        said = (weights[rows] @ witnesses.as_matrix().T).tocoo()
        over = said.data > limit[rows][said.coords[0]] + 100 * TOLERANCE
        broken = relations.numerators[pair[rows[np.unique(said.coords[0][over])]]]
    return np.concatenate([np.flatnonzero(outside), broken])
