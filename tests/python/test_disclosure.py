"""Disclosure control on tables small enough to be worked out by hand: each gives a count away, and then does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from iapt_equity.disclosure import (
    DisclosureError,
    Profile,
    additive_sums,
    feasible_intervals,
    protect,
    protection_summary,
)
from iapt_equity.disclosure.clusters import balls_around
from iapt_equity.disclosure.relations import relations_of
from iapt_equity.disclosure.solver import Solver

PROFILE = Profile()
UNROUNDED = Profile("unrounded", rounding_base=1)
NO_RATIOS = pd.DataFrame(columns=["ratio_id", "numerator_cell_id", "denominator_cell_id"])


def cells_of(exact: str = "", **counts: int) -> pd.DataFrame:
    """Cells by name; `exact` names, with spaces, those shown unrounded."""
    frame = pd.DataFrame({"cell_id": list(counts), "count": list(counts.values())})
    return frame.assign(is_exact=frame["cell_id"].isin(exact.split()))


def sums_of(**sums: str) -> pd.DataFrame:
    """Sums written as name="total = part part"."""
    rows = []
    for name, text in sums.items():
        total, parts = text.split(" = ")
        rows += [(name, total, True), *((name, part, False) for part in parts.split())]
    return pd.DataFrame(rows, columns=["sum_id", "cell_id", "is_total"])


def ratios_of(*pairs: tuple[str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(pairs, columns=["numerator_cell_id", "denominator_cell_id"])
    return frame.assign(ratio_id=frame["numerator_cell_id"])


def primary_only(cells: pd.DataFrame) -> pd.DataFrame:
    small = cells["count"].between(1, 4)
    return cells[["cell_id"]].assign(status=small.map({True: "suppressed_small_number", False: "shown"}))


def intervals(
    cells: pd.DataFrame,
    sums: pd.DataFrame,
    ratios: pd.DataFrame,
    statuses: pd.DataFrame,
    previous: pd.DataFrame | None = None,
) -> dict[str, tuple[float, float]]:
    found = feasible_intervals(cells, sums, ratios, statuses, PROFILE, previous).round(6)
    return {row.cell_id: (row.feasible_lower, row.feasible_upper) for row in found.itertuples()}


#: What is published, and the interval of one cell, worked out by hand, when only small numbers are suppressed.
GIVEN_AWAY = {
    "subtraction in a row": (
        # 20 - 12 - 6 = 2.
        cells_of("t a b", t=20, a=12, b=6, c=2),
        sums_of(row="t = a b c"),
        NO_RATIOS,
        None,
        "c",
        (2, 2),
    ),
    "two small numbers whose sum is known": (
        # c + d = 20 - 17 = 3, neither of them 0.
        cells_of("t a", t=20, a=17, c=2, d=1),
        sums_of(row="t = a c d"),
        NO_RATIOS,
        None,
        "c",
        (1, 2),
    ),
    "two tables that share a margin": (
        # From the table by sex m = 30 - 12 = 18; from the table by age young = m - old = 18 - 15 = 3.
        cells_of("all women old", all=30, women=12, men=18, old=15, young=3),
        sums_of(sex="all = women men", age="men = old young"),
        NO_RATIOS,
        None,
        "young",
        (3, 3),
    ),
    "a rate and its denominator": (
        # Shown 5 (5 to 7) of 20 (18 to 22) at 35%: nothing but 7 of 20. At 30% nothing but 6 of 20 (of 19 it is 32%, of
        # 21 29%, 5 of 18 is 28%, 7 of 22 32%). So rest = 15 - 7 - 6 = 2.
        cells_of("all", all=15, a=7, b=6, rest=2, da=20, db=20),
        sums_of(row="all = a b rest"),
        ratios_of(("a", "da"), ("b", "db")),
        None,
        "rest",
        (2, 2),
    ),
    "rounding": (
        # 10 shown is 12 at most, each 5 shown is 5 at least: 12 - 5 - 5 = 2 at most.
        cells_of(t=12, a=5, b=5, c=2),
        sums_of(row="t = a b c"),
        NO_RATIOS,
        None,
        "c",
        (1, 2),
    ),
    "an earlier release": (
        # It said 8 for a, which today says 10 (8 to 12); 12 is shown exactly: c = 12 - 8 = 4.
        cells_of("t", t=12, a=8, c=4),
        sums_of(row="t = a c"),
        NO_RATIOS,
        pd.DataFrame({"cell_id": ["a"], "lower": [8], "upper": [8]}),
        "c",
        (4, 4),
    ),
    "overlapping sets of areas": (
        # Commissioners: england - b = a, 40 - 25 = 15. Providers of a: a = p + q, 15 - 12 = 3.
        cells_of("england b p", england=40, a=15, b=25, p=12, q=3, other=25),
        sums_of(commissioners="england = a b", providers="a = p q"),
        NO_RATIOS,
        None,
        "q",
        (3, 3),
    ),
    "a small total of several small numbers": (
        # 3 = 1 + 1 + 1 with none of them 0, and 4 at most.
        cells_of(t=3, a=1, b=1, c=1),
        sums_of(row="t = a b c"),
        NO_RATIOS,
        None,
        "a",
        (1, 2),
    ),
}


@pytest.mark.parametrize("name", GIVEN_AWAY)
def test_a_count_given_away_by_small_numbers_alone_is_protected(name: str) -> None:
    cells, sums, ratios, previous, cell, interval = GIVEN_AWAY[name]
    before = intervals(cells, sums, ratios, primary_only(cells), previous)
    assert before[cell] == interval
    published = protect(cells, sums, ratios, PROFILE, previous)
    after = intervals(cells, sums, ratios, published, previous)
    assert set(before) <= set(after)
    assert {name: high - low >= 3 for name, (low, high) in after.items()} == dict.fromkeys(after, True), after


def statuses_of(published: pd.DataFrame) -> dict[str, str]:
    short = {"shown": "", "suppressed_small_number": "small", "suppressed_to_protect": "protects"}
    return {row.cell_id: short[row.status] for row in published.itertuples()}


def test_the_smallest_shown_cell_that_helps_is_suppressed_and_no_more() -> None:
    cells, sums = cells_of(t=20, a=12, b=6, c=2), sums_of(row="t = a b c")
    published = protect(cells, sums, NO_RATIOS, UNROUNDED)
    # c + b = 8 leaves c all of 1 to 4.
    assert statuses_of(published) == {"t": "", "a": "", "b": "protects", "c": "small"}


def test_rounding_that_protects_needs_no_other_cell() -> None:
    cells, sums = cells_of(t=20, a=12, b=6, c=2), sums_of(row="t = a b c")
    # 18 to 22 less 8 to 12 less 5 to 7 leaves -1 to 9: nothing is learnt of 1 to 4.
    assert statuses_of(protect(cells, sums, NO_RATIOS, PROFILE)) == {"t": "", "a": "", "b": "", "c": "small"}


def test_a_small_total_of_small_numbers_takes_the_marker_that_says_nothing() -> None:
    cells, sums = cells_of(t=3, a=1, b=1, c=1), sums_of(row="t = a b c")
    published = statuses_of(protect(cells, sums, NO_RATIOS, PROFILE))
    assert published == {"t": "protects", "a": "small", "b": "small", "c": "small"}


def test_counts_and_bounds_at_the_edges_of_rounding_and_threshold() -> None:
    cells = cells_of("whole", zero=0, one=1, four=4, five=5, seven=7, eight=8, twelve=12, thirteen=13, whole=13)
    published = protect(cells, sums_of(row="thirteen = eight five"), NO_RATIOS, PROFILE).set_index("cell_id")
    shown = published["published_count"]
    assert shown[["one", "four"]].isna().all()
    assert shown[["zero", "five", "seven", "eight", "twelve", "thirteen", "whole"]].tolist() == [
        0,
        5,
        5,
        10,
        10,
        15,
        13,
    ]
    said = {name: (row["lower"], row["upper"]) for name, row in published.iterrows()}
    assert said == {
        "zero": (0, 0),
        "one": (1, 4),
        "four": (1, 4),
        "five": (5, 7),
        "seven": (5, 7),
        "eight": (8, 12),
        "twelve": (8, 12),
        "thirteen": (13, 17),
        "whole": (13, 13),
    }


def test_profiles_say_what_is_small() -> None:
    cells, sums = cells_of(zero=0, four=4, seven=7, eight=8), sums_of(row="eight = zero")
    stricter = Profile("stricter", smallest_count_shown=8, protection_width=6)
    assert statuses_of(protect(cells, sums, NO_RATIOS, stricter)) == {
        "zero": "",
        "four": "small",
        "seven": "small",
        "eight": "",
    }
    zeros = Profile("zeros", is_zero_suppressed=True)
    assert statuses_of(protect(cells, sums, NO_RATIOS, zeros))["zero"] == "small"


def test_england_is_exact_only_where_the_profile_says_so() -> None:
    cells, sums = cells_of("t", t=13, a=13), sums_of(row="t = a")
    rounded = protect(cells, sums, NO_RATIOS, Profile(is_england_exact=False)).set_index("cell_id")
    assert rounded.loc["t", "published_count"] == 15
    assert protect(cells, sums, NO_RATIOS, PROFILE).set_index("cell_id").loc["t", "published_count"] == 13


def test_a_profile_is_read_from_a_row_of_the_seed() -> None:
    row = {name: getattr(PROFILE, name) for name in Profile.__dataclass_fields__} | {"smallest_model_people": 100}
    assert Profile.from_row(row) == PROFILE
    del row["rounding_base"]
    with pytest.raises(DisclosureError, match="column rounding_base is missing"):
        Profile.from_row(row)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rounding_base": 10}, "odd"),
        ({"protection_width": 4}, "from 0 to 3"),
        ({"smallest_count_shown": 0}, "at least 1"),
        ({"percentage_decimals": -1}, "negative"),
    ],
)
def test_a_profile_that_promises_what_it_cannot_hold_is_refused(change: dict[str, int], message: str) -> None:
    with pytest.raises(DisclosureError, match=message):
        Profile(**change)  # type: ignore[arg-type]


def test_input_that_contradicts_itself_stops_in_one_line() -> None:
    cells, sums = cells_of(t=10, a=4, b=6), sums_of(row="t = a b")
    for spoilt, message in [
        ((pd.concat([cells, cells]), sums, NO_RATIOS), "cell_id is not unique"),
        ((cells.assign(count=-1), sums, NO_RATIOS), "missing or negative"),
        ((cells.drop(columns="is_exact"), sums, NO_RATIOS), "column is_exact is missing"),
        ((cells, sums_of(row="t = a z"), NO_RATIOS), "1 cells that are none"),
        ((cells, sums.assign(is_total=False), NO_RATIOS), "no total, or several"),
        ((cells, sums_of(row="t = a a"), NO_RATIOS), "twice in one sum"),
        ((cells, sums, ratios_of(("t", "a"))), "larger than its denominator"),
    ]:
        with pytest.raises(DisclosureError, match=message) as error:
            protect(*spoilt, PROFILE)
        assert "\n" not in str(error.value)


def test_the_same_input_in_another_order_gives_the_same_output() -> None:
    from disclosure_tables import random_publication

    publication = random_publication(12, seed=5)
    first = protect(publication.cells, publication.sums, publication.ratios, PROFILE)
    shuffled = [frame.sample(frac=1, random_state=1) for frame in (publication.cells, publication.sums)]
    second = protect(*shuffled, publication.ratios.iloc[::-1], PROFILE)
    pd.testing.assert_frame_equal(first, second.set_index("cell_id").loc[first["cell_id"]].reset_index())


def test_sums_are_found_along_each_hierarchy_of_each_dimension() -> None:
    cells = pd.DataFrame(
        [
            (f"{area}{group}", "n", area, group)
            for area in ("england", "icb", "sub", "provider")
            for group in ("all", "A")
        ],
        columns=["cell_id", "block", "area", "ethnic_group"],
    )
    links = pd.DataFrame(
        [
            ("area", "icb_of_england", "england", "icb"),
            ("area", "sub_of_icb", "icb", "sub"),
            ("area", "provider_of_england", "england", "provider"),
            ("ethnic_group", "group_of_all", "all", "A"),
            ("ethnic_group", "group_of_all", "all", "B"),
        ],
        columns=["dimension", "hierarchy", "parent", "child"],
    )
    sums = additive_sums(cells, links)
    found = {
        (name, total, tuple(rows.loc[~rows["is_total"], "cell_id"]))
        for (name, total), rows in (
            ((name, rows.loc[rows["is_total"], "cell_id"].item()), rows) for name, rows in sums.groupby("sum_id")
        )
    }
    assert {(total, parts) for _, total, parts in found} == {
        *((f"england{group}", (f"icb{group}",)) for group in ("all", "A")),
        *((f"icb{group}", (f"sub{group}",)) for group in ("all", "A")),
        *((f"england{group}", (f"provider{group}",)) for group in ("all", "A")),
        *((f"{area}all", (f"{area}A",)) for area in ("england", "icb", "sub", "provider")),
    }
    # England's two sets of areas are two sums.
    assert sums["sum_id"].nunique() == 10


def test_people_whom_no_part_counts_are_not_thought_to_be_none() -> None:
    # 20 - 12 - 6 = 2 is c and people without an area; c is then 1 or 2 at most, though not known exactly.
    cells, sums = cells_of("t a b", t=21, a=12, b=6, c=2), sums_of(row="t = a b c")
    assert intervals(cells, sums, NO_RATIOS, primary_only(cells))["c"] == (1, 3)


def test_the_summary_counts_what_became_of_the_cells() -> None:
    cells = cells_of(t=20, a=12, b=6, c=2, lone=50).assign(block=["x"] * 4 + ["y"])
    published = protect(cells, sums_of(row="t = a b c"), NO_RATIOS, UNROUNDED)
    summary = protection_summary(cells, published).set_index("block")
    assert summary.loc["x"].tolist() == [4, 2, 1, 1, 0, 3, 1]
    assert summary.loc["y"].tolist()[:4] == [1, 1, 0, 0]
    assert summary["narrowest_interval"].isna().tolist() == [False, True]


def test_what_nothing_can_protect_is_withheld_with_all_that_it_is_tied_to_and_nothing_else_is() -> None:
    """The other part of a total equals it, so b is 0 whatever is suppressed; the other table is as it always is."""
    hidden_zeros = Profile("zeros", is_zero_suppressed=True, protection_width=4)
    cells = cells_of(t=50, a=50, b=0, u=20, x=12, y=6, z=2)
    sums = sums_of(one="t = a b", two="t = a", other="u = x y z")
    published = protect(cells, sums, NO_RATIOS, hidden_zeros).set_index("cell_id")
    assert published.index[published["is_withheld"]].tolist() == ["t", "a", "b"]
    assert published.loc[["t", "a", "b"], "published_count"].isna().all()
    assert published.loc["b", "witnessed_width"] == 0
    assert published.loc["u", "status"] == "shown"
    assert published.loc["z", "witnessed_width"] == 4


def test_the_solver_gives_the_same_answers_from_its_last_one_and_from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """x + y = z, x at most 2 more than y, bounds and costs that change: worked out by hand."""
    equal, at_most = sparse.csr_array([[1.0, 1.0, -1.0]]), sparse.csr_array([[1.0, -1.0, 0.0]])
    questions = [
        # Cost, upper bounds; as large a z as can be, then as large an x.
        ([0.0, 0.0, -1.0], [9.0, 5.0, 20.0], [7.0, 5.0, 12.0]),
        ([-1.0, 0.1, 0.0], [9.0, 5.0, 20.0], [7.0, 5.0, 12.0]),
        ([-1.0, 0.1, 0.0], [9.0, 5.0, 10.0], [6.0, 4.0, 10.0]),
    ]

    def answers() -> list[list[float]]:
        solver = Solver(equal, at_most, np.array([2.0]))
        found = [solver.least(np.array(cost), np.zeros(3), np.array(upper)) for cost, upper, _ in questions]
        return [[round(float(value), 6) for value in values] for values in found]

    assert answers() == [expected for _, _, expected in questions]
    monkeypatch.setattr("iapt_equity.disclosure.solver._BINDING", "scipy.no_such_binding")
    assert answers() == [expected for _, _, expected in questions]


def balls(centres: str, size: int, held: str = "") -> dict[str, str]:
    """Which centre each count of two chains of sums moves with: a = b + c and c = d + e, tied; f = g + h apart."""
    cells = cells_of(a=12, b=4, c=8, d=3, e=5, f=9, g=2, h=7)
    relations = relations_of(cells, sums_of(first="a = b c", second="c = d e", third="f = g h"), NO_RATIOS)
    names = list(relations.cell_ids)
    is_free = np.array([name not in held for name in names])
    label = balls_around(relations, is_free, np.array([names.index(centre) for centre in centres]), size)
    return {name: names[number] for name, number in zip(names, label.tolist(), strict=True) if number >= 0}


def test_a_ball_holds_what_is_near_its_centre_and_no_more_than_its_last_relations() -> None:
    near = {"b": "b", "a": "b", "c": "b"}
    assert balls("b", size=1) == {"b": "b"}
    assert balls("b", size=2) == balls("b", size=3) == near
    assert balls("b", size=4) == balls("b", size=100) == near | {"d": "b", "e": "b"}


def test_each_count_is_in_one_ball_and_a_centre_in_an_earlier_one_has_none() -> None:
    assert balls("bd", size=3) == {"b": "b", "a": "b", "c": "b", "d": "d", "e": "d"}
    assert balls("db", size=3) == {"d": "d", "c": "d", "e": "d", "b": "b", "a": "b"}
    assert balls("ba", size=3) == {"b": "b", "a": "b", "c": "b"}
    assert balls("bg", size=100) == dict.fromkeys("abcde", "b") | dict.fromkeys("fgh", "g")


def test_what_cannot_move_is_in_no_ball_and_nothing_is_reached_through_it() -> None:
    assert balls("b", size=100, held="c") == {"b": "b", "a": "b"}
    assert balls("c", size=100, held="c") == {}
