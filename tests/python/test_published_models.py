"""Models of published counts by commissioner and group: likelihoods, statsmodels, and what suppression hides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import optimize

from iapt_equity.statistics.grouped import REFERENCE, Cell, fit_cells, fit_published, published_schema
from iapt_equity.statistics.specification import Settings
from statistics_support import integrated_log_likelihood, laplace_log_likelihood

COMMISSIONERS, GROUPS = 14, ("A", "H", "K")


def counted(seed: int = 2, sigma: float = 0.6, size: tuple[int, ...] = (60, 25, 12)) -> list[Cell]:
    """Cells of which everything is known, with a planted gap of each group and an effect of each commissioner."""
    rng = np.random.default_rng(seed)
    cells = []
    for commissioner in range(COMMISSIONERS):
        effect = rng.normal(0.0, sigma)
        for group, gap, people in zip(GROUPS, (0.0, -0.3, -0.6), size, strict=True):
            people_count = int(rng.poisson(people)) + 1
            events = int(rng.binomial(people_count, 1 / (1 + np.exp(-(effect + gap)))))
            cells.append(Cell(f"C{commissioner:02d}", group, events, events, people_count, people_count))
    return cells


def rows_of(cells: list[Cell]) -> pd.DataFrame:
    """A row for each person."""
    return pd.DataFrame(
        [
            {"commissioner": cell.commissioner, "group": cell.group, "event": float(i < cell.lowest_events)}
            for cell in cells
            for i in range(cell.lowest_people)
        ]
    )


def test_both_fits_are_those_of_the_people() -> None:
    cells = counted()
    pair = fit_cells(cells, "published_cells")
    assert pair is not None
    single, multilevel = pair
    rows = rows_of(cells)
    matrix = pd.DataFrame({"intercept": 1.0, **{g: (rows["group"] == g) * 1.0 for g in GROUPS[1:]}})
    oracle = sm.GLM(rows["event"], matrix, family=sm.families.Binomial()).fit(tol=1e-14)
    for group in GROUPS[1:]:
        assert single.coefficient("ethnic_group", group).estimate == pytest.approx(oracle.params[group], abs=1e-9)
        assert single.coefficient("ethnic_group", group).standard_error == pytest.approx(oracle.bse[group], rel=1e-7)
    assert single.observation_count == len(rows)

    dense, event, cluster = matrix.to_numpy(), rows["event"].to_numpy(), rows["commissioner"].to_numpy()

    def best(likelihood: Any, start: np.ndarray) -> np.ndarray:
        def loss(point: np.ndarray) -> float:
            return -float(likelihood(dense, event, cluster, point[:-1], float(np.exp(2 * point[-1]))))

        found = optimize.minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9})
        return np.asarray(found.x)

    assert multilevel.variance is not None
    ours = [c.estimate for c in multilevel.coefficients]
    laplace = best(laplace_log_likelihood, np.array([0.0, -0.3, -0.6, -0.5]))
    np.testing.assert_allclose(ours, laplace[:-1], atol=2e-4)
    assert multilevel.variance.variance == pytest.approx(np.exp(2 * laplace[-1]), rel=2e-3)
    # The exact likelihood, integrated over the effects, has its maximum near: the approximation is good here.
    at_ours = integrated_log_likelihood(dense, event, cluster, np.array(ours), multilevel.variance.variance)
    for factor in (0.7, 1.4):
        aside = integrated_log_likelihood(dense, event, cluster, np.array(ours), multilevel.variance.variance * factor)
        assert at_ours > aside
    share = multilevel.variance.variance / (multilevel.variance.variance + np.pi**2 / 3)
    assert multilevel.variance.icc == pytest.approx(share, rel=1e-12)


@pytest.mark.parametrize(
    ("ends", "least", "greatest"),
    [
        # events from, to; people from, to: by hand
        ((7, 7, 20, 20), (7, 20), (7, 20)),
        ((0, 4, 20, 20), (0, 20), (4, 20)),
        ((0, 4, 2, 2), (0, 2), (2, 2)),  # not more than there are people
        ((5, 5, 6, 10), (5, 10), (5, 6)),  # of 10 courses up to 4 were not at caseness
        ((10, 10, 8, 12), (10, 12), (10, 10)),  # at least so many people as events
        ((10, 10, 8, 9), (9, 9), (9, 9)),  # rounding made more events than people
        ((0, 4, 1, 5), (0, 5), (1, 1)),
    ],
)
def test_ends_of_a_cell(ends: tuple[int, int, int, int], least: tuple[int, int], greatest: tuple[int, int]) -> None:
    cell = Cell("C1", "A", *ends)
    assert cell.counted("least") == least
    assert cell.counted("greatest") == greatest
    is_published = ends[0] == ends[1] and ends[2] == ends[3]
    assert cell.counted("published_cells") == (least if is_published else None)


def suppressed(cells: list[Cell]) -> list[Cell]:
    """The cells as the publisher would show them: events below five may be anything from 0 to 4."""
    return [
        cell
        if cell.lowest_events >= 5
        else Cell(cell.commissioner, cell.group, 0, 4, cell.lowest_people, cell.highest_people)
        for cell in cells
    ]


@pytest.mark.parametrize("seed", range(5))
def test_the_truth_lies_between_the_ends(seed: int) -> None:
    """Suppression hits the small group alone, so that its odds ratio by the true counts lies between both ends."""
    cells = counted(seed=seed, size=(200, 60, 8))
    hidden = suppressed(cells)
    uncertain = [cell for cell in hidden if cell.lowest_events != cell.highest_events]
    assert {cell.group for cell in uncertain} == {"K"}
    estimates = {}
    for reading, given in (("truth", cells), ("least", hidden), ("greatest", hidden)):
        pair = fit_cells(given, "published_cells" if reading == "truth" else reading)  # type: ignore[arg-type]
        assert pair is not None
        estimates[reading] = [fit.coefficient("ethnic_group", "K").estimate for fit in pair]
    for low, true, high in zip(estimates["least"], estimates["truth"], estimates["greatest"], strict=True):
        assert low < true < high


def records(cells: list[Cell], **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "financial_year": "2018-19",
            "organisation_type": "CCG",
            "outcome": "recovery",
            "organisation_code": cell.commissioner,
            "ethnic_category_code": cell.group,
            "is_left_out": False,
            "is_uncertain": cell.lowest_events != cell.highest_events,
            "lowest_event_count": cell.lowest_events,
            "highest_event_count": cell.highest_events,
            "lowest_people_count": cell.lowest_people,
            "highest_people_count": cell.highest_people,
            **more,
        }
        for cell in cells
    ]


def test_every_reading_and_what_was_left_out_is_told() -> None:
    import pyarrow as pa

    cells = suppressed(counted(size=(200, 60, 8)))
    rows = [*records(cells), *records([Cell("C99", "K", 0, 4, 0, 0)], is_left_out=True)]
    found = fit_published(rows, Settings())
    assert [(row["reading"], row["estimator"]) for row in found] == [
        (reading, estimator)
        for reading in ("published_cells", "least", "greatest")
        for estimator in ("logistic", "logistic_multilevel")
    ]
    assert {row["cell_count"] for row in found} == {len(cells) + 1}
    assert {row["left_out_cell_count"] for row in found} == {1}
    uncertain = sum(cell.lowest_events != cell.highest_events for cell in cells)
    assert {row["uncertain_cell_count"] for row in found} == {uncertain}
    assert [row["cluster_count"] for row in found][1::2] == [COMMISSIONERS] * 3
    assert fit_published(reversed(rows), Settings()) == found, "the order of the rows is nothing"
    assert pa.Table.from_pylist(found, schema=published_schema()).num_rows == 6


def test_nothing_is_fitted_where_nothing_is_there() -> None:
    assert fit_published([], Settings()) == []
    assert fit_cells([], "least") is None
    assert fit_cells([Cell("C1", REFERENCE, 0, 4, 0, 0)], "least") is None
