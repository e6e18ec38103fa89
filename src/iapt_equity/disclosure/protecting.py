"""The whole of disclosure control: from true counts to what may be shown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iapt_equity.disclosure.boxes import box_of, needed_widths
from iapt_equity.disclosure.choosing import choose, mark
from iapt_equity.disclosure.clusters import Plan, balls_around, clusters_of, components_of
from iapt_equity.disclosure.primary import (
    PROTECTING,
    SHOWN,
    SMALL,
    STATUS_NAMES,
    UNBOUNDED,
    BoolArray,
    FloatArray,
    IntArray,
    StatusArray,
    primary_statuses,
    published_bounds,
    published_counts,
)
from iapt_equity.disclosure.profiles import Profile
from iapt_equity.disclosure.propagation import Propagation
from iapt_equity.disclosure.relations import Relations, relations_of
from iapt_equity.disclosure.releases import release_unused
from iapt_equity.disclosure.repairs import repair
from iapt_equity.disclosure.witnesses import (
    TOLERANCE,
    Witnesses,
    neighbourhood,
    search,
)

#: Ways of clustering that are tried one after the other, for what is still open.
PLANS = (
    Plan(1000, 0, True),
    Plan(1000, 1, True),
    Plan(1500, 2, False),
    Plan(4000, 1, True),
)
#: How many relations away from a cell others may move with it, where cells are gathered in clusters.
STEPS = 4
#: Variables of the first balls around what clusters left open, and how much larger they become where few were freed.
FIRST_BALL, LARGER = 3_000, 1.5
#: Balls beyond which nothing is tried.
LARGEST_BALL = 100_000
#: An attempt that leaves more than this share of the cells open freed few.
FEW_FREED = 0.9
#: Rounds in which sums taken one at a time are looked at.
MOST_ROUNDS = 8
#: Attempts of searching and repairing, after which what is still open is withheld.
MOST_ATTEMPTS = 100

Bounds = tuple[FloatArray, FloatArray]


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
        cell's own figure or marker says; null where nothing), `is_withheld` (suppressed with all that it is tied to,
        since some of it could not be protected), and for the summary only, never to be published:
        `is_recovered_by_primary_alone` and `witnessed_width` (Int64, the width in counts over which the true count was
        shown to be free; null of shown cells).

    Raises:
        DisclosureError: the frames contradict themselves or each other.
    """
    relations = relations_of(cells, sums, ratios, previous)
    status = primary_statuses(relations.count[: relations.cell_count], profile)
    is_recovered = _narrow_by_sums(relations, status, Propagation.of(relations), profile)[0]
    witnesses, is_withheld = _suppress_until_safe(relations, status, profile)
    result = _as_frame(relations, status, profile)
    result["is_withheld"] = is_withheld
    result["is_recovered_by_primary_alone"] = is_recovered
    width = np.floor(witnesses.width[: relations.cell_count] + TOLERANCE).astype(np.int64)
    result["witnessed_width"] = pd.array(width, dtype="Int64")
    result.loc[status == SHOWN, "witnessed_width"] = pd.NA
    return result.set_index("cell_id").loc[cells["cell_id"]].reset_index()


def _suppress_until_safe(relations: Relations, status: StatusArray, profile: Profile) -> tuple[Witnesses, BoolArray]:
    """Suppress more, in place, until tables were found that show of every suppressed cell that it is free enough.

    Returns:
        The tables found, and the cells that are withheld with all that they are tied to, shape (cells,).
    """
    propagation = Propagation.of(relations)
    witnesses = Witnesses.none(relations)
    # Width that is left of cells which earlier releases, or the sums themselves, give away whatever is hidden today.
    unsaid = np.full(relations.cell_count, UNBOUNDED)
    withheld = np.zeros(relations.cell_count, np.bool_)
    status[_totals_that_say_too_much(relations, status, propagation, profile)] = PROTECTING
    _suppress_what_sums_expose(relations, status, propagation, profile)
    attempt, ball = 0, float(FIRST_BALL)
    while True:
        box = box_of(relations, status, profile)
        witnesses.needed = np.minimum(needed_widths(relations, status, profile), unsaid)
        if not witnesses.is_open.any():
            release_unused(witnesses, relations, status, profile)
            return witnesses, withheld
        before = status.copy(), witnesses.is_open
        can_change = box[1] > box[0]
        search(witnesses, relations, status, profile, box, _together(witnesses, relations, can_change, attempt, ball))
        if attempt == 0 and release_unused(witnesses, relations, status, profile):
            box = box_of(relations, status, profile)
            witnesses.needed = np.minimum(needed_widths(relations, status, profile), unsaid)
        can_change = relations.known_upper > relations.known_lower
        together = _together(witnesses, relations, can_change, attempt + 1, ball)
        repair(witnesses, relations, status, profile, box, together)
        attempt += 1
        if attempt > len(PLANS) and witnesses.is_open.sum() > FEW_FREED * before[1].sum():
            is_same = (before[0] == status).all() and (before[1] <= witnesses.is_open).all()
            if (ball > LARGEST_BALL and is_same) or attempt > MOST_ATTEMPTS:
                _give_up(relations, status, witnesses, unsaid, withheld, was_all_tried=attempt <= MOST_ATTEMPTS)
                attempt, ball = 0, float(FIRST_BALL)
            else:
                ball *= LARGER


def _together(witnesses: Witnesses, relations: Relations, can_change: BoolArray, attempt: int, ball: float) -> IntArray:
    """Which variables move together, -1 where one does not move at all, shape (variables,).

    Clusters in turn while many cells are open; then balls, in which each open cell has all around it at hand: in an
    order drawn by lot, so that what lies at the edge of one ball is soon the centre of another.
    """
    if attempt < len(PLANS):
        near = neighbourhood(relations, witnesses.is_open, STEPS)
        return clusters_of(relations, near & can_change, PLANS[attempt])
    centres = witnesses.random.permutation(np.flatnonzero(witnesses.is_open))
    return balls_around(relations, can_change, centres, int(ball))


def _give_up(
    relations: Relations,
    status: StatusArray,
    witnesses: Witnesses,
    unsaid: FloatArray,
    withheld: BoolArray,
    *,
    was_all_tried: bool,
) -> None:
    """Own up to what nothing can protect, in place.

    A cell that earlier releases speak of keeps what they left open, if all was tried. Else nothing of all that is tied
    to the cell is published; if it is exposed even then, by the sums alone, that is all there is to do.
    """
    cells = relations.cell_count
    is_open = witnesses.is_open
    component = components_of(relations)
    is_known = relations.known_upper < UNBOUNDED
    lost = np.isin(component[:cells], component[:cells][is_open])
    lost &= ~withheld
    if was_all_tried:
        lost &= ~np.isin(component[:cells], component[is_known])
    settled = is_open & ~lost
    unsaid[settled] = witnesses.width[:cells][settled]
    status[lost], withheld[lost] = PROTECTING, True


def _totals_that_say_too_much(
    relations: Relations, status: StatusArray, propagation: Propagation, profile: Profile
) -> IntArray:
    """Totals marked as small over several parts that cannot be zero: of three such parts each is 2 at most."""
    lower, upper = box_of(relations, status, profile)
    low, _ = propagation.implied(lower, upper)
    is_total = propagation.sign < 0
    totals = propagation.column[is_total]
    needed = needed_widths(relations, status, profile)[totals]
    exposed = (status[totals] == SMALL) & (upper[totals] - low[is_total] < needed)
    return np.unique(totals[exposed])


def _suppress_what_sums_expose(
    relations: Relations, status: StatusArray, propagation: Propagation, profile: Profile
) -> None:
    """Suppress more, in place, where cells can be narrowed too far by taking sums one at a time.

    Most that are exposed are so by one sum, and found in the first rounds; what few are left, programs repair.
    """
    for _ in range(MOST_ROUNDS):
        is_narrow, box, bounds = _narrow_by_sums(relations, status, propagation, profile)
        needed = needed_widths(relations, status, profile)
        narrow = np.flatnonzero(is_narrow)
        chosen = choose(relations, status, narrow, propagation, bounds[1] - bounds[0], box, bounds, needed)
        if not mark(status, chosen).any():
            return


def _narrow_by_sums(
    relations: Relations, status: StatusArray, propagation: Propagation, profile: Profile
) -> tuple[BoolArray, Bounds, Bounds]:
    """Suppressed cells that sums taken one at a time narrow too far; bounds of all variables before and after."""
    box = box_of(relations, status, profile)
    lower, upper = propagation.narrowed(*box)
    cells = relations.cell_count
    return (upper - lower)[:cells] < needed_widths(relations, status, profile), box, (lower, upper)


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
