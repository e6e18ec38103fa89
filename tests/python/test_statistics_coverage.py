"""The committed table of the coverage study says what the documentation claims, and the study can be repeated."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

STUDY = Path(__file__).resolve().parents[2] / "benchmarks" / "statistics"


def test_intervals_hold() -> None:
    table = pd.read_csv(STUDY / "coverage_study.csv")
    assert (table["data_sets"] == 500).all()
    pooled = table[(table["group"] == "all") & ~table["quantity"].str.contains("type I")]
    assert set(table["icc"]) == {"1%", "16%"}
    assert len(pooled) == 20
    assert pooled["share"].between(0.93, 0.97).all()
    errors = table[(table["group"] == "all") & table["quantity"].str.contains("type I")]
    assert len(errors) == 6
    assert errors["share"].between(0.04, 0.06).all()
    # The smallest group of the study (0.3%): within chance of the bounds (three standard errors of one point).
    smallest = table[(table["group"] == "H") & ~table["quantity"].str.contains("type I")]
    assert smallest["share"].between(0.92, 0.98).all()


@pytest.mark.slow
def test_study_can_be_repeated() -> None:
    """Forty data sets by the same seeds: pooled coverage within four standard errors of 95%."""
    sys.path.insert(0, str(STUDY))
    from coverage_study import one  # type: ignore[import-not-found]

    holds = [covers for seed in range(40) for quantity, _, covers in one(seed, 15_000, 0.79) if "contrast" in quantity]
    assert abs(sum(holds) / len(holds) - 0.95) < 4 * (0.95 * 0.05 / len(holds)) ** 0.5
