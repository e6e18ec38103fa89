"""A made-up national publication: counts of every area, ethnic group, period and measure, from one seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from iapt_equity.disclosure import additive_sums

#: Ethnic categories of each of the five groups, and about what share of referrals each has.
FIVE_GROUPS = {"white": 3, "mixed": 4, "asian": 5, "black": 3, "other": 1}
SHARES = [80.0, 1.0, 4.5, 0.8, 0.4, 0.7, 0.9, 1.6, 1.8, 0.7, 0.4, 1.4, 1.2, 1.6, 0.7, 1.5]
#: Share of a month's referrals that each denominator counts; each measure is a share of one of them.
DENOMINATORS = {"received": 1.0, "started": 0.7, "finished": 0.4, "at_caseness": 0.36}
REGION_COUNT = 7


@dataclass
class Publication:
    """Frames as `protect` takes them."""

    cells: pd.DataFrame
    sums: pd.DataFrame
    ratios: pd.DataFrame


@dataclass
class Areas:
    """Places of the people counted: one row for each commissioner and provider that share people."""

    commissioner: np.ndarray
    provider: np.ndarray
    size: np.ndarray
    icb: np.ndarray
    region: np.ndarray


def make_areas(random: np.random.Generator, commissioners: int, icbs: int, providers: int) -> Areas:
    """Commissioners of unequal size, nested in ICBs and regions, each with one to four providers."""
    icb_of = np.concatenate([np.arange(icbs), random.integers(0, icbs, commissioners - icbs)])
    region_of_icb = np.concatenate([np.arange(REGION_COUNT), random.integers(0, REGION_COUNT, icbs - REGION_COUNT)])
    number = random.integers(1, 5, commissioners)
    at = np.repeat(np.arange(commissioners), number)
    provider = np.concatenate([np.arange(min(providers, len(at))), random.integers(0, providers, len(at))])[: len(at)]
    size = random.lognormal(6.4, 0.6, commissioners)[at] * random.dirichlet(np.ones(4), len(at))[:, 0]
    icb = icb_of[at]
    return Areas(at, random.permutation(provider), size, icb, region_of_icb[icb])


def make_publication(
    measures: int = 20, commissioners: int = 106, icbs: int = 42, providers: int = 180, years: int = 4, seed: int = 1
) -> Publication:
    """Counts by area, group and period (years everywhere, quarters from ICBs up, months of regions and England)."""
    random = np.random.default_rng(seed)
    areas = make_areas(random, commissioners, icbs, providers)
    shares = random.gamma(np.array(SHARES) * 0.5, 1.0, size=(commissioners, 16))
    shares = (shares / shares.sum(axis=1, keepdims=True))[areas.commissioner]
    months = 12 * years
    expected = areas.size[:, None, None] * shares[:, :, None] * np.ones(months)
    people = random.poisson(expected)
    frames, pairs = [], []
    names = list(DENOMINATORS)
    counts = {name: random.binomial(people, share) for name, share in DENOMINATORS.items()}
    for name in names:
        frames.append(_block(counts[name], areas, name))
    for number in range(measures):
        below = names[number % len(names)]
        rate = random.uniform(0.05, 0.9)
        block = f"measure_{number:02}"
        frames.append(_block(random.binomial(counts[below], rate), areas, block))
        pairs.append((block, below))
    cells = pd.concat(frames, ignore_index=True)
    sums = additive_sums(cells, hierarchies(areas, years))
    where = cells[["area", "ethnic_group", "period"]].astype(str).agg("|".join, axis=1)
    return Publication(cells, sums, _ratios(cells.assign(where=where), pairs))


def _ratios(cells: pd.DataFrame, pairs: list[tuple[str, str]]) -> pd.DataFrame:
    found = []
    ids = {block: frame.set_index("where")["cell_id"] for block, frame in cells.groupby("block")}
    for top, bottom in pairs:
        both = pd.DataFrame({"numerator_cell_id": ids[top], "denominator_cell_id": ids[bottom]})
        found.append(both.assign(ratio_id=top + "|" + both.index))
    return pd.concat(found, ignore_index=True)


def _block(counts: np.ndarray, areas: Areas, block: str) -> pd.DataFrame:
    """All published cells of one count, from counts by place, category and month."""
    months = counts.shape[2]
    periods = {
        "year": (np.repeat(np.arange(months // 12), 12), "y"),
        "quarter": (np.repeat(np.arange(months // 3), 3), "q"),
        "month": (np.arange(months), "m"),
    }
    levels = {
        "E": (np.zeros(len(areas.icb), int), ("year", "quarter", "month")),
        "R": (areas.region, ("year", "quarter", "month")),
        "I": (areas.icb, ("year", "quarter")),
        "C": (areas.commissioner, ("year",)),
        "P": (areas.provider, ("year",)),
    }
    five = np.repeat(np.arange(5), list(FIVE_GROUPS.values()))
    frames = []
    for level, (of, kinds) in levels.items():
        by_area = np.zeros((of.max() + 1, *counts.shape[1:]), np.int64)
        np.add.at(by_area, of, counts)
        by_five = np.stack([by_area[:, five == i].sum(axis=1) for i in range(5)], axis=1)
        whole = np.concatenate([by_area.sum(axis=1, keepdims=True), by_five, by_area], axis=1)
        groups = ["all", *FIVE_GROUPS, *(f"g{i:02}" for i in range(16))]
        for kind in kinds:
            number, letter = periods[kind]
            table = np.stack([whole[:, :, number == i].sum(axis=2) for i in range(number.max() + 1)], axis=2)
            at = np.indices(table.shape).reshape(3, -1)
            frame = pd.DataFrame({"block": block, "area": pd.Series(at[0]).astype(str).radd(level)})
            frame["ethnic_group"] = np.array(groups, dtype=object)[at[1]]
            frame["period"] = pd.Series(at[2]).astype(str).radd(letter)
            frame["count"] = table.ravel()
            frames.append(frame)
    cells = pd.concat(frames, ignore_index=True)
    cells["is_exact"] = cells["area"] == "E0"
    cells["cell_id"] = cells[["block", "area", "ethnic_group", "period"]].agg("|".join, axis=1)
    return cells


def hierarchies(areas: Areas, years: int) -> pd.DataFrame:
    """What is a part of what."""
    five = np.repeat(list(FIVE_GROUPS), list(FIVE_GROUPS.values()))
    icbs = pd.DataFrame({"icb": areas.icb, "region": areas.region, "commissioner": areas.commissioner})
    links = [
        *(("area", "region_of_england", "E0", f"R{i}") for i in range(REGION_COUNT)),
        *(("area", "provider_of_england", "E0", f"P{i}") for i in sorted(set(areas.provider.tolist()))),
        *(("area", "icb_of_region", f"R{r}", f"I{i}") for i, r in sorted(set(zip(icbs.icb, icbs.region, strict=True)))),
        *(
            ("area", "commissioner_of_icb", f"I{i}", f"C{c}")
            for i, c in sorted(set(zip(icbs.icb, icbs.commissioner, strict=True)))
        ),
        *(("ethnic_group", "group_of_five", group, f"g{i:02}") for i, group in enumerate(five)),
        *(("ethnic_group", "five_of_all", "all", group) for group in FIVE_GROUPS),
        *(("period", "month_of_quarter", f"q{i // 3}", f"m{i}") for i in range(12 * years)),
        *(("period", "quarter_of_year", f"y{i // 4}", f"q{i}") for i in range(4 * years)),
    ]
    return pd.DataFrame(links, columns=["dimension", "hierarchy", "parent", "child"])
