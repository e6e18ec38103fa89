"""What ties cells together, as arrays: sums, and numerators that are part of their denominators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from iapt_equity.disclosure.errors import DisclosureError
from iapt_equity.disclosure.primary import UNBOUNDED, BoolArray, FloatArray, IntArray

CELL_COLUMNS = ("cell_id", "count", "is_exact")


@dataclass(slots=True)
class Relations:
    """Cells in the order of their identifiers, with every relation between them.

    Variables are the cells first, then one remainder for each sum whose parts do not add up to its total: people whom
    no part counts (subtracted where parts overlap instead).

    Attributes:
        cell_ids: identifiers, sorted, shape (cells,).
        count: true values of all variables, shape (variables,).
        is_exact: cells that may be shown unrounded, shape (cells,).
        sums: matrix of shape (sums, variables) with A @ count = 0: parts +1, totals -1.
        sum_rank: rank of the dimension of each sum, those with most sums first, shape (sums,).
        numerators: variables that cannot exceed those of `denominators`, shape (pairs,).
        denominators: shape (pairs,).
        is_ratio: pairs whose percentage is shown where both are shown, shape (pairs,).
        known_lower: what earlier releases said, shape (variables,).
        known_upper: likewise; UNBOUNDED where nothing is known.
    """

    cell_ids: pd.Index
    count: IntArray
    is_exact: BoolArray
    sums: sparse.csr_array
    sum_rank: IntArray
    numerators: IntArray
    denominators: IntArray
    is_ratio: BoolArray
    known_lower: FloatArray
    known_upper: FloatArray

    @property
    def cell_count(self) -> int:
        """Number of cells; variables after these are remainders."""
        return len(self.cell_ids)


def relations_of(
    cells: pd.DataFrame, sums: pd.DataFrame, ratios: pd.DataFrame, previous: pd.DataFrame | None = None
) -> Relations:
    """Check the frames of a publication and turn them into arrays.

    Args:
        cells: `cell_id`, `count`, `is_exact`.
        sums: `sum_id`, `cell_id`, `is_total`; one total each.
        ratios: `ratio_id`, `numerator_cell_id`, `denominator_cell_id`.
        previous: `cell_id`, `lower`, `upper`: what earlier releases said. Several rows of one cell count together; a
            row that does not hold the true count of today is left out, and so is a cell that is no more.

    Raises:
        DisclosureError: a column is missing, an identifier is repeated or unknown, a count is negative or missing, a
            sum has not one total, or a numerator exceeds its denominator.
    """
    _require(cells, CELL_COLUMNS, "cells")
    _require(sums, ("sum_id", "cell_id", "is_total"), "sums")
    _require(ratios, ("ratio_id", "numerator_cell_id", "denominator_cell_id"), "ratios")
    identifiers = pd.Index(cells["cell_id"])
    if not identifiers.is_unique:
        raise DisclosureError("cells: cell_id is not unique")
    if cells["count"].isna().any() or (cells["count"] < 0).any():
        raise DisclosureError("cells: count is missing or negative")
    order = identifiers.argsort()
    identifiers = identifiers[order]
    count = cells["count"].to_numpy(np.int64)[order]
    matrix, remainders, overlapping, rank = _sum_matrix(sums, identifiers, count)
    top = _positions(identifiers, ratios["numerator_cell_id"], "ratios: numerator_cell_id")
    bottom = _positions(identifiers, ratios["denominator_cell_id"], "ratios: denominator_cell_id")
    if (count[top] > count[bottom]).any():
        raise DisclosureError("ratios: a numerator is larger than its denominator")
    pairs = np.unique(np.stack([top, bottom], axis=1), axis=0).astype(np.int64)
    is_ratio = np.concatenate([np.ones(len(pairs), np.bool_), np.zeros(len(overlapping), np.bool_)])
    pairs = np.concatenate([pairs, overlapping])
    lower, upper = _known_bounds(previous, identifiers, count, len(remainders))
    return Relations(
        cell_ids=identifiers,
        count=np.concatenate([count, remainders]),
        is_exact=cells["is_exact"].to_numpy(np.bool_)[order],
        sums=matrix,
        sum_rank=rank,
        numerators=pairs[:, 0],
        denominators=pairs[:, 1],
        is_ratio=is_ratio,
        known_lower=lower,
        known_upper=upper,
    )


def _require(frame: pd.DataFrame, columns: tuple[str, ...], name: str) -> None:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise DisclosureError(f"{name}: column {', '.join(missing)} is missing")


def _positions(identifiers: pd.Index, named: pd.Series, name: str) -> IntArray:
    """Positions of named cells among the sorted identifiers; a categorical is looked up once a category."""
    if isinstance(named.dtype, pd.CategoricalDtype):
        found = identifiers.get_indexer(named.cat.categories).astype(np.int64)
        positions = np.where(named.cat.codes >= 0, found[named.cat.codes.to_numpy()], -1).astype(np.int64)
    else:
        positions = identifiers.get_indexer(pd.Index(named)).astype(np.int64)
    if (positions < 0).any():
        raise DisclosureError(f"{name} names {int((positions < 0).sum())} cells that are none")
    return positions


def _sum_matrix(
    sums: pd.DataFrame, identifiers: pd.Index, count: IntArray
) -> tuple[sparse.csr_array, IntArray, IntArray, IntArray]:
    """Matrix of the sums, true values of the remainders, (part, total) pairs where parts overlap, ranks of the sums."""
    columns = _positions(identifiers, sums["cell_id"], "sums: cell_id")
    rows, names = pd.factorize(sums["sum_id"], sort=True)
    is_total = sums["is_total"].to_numpy(np.bool_)
    sum_count = len(names)
    if (np.bincount(rows[is_total], minlength=sum_count) != 1).any():
        raise DisclosureError("sums: a sum_id has no total, or several")
    if len(np.unique(rows.astype(np.int64) * len(identifiers) + columns)) != len(rows):
        raise DisclosureError("sums: a cell stands twice in one sum")
    signs = np.where(is_total, -1, 1)
    rest = -np.bincount(rows, weights=signs * count[columns], minlength=sum_count).astype(np.int64)
    open_rows = np.flatnonzero(rest)
    data = np.concatenate([signs, np.sign(rest[open_rows])]).astype(np.int8)
    all_rows = np.concatenate([rows, open_rows])
    all_columns = np.concatenate([columns, len(identifiers) + np.arange(len(open_rows))])
    shape = (sum_count, len(identifiers) + len(open_rows))
    matrix = sparse.csr_array((data, (all_rows, all_columns)), shape=shape)
    overlaps = ~is_total & (rest < 0)[rows]
    total_of = np.zeros(sum_count, np.int64)
    total_of[rows[is_total]] = columns[is_total]
    pairs = np.stack([columns[overlaps], total_of[rows[overlaps]]], axis=1)
    return matrix, np.abs(rest[open_rows]), pairs.astype(np.int64), _ranks(names)


def _ranks(names: pd.Index) -> IntArray:
    """Rank of the dimension of each sum (what its name begins with, up to a stroke), those with most sums first."""
    dimension, _ = pd.factorize(pd.Series(names).astype(str).str.split("/", n=1).str[0], sort=True)
    size = np.bincount(dimension)
    return np.argsort(np.argsort(-size, kind="stable"))[dimension].astype(np.int64)


def _known_bounds(
    previous: pd.DataFrame | None, identifiers: pd.Index, count: IntArray, remainder_count: int
) -> tuple[FloatArray, FloatArray]:
    """Bounds from earlier releases that hold the truth of today; remainders were never published."""
    lower = np.zeros(len(count) + remainder_count)
    upper = np.full(len(count) + remainder_count, UNBOUNDED)
    if previous is None or previous.empty:
        return lower, upper
    _require(previous, ("cell_id", "lower", "upper"), "previous")
    at = identifiers.get_indexer(pd.Index(previous["cell_id"]))
    low = previous["lower"].astype("float64").fillna(0.0).to_numpy()
    high = previous["upper"].astype("float64").fillna(UNBOUNDED).to_numpy()
    holds = (at >= 0) & (low <= count[at]) & (count[at] <= high)
    np.maximum.at(lower, at[holds], low[holds])
    np.minimum.at(upper, at[holds], high[holds])
    return lower, upper
