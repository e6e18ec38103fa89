"""What disclosure control did, block by block: figures that may themselves be published."""

from __future__ import annotations

import pandas as pd

from iapt_equity.disclosure.errors import DisclosureError
from iapt_equity.disclosure.primary import Status


def protection_summary(cells: pd.DataFrame, protected: pd.DataFrame) -> pd.DataFrame:
    """Count cells by what became of them.

    Args:
        cells: `cell_id` and `block` (which count).
        protected: what `protect` gave for these cells.

    Returns:
        One row a block, sorted: `block`, `cell_count`, `shown_count`, `suppressed_small_number_count`,
        `suppressed_to_protect_count`, `withheld_count` (of these, suppressed with all that they are tied to, since some
        of it could not be protected), `narrowest_interval` (Int64, counts; the narrowest interval over which a
        suppressed cell was shown to be free, null where none is suppressed), `recovered_by_primary_alone_count` (cells
        that a reader could narrow below the protection width if only small numbers were suppressed; at least so many).

    Raises:
        DisclosureError: the two frames are not about the same cells.
    """
    rows = cells[["cell_id", "block"]].merge(protected, on="cell_id", how="left", validate="one_to_one")
    if rows["status"].isna().any() or len(protected) != len(rows):
        raise DisclosureError("protection_summary: cells and their protection are not about the same cells")
    rows = rows.assign(
        is_shown=rows["status"] == Status.SHOWN,
        is_small=rows["status"] == Status.SMALL_NUMBER,
        is_protecting=rows["status"] == Status.TO_PROTECT,
    )
    grouped = rows.groupby("block", sort=True, observed=True)
    summary = grouped.agg(
        cell_count=("cell_id", "size"),
        shown_count=("is_shown", "sum"),
        suppressed_small_number_count=("is_small", "sum"),
        suppressed_to_protect_count=("is_protecting", "sum"),
        withheld_count=("is_withheld", "sum"),
        narrowest_interval=("witnessed_width", "min"),
        recovered_by_primary_alone_count=("is_recovered_by_primary_alone", "sum"),
    )
    return summary.reset_index()
