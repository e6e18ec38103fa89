"""The whole of disclosure control: from true counts to what may be shown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iapt_equity.disclosure.primary import (
    SHOWN,
    STATUS_NAMES,
    UNBOUNDED,
    Status,
    StatusArray,
    primary_statuses,
    published_bounds,
    published_counts,
)
from iapt_equity.disclosure.profiles import Profile
from iapt_equity.disclosure.relations import Relations, relations_of


def protect(
    cells: pd.DataFrame,
    sums: pd.DataFrame,
    ratios: pd.DataFrame,
    profile: Profile,
    previous: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Decide of each count whether it is shown, rounded, or suppressed and why.

    Args:
        cells: `cell_id` (unique), `count` (whole, 0 or more), `is_exact` (shown unrounded, for example England).
        sums: `sum_id`, `cell_id`, `is_total`: each total with its parts.
        ratios: `ratio_id`, `numerator_cell_id`, `denominator_cell_id`: a percentage is shown where both are shown.
        profile: the rules.
        previous: `cell_id`, `lower`, `upper`: what earlier releases said of the same cells.

    Returns:
        One row a cell, in the order of `cells`: `cell_id`, `status` (shown, suppressed_small_number,
        suppressed_to_protect), `published_count` (Int64, null where suppressed), `lower` and `upper` (Int64, what the
        cell's own figure or marker says; null where nothing), and for the summary only, never to be published:
        `is_recovered_by_primary_alone` and `witnessed_width` (Int64, the width in counts over which the true count was
        shown to be free; null of shown cells).

    Raises:
        DisclosureError: the frames contradict themselves or each other.
    """
    relations = relations_of(cells, sums, ratios, previous)
    status = primary_statuses(relations.count[: relations.cell_count], profile)
    result = _as_frame(relations, status, profile)
    result["is_recovered_by_primary_alone"] = False
    result["witnessed_width"] = (result["upper"] - result["lower"]).where(result["status"] != Status.SHOWN)
    return result.set_index("cell_id").loc[cells["cell_id"]].reset_index()


def _as_frame(relations: Relations, status: StatusArray, profile: Profile) -> pd.DataFrame:
    """One row a cell in the order of identifiers."""
    count = relations.count[: relations.cell_count]
    lower, upper = published_bounds(count, relations.is_exact, status, profile)
    shown = pd.array(published_counts(count, relations.is_exact, profile), dtype="Int64")
    shown[status != SHOWN] = pd.NA
    highest = pd.array(np.minimum(upper, UNBOUNDED).astype(np.int64), dtype="Int64")
    highest[upper >= UNBOUNDED] = pd.NA
    return pd.DataFrame(
        {
            "cell_id": relations.cell_ids,
            "status": np.array(STATUS_NAMES, dtype=object)[status],
            "published_count": shown,
            "lower": pd.array(lower.astype(np.int64), dtype="Int64"),
            "upper": highest,
        }
    )
