"""Gaps and commissioner effects from published counts, some of them suppressed.

A cell is a commissioner, an ethnic group, so many people at risk and so many events: a grouped binomial. A suppressed
count is known only between two ends, so each model is fitted three times: on the cells that are published, with every
uncertain count such that the rate is least, and such that it is greatest. What differs between the last two is what
suppression hides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

import numpy as np

from iapt_equity.statistics.design import Term, build_design
from iapt_equity.statistics.errors import FitError
from iapt_equity.statistics.multilevel import fit_logistic_multilevel
from iapt_equity.statistics.result_table import estimate_record, numbers, package_versions
from iapt_equity.statistics.results import Fit, with_holm
from iapt_equity.statistics.single import fit_logistic
from iapt_equity.statistics.specification import ETHNIC_TERM, Settings

Reading = Literal["published_cells", "least", "greatest"]
READINGS: tuple[Reading, ...] = ("published_cells", "least", "greatest")
REFERENCE = "A"
_KEY = ("financial_year", "organisation_type", "outcome")


@dataclass(frozen=True, slots=True)
class Cell:
    """People and events of one ethnic group of one commissioner, each between two ends; equal where published."""

    commissioner: str
    group: str
    lowest_events: int
    highest_events: int
    lowest_people: int
    highest_people: int

    def counted(self, reading: Reading) -> tuple[int, int] | None:
        """Events and people as a reading has them, never more events than people; None where it leaves the cell out."""
        if reading == "published_cells":
            is_published = self.lowest_events == self.highest_events and self.lowest_people == self.highest_people
            return (min(self.lowest_events, self.lowest_people), self.lowest_people) if is_published else None
        if reading == "least":
            return min(self.lowest_events, self.highest_people), self.highest_people
        # The most events of the fewest people: at least so many people as there are events that are certain.
        people = max(self.lowest_people, min(self.lowest_events, self.highest_people))
        return min(self.highest_events, people), people


def fit_cells(cells: Sequence[Cell], reading: Reading, settings: Settings | None = None) -> tuple[Fit, Fit] | None:
    """Fit ethnic group, on a single level and with a random intercept for each commissioner.

    Args:
        cells: the cells of one year and outcome.
        reading: what uncertain counts are taken for.
        settings: level of the intervals and least count of a group.

    Returns:
        The single-level and the multilevel fit, or None where no person is left.
    """
    settings = settings or Settings()
    counted = [(cell, counts) for cell in cells if (counts := cell.counted(reading)) is not None]
    if not any(people for _, (_, people) in counted):
        return None
    # A row for the events of a cell and one for the rest, each with its number as weight.
    groups = np.repeat([cell.group for cell, _ in counted], 2)
    levels = tuple(sorted({REFERENCE, *groups.tolist()}))
    weights = np.array([weight for _, (events, people) in counted for weight in (events, people - events)], dtype=float)
    design = build_design(
        {ETHNIC_TERM: groups},
        [Term(ETHNIC_TERM, "categorical", REFERENCE, levels=levels)],
        {"event": np.tile([1.0, 0.0], len(counted))},
        cluster=np.repeat([cell.commissioner for cell, _ in counted], 2),
        weights=weights,
    )
    options: dict[str, Any] = {"confidence": settings.confidence, "minimum_count": settings.minimum_count}
    single = fit_logistic(design, "event", [ETHNIC_TERM], **options)
    multilevel = fit_logistic_multilevel(design, "event", [ETHNIC_TERM], start=single.start_values(), **options)
    return with_holm(single, ETHNIC_TERM), with_holm(multilevel, ETHNIC_TERM)


def fit_published(rows: Iterable[Mapping[str, Any]], settings: Settings) -> list[dict[str, Any]]:
    """Fit every year and outcome of published counts in every reading.

    Args:
        rows: rows of `int_published_model_cells`.
        settings: level of the intervals and least count of a group.

    Returns:
        One record for each fit: year, type of organisation, outcome, reading, estimator, cells and people, variance,
        and the ethnic contrasts as a list.
    """
    ordered = sorted(rows, key=lambda row: (*(row[name] for name in _KEY), row["organisation_code"],
                                            row["ethnic_category_code"]))  # fmt: skip
    records = []
    for key, members in groupby(ordered, key=lambda row: tuple(row[name] for name in _KEY)):
        given = list(members)
        kept = [row for row in given if not row["is_left_out"]]
        cells = [_cell(row) for row in kept]
        uncertain = sum(bool(row["is_uncertain"]) for row in kept)
        about = {
            **dict(zip(_KEY, key, strict=True)),
            "cell_count": len(given),
            "left_out_cell_count": len(given) - len(kept),
            "uncertain_cell_count": uncertain,
        }
        for reading in READINGS:
            try:
                pair = fit_cells(cells, reading, settings)
            except FitError:
                pair = None
            records += [] if pair is None else [{**about, "reading": reading, **_record(fit)} for fit in pair]
    return records


def _cell(row: Mapping[str, Any]) -> Cell:
    ends = ("lowest_event_count", "highest_event_count", "lowest_people_count", "highest_people_count")
    return Cell(str(row["organisation_code"]), str(row["ethnic_category_code"]), *(int(row[name]) for name in ends))


def _record(fit: Fit) -> dict[str, Any]:
    components = {} if fit.variance is None else numbers(fit.variance)
    named = ("variance", "variance_low", "variance_high", "icc", "icc_low", "icc_high", "cluster_count", "is_singular")
    return {
        "estimator": fit.estimator,
        "observation_count": round(fit.observation_count),
        "event_count": round(fit.event_count),
        "status": fit.status,
        "notes": "; ".join(fit.notes) or None,
        "package_versions": package_versions(),
        **{name: components.get(name) for name in named},
        "estimates": [estimate_record(one) for one in fit.coefficients if one.term == ETHNIC_TERM],
    }


def published_schema() -> Any:
    """Arrow schema of the records of `fit_published`."""
    import pyarrow as pa

    from iapt_equity.statistics.result_table import result_schema

    text, whole, real = pa.string(), pa.int64(), pa.float64()
    texts = ("financial_year", "organisation_type", "outcome")
    counts = ("cell_count", "left_out_cell_count", "uncertain_cell_count")
    reals = ("variance", "variance_low", "variance_high", "icc", "icc_low", "icc_high")
    return pa.schema(
        [
            *((name, text) for name in texts), *((name, whole) for name in counts),
            ("reading", text), ("estimator", text), ("observation_count", whole), ("event_count", whole),
            ("status", text), ("notes", text), ("package_versions", text), *((name, real) for name in reals),
            ("cluster_count", whole), ("is_singular", pa.bool_()),
            ("estimates", result_schema().field("estimates").type),
        ]
    )  # fmt: skip
