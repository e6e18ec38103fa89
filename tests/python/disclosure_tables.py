"""Random small publications for the proof of disclosure control: many tables side by side, from one seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from iapt_equity.disclosure import additive_sums

KINDS = ("two_way", "three_way", "rates", "overlapping_areas", "with_a_remainder", "second_release")
LINKS = [
    *(("area", "commissioner_of_all", "all", f"c{i}") for i in range(1, 5)),
    *(("area", "provider_of_all", "all", f"p{i}") for i in range(1, 4)),
    *(("ethnic_group", "group_of_all", "all", f"g{i}") for i in range(1, 6)),
    *(("sex", "sex_of_all", "all", f"s{i}") for i in range(1, 3)),
]
HIERARCHIES = pd.DataFrame(LINKS, columns=["dimension", "hierarchy", "parent", "child"])


@dataclass
class Publication:
    """Frames as `protect` takes them; cells carry the table and the block that they belong to."""

    cells: pd.DataFrame
    sums: pd.DataFrame
    ratios: pd.DataFrame


def small_counts(random: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Counts as of small areas: zeros, small numbers and some tens, each table with a size of its own."""
    size = random.choice([1.5, 4.0, 12.0, 30.0], size=(shape[0],) + (1,) * (len(shape) - 1))
    return random.poisson(size * random.gamma(0.8, 1.25, size=shape))


def with_margins(counts: np.ndarray) -> np.ndarray:
    """Totals at position 0 of every axis but the first."""
    for axis in range(1, counts.ndim):
        counts = np.concatenate([counts.sum(axis=axis, keepdims=True), counts], axis=axis)
    return counts


def _frame(counts: np.ndarray, names: list[list[str]], table: np.ndarray, block: str, kind: str) -> pd.DataFrame:
    """One row a cell of tables with the same shape; axes are table, area, ethnic group and, where there, sex."""
    where = np.indices(counts.shape).reshape(counts.ndim, -1)
    frame = pd.DataFrame({"table": table[where[0]], "block": block, "kind": kind})
    for axis, column in enumerate(["area", "ethnic_group", "sex"]):
        frame[column] = np.array(names[axis], dtype=object)[where[axis + 1]] if axis + 1 < counts.ndim else "all"
    frame["count"] = counts.ravel()
    return frame


def _labels(counts: np.ndarray, letters: str = "cgs") -> list[list[str]]:
    return [["all", *(f"{letters[i]}{j}" for j in range(1, n))] for i, n in enumerate(counts.shape[1:])]


def _tables_of_kind(random: np.random.Generator, kind: str, first: int, number: int) -> list[pd.DataFrame]:
    """Cells of `number` tables of one kind, in shapes drawn by lot."""
    found = []
    shapes = random.integers([2, 2], [5, 6], size=(number, 2))
    for areas, groups in np.unique(shapes, axis=0).tolist():
        table = first + np.flatnonzero((shapes == [areas, groups]).all(axis=1))
        shape: tuple[int, ...] = (len(table), areas, groups)
        if kind == "three_way":
            shape = (len(table), areas, min(groups, 3), 2)
        if kind == "overlapping_areas":
            shape = (len(table), areas, 3, min(groups, 4))
        atoms = small_counts(random, shape)
        if kind == "overlapping_areas":
            by_commissioner, by_provider = with_margins(atoms.sum(axis=2)), with_margins(atoms.sum(axis=1))
            found.append(_frame(by_commissioner, _labels(by_commissioner), table, "n", kind))
            providers = by_provider[:, 1:]
            names = _labels(by_provider, "pgs")
            found.append(_frame(providers, [names[0][1:], *names[1:]], table, "n", kind))
            continue
        whole = with_margins(atoms)
        if kind == "with_a_remainder":
            whole = whole[:, :-1]
        found.append(_frame(whole, _labels(whole), table, "n", kind))
        if kind in ("rates", "second_release"):
            hit = with_margins(random.binomial(atoms, random.uniform(0.1, 0.9, size=(len(table), 1, 1))))
            found.append(_frame(hit, _labels(hit), table, "hits", kind))
    return found


def random_publication(number: int, seed: int) -> Publication:
    """Tables of all kinds, about equally many, half of them with an exact grand total."""
    random = np.random.default_rng(seed)
    cuts = np.linspace(0, number, len(KINDS) + 1).astype(int)
    frames = [
        frame
        for kind, first, last in zip(KINDS, cuts[:-1], cuts[1:], strict=True)
        for frame in _tables_of_kind(random, kind, int(first), int(last - first))
    ]
    cells = pd.concat(frames, ignore_index=True)
    cells["is_exact"] = (cells["area"] == "all") & (cells["table"] % 2 == 0)
    keys = ["block", "table", "area", "ethnic_group", "sex"]
    cells["cell_id"] = cells[keys].astype(str).agg("/".join, axis=1)
    sums = additive_sums(cells, HIERARCHIES)
    hits = cells.loc[cells["block"] == "hits", "cell_id"]
    ratios = pd.DataFrame(
        {"ratio_id": hits, "numerator_cell_id": hits, "denominator_cell_id": hits.str.replace("hits", "n", n=1)}
    )
    return Publication(cells, sums, ratios.reset_index(drop=True))
