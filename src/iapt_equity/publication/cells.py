"""The counts of the publication as cells of one system, protected together (`iapt_equity.disclosure`).

Counts that are the same by what they count are one cell: an area or group under two names, and two blocks that agree
wherever they are crossed alike (the courses that recovery and reliable recovery are out of). What is shown of one is
then shown of the other, and never suppressed beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from iapt_equity.disclosure import Profile, additive_sums, protect
from iapt_equity.publication.members import members_by_dimension, national_members, nested_members, same_members

#: What tells two cells of a block apart.
DIMENSIONS = ["period", "area", "ethnic_group", "characteristic"]
ALL = "all:all"
#: What `protect` says of a count, and of which kind it is.
SAID = {
    "status": "object",
    "published_count": "Int64",
    "lower": "Int64",
    "upper": "Int64",
    "is_withheld": "boolean",
    "witnessed_width": "Int64",
    "is_recovered_by_primary_alone": "boolean",
}


def protect_publication(
    cells: pd.DataFrame,
    members: pd.DataFrame,
    related: pd.DataFrame,
    profile: Profile,
    previous: pd.DataFrame | None = None,
    say: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Protect every count of the publication.

    Args:
        cells: one row a count: `cell_id`, `block`, `true_count`, `denominator_cell_id` (null without a percentage),
            and the keys of `int_publication_cells`.
        members: one row a member of an area or group and part of it (`int_publication_members`).
        related: one row a part that a block has in another: `whole_block`, `part_block`, `relation`.
        profile: the rules.
        previous: what earlier releases said: `cell_id`, `lower`, `upper`, any number of rows a cell.
        say: called with a line on what was found.

    Returns:
        One row a count, in the order of `cell_id`: `cell_id`, `block`, and the columns of `protect`.

    Raises:
        DisclosureError: the cells are no system that can be protected.
    """
    if cells.empty:
        return _result(cells[["cell_id", "block"]], pd.DataFrame(columns=list(SAID)))
    coded, links, national = _code_dimensions(cells, members)
    coded["key"] = _keys(coded)
    coded["kind"] = _same_kinds(coded)
    coded["cell"] = coded.groupby(["kind", "key"], sort=False).ngroup().astype("int64")
    distinct = coded.drop_duplicates("cell")
    system = pd.DataFrame(
        {
            "cell_id": distinct["cell"],
            "count": distinct["true_count"].astype("int64"),
            "is_exact": distinct["area"].isin(national),
        }
    )
    sums = _once(pd.concat([_sums(coded, links), _related_sums(coded, related)], ignore_index=True))
    ratios = _ratios(coded)
    if say is not None:
        say(f"protecting {len(system)} counts, {sums['sum_id'].nunique()} sums, {len(ratios)} percentages")
    found = protect(system, sums, ratios, profile, _known(coded, previous)).set_index("cell_id")
    result = _result(coded[["cell_id", "block"]], found.loc[coded["cell"]])
    if say is not None and result["is_withheld"].any():
        blocks = sorted(result.loc[result["is_withheld"], "block"].unique())
        say(f"withheld, since some of them cannot be protected: {result['is_withheld'].sum()} counts of {blocks}")
    return result


def _result(named: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    said = found[list(SAID)].reset_index(drop=True).astype(SAID)
    return named.reset_index(drop=True).astype(object).join(said).sort_values("cell_id", ignore_index=True)


def _code_dimensions(cells: pd.DataFrame, members: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, set[str]]:
    """The cells with one column a dimension, what lies within what, and the areas that are shown as they are."""
    named = {
        "area": cells["area_level"] + ":" + cells["area_code"],
        "ethnic_group": cells["ethnic_classification"] + ":" + cells["ethnic_group"],
        "characteristic": cells["characteristic"] + ":" + cells["characteristic_value"],
        "period": cells["financial_year"] + ":" + cells["period"],
    }
    coded = pd.DataFrame(
        {
            "cell_id": cells["cell_id"],
            "block": cells["block"].astype("category"),
            "true_count": cells["true_count"].astype("int64"),
            "denominator_cell_id": cells["denominator_cell_id"],
        }
    )
    links = []
    levels = members_by_dimension(members, {name: set(named[name].unique()) for name in ("area", "ethnic_group")})
    for dimension in DIMENSIONS:
        column = named[dimension].astype("category")
        if dimension in levels:
            same = same_members(levels[dimension])
            column = column.map(lambda name, same=same: same.get(name, name)).astype("category")
            links.append(nested_members(levels[dimension]).assign(dimension=dimension))
        coded[dimension] = column
    # Where blocks are compared: within a kind of period, a characteristic, a level of area and a classification.
    coded["slice"] = _joined(
        cells["period_kind"], cells["characteristic"], *(_levels(coded[name]) for name in ("area", "ethnic_group"))
    )
    links += [_periods(cells), _characteristics(coded)]
    same_areas = same_members(levels["area"])
    # Of all areas that there are: where England alone is published, it can still be one board by another name.
    every = set(members["member_level"] + ":" + members["member_code"])
    national = national_members(members_by_dimension(members, {"area": every})["area"])
    national = {same_areas.get(name, name) for name in national}
    return coded, pd.concat(links, ignore_index=True), national


def _levels(members: pd.Series) -> pd.Series:
    """The level of each member, which stands before its code."""
    return members.map({name: name.split(":", 1)[0] for name in members.cat.categories}).astype("str")


def _joined(*columns: pd.Series) -> pd.Series:
    """Several columns of text as one, categorical."""
    joined = columns[0].astype("str")
    for column in columns[1:]:
        joined = joined + ":" + column.astype("str")
    return joined.astype("category")


def _periods(cells: pd.DataFrame) -> pd.DataFrame:
    """Months of quarters, months of years and quarters of years."""
    periods = cells[["financial_year", "period_kind", "period", "financial_quarter"]].drop_duplicates()
    year = periods["financial_year"] + ":"
    periods = periods.assign(child=year + periods["period"], whole=year + periods["financial_year"])
    periods = periods.assign(part=year + periods["financial_quarter"].astype("object").fillna("").astype("str"))
    links = [
        periods.loc[periods["period_kind"] == kind, ["child", parent]]
        .rename(columns={parent: "parent"})
        .assign(hierarchy=hierarchy)
        for kind, parent, hierarchy in (
            ("quarter", "whole", "quarter_of_year"),
            ("month", "part", "month_of_quarter"),
            ("month", "whole", "month_of_year"),
        )
    ]
    return pd.concat(links, ignore_index=True).assign(dimension="period")


def _characteristics(coded: pd.DataFrame) -> pd.DataFrame:
    """The values of each characteristic within everybody."""
    values = [value for value in coded["characteristic"].cat.categories if value != ALL]
    rows = [(f"{value.split(':', 1)[0]}_of_all", ALL, value) for value in values]
    return pd.DataFrame(rows, columns=["hierarchy", "parent", "child"]).assign(dimension="characteristic")


def _keys(coded: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A number for each combination of the dimensions, shape (cells,)."""
    keys = np.zeros(len(coded), dtype=np.int64)
    for dimension in DIMENSIONS:
        codes = coded[dimension].cat
        keys = keys * len(codes.categories) + codes.codes.to_numpy(dtype=np.int64)
    return keys


def _same_kinds(coded: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A number for each slice of a block, the same for blocks that count the same in it, shape (cells,).

    Nobody is counted where a row is missing, as events have none where there was none: noughts make no difference.
    """
    once = coded.drop_duplicates(["block", "key"])
    is_some = once["true_count"].to_numpy() > 0
    signs = pd.util.hash_array(once["key"].to_numpy()) ^ pd.util.hash_array(~once["true_count"].to_numpy())
    # Sums of hashes do not depend on the order of the cells; two kinds of hash make a chance match unthinkable.
    slices = pd.DataFrame(
        {
            "block": once["block"],
            "slice": once["slice"],
            "first": np.where(is_some, pd.util.hash_array(signs), np.uint64(0)),
            "second": np.where(is_some, pd.util.hash_array(signs + np.uint64(1)), np.uint64(0)),
            "size": is_some.astype("int64"),
        }
    )
    slices = slices.groupby(["block", "slice"], observed=True, sort=True, as_index=False).sum()
    slices["kind"] = slices.groupby(["slice", "first", "second", "size"], sort=False, observed=True).ngroup()
    kinds = coded[["block", "slice"]].merge(slices[["block", "slice", "kind"]], how="left", on=["block", "slice"])
    return kinds["kind"].to_numpy(dtype=np.int64)


def _sums(coded: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Totals with their parts, each once."""
    once = coded.drop_duplicates(["block", "key"])
    named = once[["block", *DIMENSIONS]].assign(cell_id=np.arange(len(once)))
    sums = additive_sums(named, links)
    cells = once["cell"].to_numpy()
    return sums.assign(cell_id=cells[sums["cell_id"].astype("int64")])


def _related_sums(coded: pd.DataFrame, related: pd.DataFrame) -> pd.DataFrame:
    """Counts of one block that are parts of those of another, where the data bear it out."""
    once = coded.drop_duplicates(["block", "key"])[["block", "key", "cell", "true_count"]]
    once = once.assign(block=once["block"].astype(str))
    named = related.merge(once, left_on="whole_block", right_on="block").rename(columns={"cell": "whole_cell"})
    parts = once.rename(columns={"block": "part_block", "cell": "part_cell", "true_count": "part_count"})
    pairs = named.merge(parts, on=["part_block", "key"])
    pairs = pairs.loc[pairs["whole_cell"] != pairs["part_cell"]]
    by_sum = pairs.groupby(["relation", "key"])["part_count"].transform("sum")
    pairs = pairs.loc[by_sum <= pairs["true_count"]]
    names = "related/" + pairs["relation"] + "/" + pairs["key"].astype(str)
    totals = pd.DataFrame({"sum_id": names, "cell_id": pairs["whole_cell"], "is_total": True}).drop_duplicates()
    return pd.concat([totals, pd.DataFrame({"sum_id": names, "cell_id": pairs["part_cell"], "is_total": False})])


def _once(sums: pd.DataFrame) -> pd.DataFrame:
    """Sums without those that say the same of the same cells, each named by its dimension and a number."""
    numbers, names = pd.factorize(sums["sum_id"])
    signs = pd.util.hash_array(sums["cell_id"].to_numpy(dtype=np.int64) * 2 + sums["is_total"].to_numpy(dtype=np.int64))
    said = pd.DataFrame({"number": numbers, "sign": signs}).groupby("number")["sign"].sum()
    kept = np.isin(numbers, said.drop_duplicates().index)
    short = [f"{name.split('/', 1)[0]}/{number}" for number, name in enumerate(names)]
    return sums.assign(sum_id=pd.Categorical.from_codes(numbers.tolist(), pd.Index(short))).loc[kept]


def _ratios(coded: pd.DataFrame) -> pd.DataFrame:
    """Counts of which a percentage is shown, each pair once."""
    cells = pd.Series(coded["cell"].to_numpy(), index=coded["cell_id"])
    shown = coded.loc[coded["denominator_cell_id"].notna(), ["cell", "denominator_cell_id"]]
    pairs = pd.DataFrame(
        {
            "numerator_cell_id": shown["cell"].to_numpy(),
            "denominator_cell_id": cells.loc[shown["denominator_cell_id"]].to_numpy(),
        }
    ).drop_duplicates(ignore_index=True)
    pairs = pairs.loc[pairs["numerator_cell_id"] != pairs["denominator_cell_id"]]
    return pairs.assign(ratio_id=np.arange(len(pairs)))


def _known(coded: pd.DataFrame, previous: pd.DataFrame | None) -> pd.DataFrame | None:
    """What is known of counts beside their own figures: from earlier releases, and from rows that are missing."""
    known = [_missing_rows(coded)]
    if previous is not None:
        cells = pd.Series(coded["cell"].to_numpy(), index=coded["cell_id"])
        said = previous.loc[previous["cell_id"].isin(cells.index), ["cell_id", "lower", "upper"]]
        known.append(said.assign(cell_id=cells.loc[said["cell_id"]].to_numpy()))
    found = pd.concat([rows for rows in known if len(rows)] or known[:1], ignore_index=True)
    return None if found.empty else found


def _missing_rows(coded: pd.DataFrame) -> pd.DataFrame:
    """Counts of which a block that counts the same has no row, which says that they are nought."""
    once = coded.drop_duplicates(["block", "key"])[["block", "kind", "key", "cell"]]
    blocks = once.groupby("kind")["block"].nunique()
    rows = once.groupby(["kind", "key", "cell"], as_index=False).size()
    missing = rows.loc[rows["size"] < rows["kind"].map(blocks), "cell"]
    return pd.DataFrame({"cell_id": missing, "lower": 0, "upper": 0})
