"""The attacker of the proof: knows the published frames and the rules, and none of the code that made them.

Nothing is imported from the engine but the profile: bounds are read off figures and markers again, and the relations
are written down in counts, not in changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from iapt_equity.disclosure import Profile

#: Above every count of the tables here.
HIGHEST = 100_000.0


@dataclass
class Attack:
    """Unknown counts x (then remainders) with equal @ x = 0, at_most @ x <= 0 and lower <= x <= upper."""

    cell_ids: pd.Index
    equal: sparse.csr_array
    at_most: sparse.csr_array
    lower: np.ndarray
    upper: np.ndarray
    is_suppressed: np.ndarray
    part: np.ndarray


def bounds_read_off(published: pd.DataFrame, is_exact: np.ndarray, profile: Profile) -> tuple[np.ndarray, np.ndarray]:
    """A figure is within half a base, not below the threshold; small numbers are small; other markers say nothing."""
    status = published["status"].to_numpy(dtype=object)
    figure = published["published_count"].astype("float64").to_numpy()
    half = np.where(is_exact, 0, (profile.rounding_base - 1) / 2)
    shown = status == "shown"
    lower = np.where(shown, np.maximum(figure - half, profile.smallest_count_shown), 0.0)
    upper = np.where(shown, figure + half, HIGHEST)
    lower[shown & (figure == 0)] = upper[shown & (figure == 0)] = 0.0
    small = status == "suppressed_small_number"
    lower[small] = 0 if profile.is_zero_suppressed else 1
    upper[small] = profile.smallest_count_shown - 1
    return lower, upper


def attack_of(
    cells: pd.DataFrame,
    sums: pd.DataFrame,
    ratios: pd.DataFrame,
    published: pd.DataFrame,
    profile: Profile,
    previous: pd.DataFrame | None = None,
) -> Attack:
    """Write down all that readers know. True counts serve for the percentages that are shown, and nothing else."""
    published = published.set_index("cell_id").loc[cells["cell_id"]].reset_index()
    ids = pd.Index(cells["cell_id"])
    count = cells["count"].to_numpy(float)
    lower, upper = bounds_read_off(published, cells["is_exact"].to_numpy(bool), profile)
    if previous is not None:
        at = ids.get_indexer(previous["cell_id"])
        low, high = previous["lower"].fillna(0).astype(float), previous["upper"].fillna(HIGHEST).astype(float)
        holds = ((at >= 0) & (low <= count[at]) & (high >= count[at])).to_numpy()
        np.maximum.at(lower, at[holds], low.to_numpy()[holds])
        np.minimum.at(upper, at[holds], high.to_numpy()[holds])
    member = ids.get_indexer(pd.Index(sums["cell_id"].astype(object)))
    row, names = pd.factorize(sums["sum_id"])
    sign = np.where(sums["is_total"], -1.0, 1.0)
    rest = -np.bincount(row, weights=sign * count[member], minlength=len(names))
    open_rows = np.flatnonzero(rest > 0)
    size = len(ids) + len(open_rows)
    equal = sparse.csr_array(
        (
            np.concatenate([sign, np.ones(len(open_rows))]),
            (np.concatenate([row, open_rows]), np.concatenate([member, len(ids) + np.arange(len(open_rows))])),
        ),
        shape=(len(names), size),
    )
    at_most = _pairs(ids, ratios, published, count, size)
    part = _blocks(equal, at_most)
    return Attack(
        ids,
        equal,
        at_most,
        np.concatenate([lower, np.zeros(len(open_rows))]),
        np.concatenate([upper, np.full(len(open_rows), HIGHEST)]),
        np.concatenate([(published["status"] != "shown").to_numpy(), np.zeros(len(open_rows), bool)]),
        part,
    )


def _pairs(
    ids: pd.Index, ratios: pd.DataFrame, published: pd.DataFrame, count: np.ndarray, size: int
) -> sparse.csr_array:
    """Numerator at most denominator, and within half a percent of the percentage where both are shown."""
    top, bottom = ids.get_indexer(ratios["numerator_cell_id"]), ids.get_indexer(ratios["denominator_cell_id"])
    shown = (published["status"] == "shown").to_numpy()
    is_ratio = shown[top] & shown[bottom] & (count[top] > 0)
    percent = np.floor(100 * count[top[is_ratio]] / count[bottom[is_ratio]] + 0.5)
    numerator = np.concatenate([np.ones(len(top)), np.full(is_ratio.sum(), 100.0), np.full(is_ratio.sum(), -100.0)])
    denominator = np.concatenate([-np.ones(len(top)), -(percent + 0.5), percent - 0.5])
    columns = np.concatenate([top, top[is_ratio], top[is_ratio], bottom, bottom[is_ratio], bottom[is_ratio]])
    rows = np.tile(np.arange(len(numerator)), 2)
    data = np.concatenate([numerator, denominator])
    return sparse.csr_array((data, (rows, columns)), shape=(len(numerator), size))


def _blocks(equal: sparse.csr_array, at_most: sparse.csr_array) -> np.ndarray:
    """Number of the separate table that each unknown belongs to."""
    ties = sparse.vstack([equal, at_most]).tocoo()
    rows, columns = ties.coords
    size = sum(ties.shape)
    graph = sparse.coo_array((np.ones(len(rows)), (columns, ties.shape[1] + rows)), shape=(size, size))
    found = sparse.csgraph.connected_components(graph.tocsr(), directed=False)[1]
    return np.unique(found[: ties.shape[1]], return_inverse=True)[1]


class Batch:
    """Some whole tables of an attack, with the smallest and largest value found of each unknown."""

    def __init__(self, attack: Attack, chosen: np.ndarray) -> None:
        self.variables = chosen
        self.part = np.unique(attack.part[chosen], return_inverse=True)[1]
        self.is_suppressed = attack.is_suppressed[chosen]
        equal, at_most = attack.equal[:, chosen].tocsr(), attack.at_most[:, chosen].tocsr()
        equal, at_most = equal[np.flatnonzero(np.diff(equal.indptr))], at_most[np.flatnonzero(np.diff(at_most.indptr))]
        self.program = {"bounds": np.stack([attack.lower[chosen], attack.upper[chosen]], axis=1), "method": "highs-ds"}
        if equal.shape[0]:
            self.program |= {"A_eq": equal, "b_eq": np.zeros(equal.shape[0])}
        if at_most.shape[0]:
            self.program |= {"A_ub": at_most, "b_ub": np.zeros(at_most.shape[0])}
        self.least, self.most = np.full(len(chosen), np.inf), np.full(len(chosen), -np.inf)

    def look(self, objective: np.ndarray) -> None:
        """Find the fitting tables that make the objective largest; the tables are blocks of one program."""
        answer = linprog(-objective, **self.program)
        assert answer.status == 0, answer.message
        np.minimum(self.least, answer.x, out=self.least)
        np.maximum(self.most, answer.x, out=self.most)

    def open(self, needed: np.ndarray) -> np.ndarray:
        return self.is_suppressed & (self.most - self.least < needed - 1e-6)


def intervals(attack: Attack, needed: np.ndarray, seed: int = 1, batch_size: int = 1500) -> pd.DataFrame:
    """Feasible interval of each suppressed cell: exact, unless tables were found that already differ by what is needed.

    Args:
        attack: what readers know.
        needed: width of each unknown at which the search may end; infinite for exact intervals.
        seed: of the directions.
        batch_size: unknowns of one program.
    """
    random = np.random.default_rng(seed)
    order = np.argsort(attack.part, kind="stable")
    sizes = np.bincount(attack.part)
    batch_of = ((np.cumsum(sizes) - sizes) // batch_size)[attack.part]
    found = []
    for number in np.unique(batch_of):
        batch = Batch(attack, order[batch_of[order] == number])
        limit = needed[batch.variables]
        for _ in range(6):
            batch.look(random.uniform(0.5, 1.0, len(limit)) * random.choice([-1, 1], len(limit)) * batch.open(limit))
        asked = np.zeros(len(limit), bool)
        while (waiting := np.flatnonzero(batch.open(limit) & ~asked)).size:
            chosen = waiting[np.unique(batch.part[waiting], return_index=True)[1]]
            asked[chosen] = True
            for sign in (1.0, -1.0):
                objective = np.zeros(len(limit))
                objective[chosen] = sign
                batch.look(objective)
        at = np.flatnonzero(batch.is_suppressed)
        found.append(pd.DataFrame({"at": batch.variables[at], "lower": batch.least[at], "upper": batch.most[at]}))
    frame = pd.concat(found, ignore_index=True)
    return frame.assign(cell_id=attack.cell_ids[frame["at"]], width=frame["upper"] - frame["lower"])
