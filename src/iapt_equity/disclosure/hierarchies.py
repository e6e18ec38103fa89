"""Sums that readers can form: every total of a publication with the parts that are published beside it."""

from __future__ import annotations

import pandas as pd

from iapt_equity.disclosure.errors import DisclosureError

#: Columns of cells that are no dimension.
NOT_DIMENSIONS = ("cell_id", "count", "is_exact")
SUM_COLUMNS = ("sum_id", "cell_id", "is_total")


def additive_sums(cells: pd.DataFrame, hierarchies: pd.DataFrame) -> pd.DataFrame:
    """Find each total and its parts, from what is a part of what in each dimension.

    Two cells belong to one sum if they agree in every dimension (and the block) but one, and there one value is the
    parent of the other. One parent can have several hierarchies (England of regions, England of providers): each is a
    sum of its own, which is how overlapping sets are written. Parts without a cell are simply absent.

    Args:
        cells: one row a cell: `cell_id`, `block` (which count) and a column for each dimension; every column but
            `cell_id`, `count` and `is_exact` says which cell it is.
        hierarchies: one row a link: `dimension` (a column of cells), `hierarchy`, `parent`, `child`.

    Returns:
        One row a member of a sum: `sum_id`, `cell_id` (categorical over all cells), `is_total`; sorted.

    Raises:
        DisclosureError: a dimension is no column of cells, or several cells have the same values.
    """
    keys = [column for column in cells.columns if column not in NOT_DIMENSIONS]
    unknown = sorted(set(hierarchies["dimension"]) - set(keys))
    if unknown:
        raise DisclosureError(f"hierarchies name {', '.join(unknown)}, which is no column of cells")
    if cells.duplicated(keys).any():
        raise DisclosureError(f"several cells have the same {', '.join(keys)}")
    cell_ids = pd.CategoricalDtype(pd.Index(cells["cell_id"]).sort_values())
    coded = cells.assign(cell_id=cells["cell_id"].astype(cell_ids))
    found = [
        _sums_of(coded, hierarchies.loc[hierarchies["dimension"] == dimension], str(dimension), keys)
        for dimension in sorted(set(hierarchies["dimension"]))
    ]
    if not found:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in SUM_COLUMNS})
    sums = pd.concat(found, ignore_index=True)
    return sums.sort_values(["sum_id", "is_total", "cell_id"], ascending=[True, False, True], ignore_index=True)


def _sums_of(cells: pd.DataFrame, links: pd.DataFrame, dimension: str, keys: list[str]) -> pd.DataFrame:
    """Sums along one dimension: totals that have at least one part with a cell."""
    others = [key for key in keys if key != dimension]
    rest = cells.groupby(others, sort=False, dropna=False, observed=True).ngroup() if others else 0
    slim = pd.DataFrame({"cell_id": cells["cell_id"], "value": cells[dimension], "rest": rest})
    parents = links[["hierarchy", "parent"]].drop_duplicates()
    totals = parents.merge(slim.rename(columns={"value": "parent"}), on="parent")
    children = links[["hierarchy", "parent", "child"]].drop_duplicates()
    parts = children.merge(slim.rename(columns={"value": "child"}), on="child").drop(columns="child")
    named = totals.rename(columns={"cell_id": "total"})
    parts = parts.merge(named, on=["hierarchy", "parent", "rest"])
    totals = parts[["hierarchy", "total"]].drop_duplicates()
    return pd.concat(
        [
            pd.DataFrame({"sum_id": _names(dimension, totals), "cell_id": totals["total"], "is_total": True}),
            pd.DataFrame({"sum_id": _names(dimension, parts), "cell_id": parts["cell_id"], "is_total": False}),
        ],
        ignore_index=True,
    )


def _names(dimension: str, rows: pd.DataFrame) -> pd.Series:
    """Names of sums: the dimension, the hierarchy and the cell that is the total."""
    return dimension + "/" + rows["hierarchy"].astype(str) + "/" + rows["total"].astype(str)
