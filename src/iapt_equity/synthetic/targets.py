"""Calibration targets read from the small table beside this module."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib import resources

import numpy as np

from iapt_equity.synthetic.arrays import FloatArray
from iapt_equity.synthetic.constants import GROUP_CODES


@dataclass(frozen=True)
class Targets:
    """Targets by group and financial year; every array has shape (16, years) and holds proportions."""

    share: FloatArray
    access: FloatArray
    course: FloatArray
    recovery: FloatArray
    reliable_improvement: FloatArray
    reliable_recovery: FloatArray
    deterioration: FloatArray
    ethnicity_not_valid: FloatArray
    """Shape (years,): share of referrals without a valid ethnic category."""


def _read() -> dict[str, dict[str, float]]:
    text = resources.files("iapt_equity.synthetic").joinpath("targets.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    table = {
        row["code"]: {key: float(value) for key, value in row.items() if key not in ("code", "label")}
        for row in csv.DictReader(lines)
    }
    if tuple(table) != GROUP_CODES:
        raise AssertionError("targets.csv does not hold the 16 ethnic categories in order")
    return table


def load_targets(first_year: int, last_year: int) -> Targets:
    """Targets for the financial years starting in `first_year` to `last_year`.

    The report prints 2015-16 and 2021-22; years between are linear, years outside take the nearer figure.

    Args:
        first_year: calendar year in which the first financial year starts.
        last_year: calendar year in which the last financial year starts.
    """
    table = _read()
    years = np.arange(first_year, last_year + 1)
    position = np.clip((years - 2015) / 6.0, 0.0, 1.0)

    def between(start: FloatArray, end: FloatArray) -> FloatArray:
        return np.asarray(start[:, None] + (end - start)[:, None] * position[None, :], dtype=np.float64)

    def column(name: str) -> FloatArray:
        return np.array([table[code][name] for code in GROUP_CODES], dtype=np.float64)

    def rate(name: str) -> FloatArray:
        return between(column(f"{name}_2015_16"), column(f"{name}_2021_22")) / 100.0

    early, late = column("referrals_2015_16"), column("referrals_2021_22")
    # 1,112,104 of 1,399,088 referrals had ethnicity data in 2015-16, 1,625,597 of 1,812,596 in 2021-22.
    known_early, known_late = 1_112_104 / 1_399_088, 1_625_597 / 1_812_596
    return Targets(
        share=between(early / early.sum(), late / late.sum()),
        access=rate("access"),
        course=rate("course"),
        recovery=rate("recovery"),
        reliable_improvement=rate("reliable_improvement"),
        reliable_recovery=rate("reliable_recovery"),
        deterioration=between(
            column("deterioration_2015_16") / column("finished_2015_16"),
            column("deterioration_2021_22") / column("finished_2021_22"),
        ),
        ethnicity_not_valid=np.asarray(1 - (known_early + (known_late - known_early) * position), dtype=np.float64),
    )
