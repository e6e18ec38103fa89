"""Which cell to give up for one that is too narrow: the cheapest in the sum that holds it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iapt_equity.disclosure.primary import PROTECTING, SHOWN, SMALL, BoolArray, FloatArray, IntArray, StatusArray
from iapt_equity.disclosure.propagation import Propagation
from iapt_equity.disclosure.relations import Relations

#: What a sum that gives a cell away anew makes it dearer by.
_DEARER = 4.0
#: Kinds of choice in one sum, the first that is there wins: a marker that says less costs readers nothing.
_MARKER_OF_TOTAL, _SHOWN_CELL, _MARKER_OF_PART, _SHOWN_ZERO, _EXACT_CELL = range(5)


def choose(
    relations: Relations,
    status: StatusArray,
    narrow: IntArray,
    propagation: Propagation,
    width: FloatArray,
    box: tuple[FloatArray, FloatArray],
    bounds: tuple[FloatArray, FloatArray],
    needed: FloatArray,
) -> IntArray:
    """Choose for each narrow cell what else to suppress, or whose marker to make say less.

    The sum that leaves the cell the least room is looked at first. In it, a total marked as a small number is marked
    anew as protecting (a marker of small numbers says that the whole sum is small); else the smallest shown cell is
    suppressed, sums that it would be alone in counted against it; else a part marked as small is marked anew; else a
    zero is hidden; and an exact national count only when nothing else is left.

    Args:
        relations: cells and what ties them.
        status: SHOWN, SMALL or PROTECTING, shape (cells,).
        narrow: cells whose interval is too narrow, shape (narrow,).
        propagation: the sums, laid out.
        width: how far each variable is known (or thought) to be free, shape (variables,).
        box: what is published of each variable itself, lower and upper, each of shape (variables,).
        bounds: what sums taken one at a time make of it, likewise.
        needed: width that each cell must have, shape (cells,).

    Returns:
        Cells to be marked as protecting, the most urgent first, without repeats; empty where nothing can be done.
    """
    members = _members(relations, status, narrow, propagation)
    if members.empty:
        return np.zeros(0, np.int64)
    room = _room(members, propagation, box, box, needed)
    later_room = _room(members, propagation, box, bounds, needed)
    free = _mobility(members, propagation, width, needed)
    cost = _costs(relations, status, propagation, width)[members["member"].to_numpy()]
    is_last = members["kind"] == _EXACT_CELL
    members = members.assign(room=room, later_room=later_room, free=free, cost=cost, is_last=is_last)
    order = ["narrow", "is_last", "room", "later_room", "free", "kind", "cost", "member"]
    first = members.sort_values(order, ignore_index=True).drop_duplicates("narrow")
    return _apart(first.sort_values(["room", "later_room", "cost", "member"]), propagation)


def _apart(choices: pd.DataFrame, propagation: Propagation) -> IntArray:
    """Choices that do not do each other's work: none for a cell whose sums another choice has just changed.

    Cells that are passed over come back in the next round, if they are still too narrow.
    """
    start, rows = propagation.variable_start, propagation.row[propagation.by_column]
    is_changed = np.zeros(len(propagation.start) - 1, np.bool_)
    kept = []
    for narrow, member in zip(choices["narrow"].tolist(), choices["member"].tolist(), strict=True):
        if not is_changed[rows[start[narrow] : start[narrow + 1]]].any():
            is_changed[rows[start[member] : start[member + 1]]] = True
            kept.append(member)
    return np.array(list(dict.fromkeys(kept)), np.int64)


def _members(relations: Relations, status: StatusArray, narrow: IntArray, propagation: Propagation) -> pd.DataFrame:
    """Cells that could be given up for each narrow cell: `narrow`, `entry` (its own in the sum), `member`, `kind`."""
    is_narrow = np.zeros(len(relations.count), np.bool_)
    is_narrow[narrow] = True
    own = np.flatnonzero(is_narrow[propagation.column])
    size = np.diff(propagation.start)[propagation.row[own]]
    entry = np.repeat(own, size)
    offset = np.arange(len(entry)) - np.repeat(np.cumsum(size) - size, size)
    other = propagation.start[propagation.row[entry]] + offset
    member, is_total = propagation.column[other], propagation.sign[other] < 0
    is_cell = member < relations.cell_count
    safe = np.where(is_cell, member, 0)
    state, count, exact = status[safe], relations.count[safe], relations.is_exact[safe]
    can_hide = (count > 0) | _zeros_that_can_be_hidden(relations, propagation)[safe]
    is_shown, is_small = state == SHOWN, state == SMALL
    is_other = member != propagation.column[entry]
    kind = np.select(
        [
            is_small & is_total,
            is_shown & is_other & ~exact & (count > 0),
            is_small,
            is_shown & is_other & ~exact & can_hide,
            is_shown & is_other & (count > 0),
        ],
        [_MARKER_OF_TOTAL, _SHOWN_CELL, _MARKER_OF_PART, _SHOWN_ZERO, _EXACT_CELL],
        default=-1,
    )
    usable = is_cell & (kind >= 0)
    frame = pd.DataFrame({"narrow": propagation.column[entry], "entry": entry, "member": member, "kind": kind})
    return pd.DataFrame(frame.loc[usable])


def _zeros_that_can_be_hidden(relations: Relations, propagation: Propagation) -> BoolArray:
    """Zeros that could be something else for all that their totals and denominators say, shape (variables,).

    A zero that is a total is left: all its parts would have to be hidden with it.
    """
    count = relations.count
    can_hide = relations.known_upper > 0
    totals = propagation.sign < 0
    total_count = np.zeros(len(propagation.start) - 1, np.int64)
    total_count[propagation.row[totals]] = count[propagation.column[totals]]
    can_hide[propagation.column[totals | (total_count[propagation.row] == 0)]] = False
    can_hide[relations.numerators[count[relations.denominators] == 0]] = False
    return can_hide


def _room(
    members: pd.DataFrame,
    propagation: Propagation,
    box: tuple[FloatArray, FloatArray],
    bounds: tuple[FloatArray, FloatArray],
    needed: FloatArray,
) -> FloatArray:
    """Width that each candidate's sum leaves its narrow cell, given bounds of the others; at most what is needed."""
    low, high = propagation.implied(*bounds)
    lower, upper = box
    entry, narrow = members["entry"].to_numpy(), members["narrow"].to_numpy()
    alone = np.minimum(high[entry], upper[narrow]) - np.maximum(low[entry], lower[narrow])
    return np.asarray(np.minimum(np.rint(alone), needed[narrow]), np.float64)


def _mobility(members: pd.DataFrame, propagation: Propagation, width: FloatArray, needed: FloatArray) -> FloatArray:
    """How far the other variables of each candidate's sum are free taken together, if that is less than needed."""
    column = propagation.column
    free = np.add.reduceat(width[column], propagation.start[:-1])[propagation.row] - width[column]
    limit = needed[members["narrow"].to_numpy()]
    return np.asarray(np.minimum(np.rint(free[members["entry"].to_numpy()]), limit), np.float64)


def _costs(relations: Relations, status: StatusArray, propagation: Propagation, width: FloatArray) -> FloatArray:
    """What it costs to suppress each cell: its count, dearer for each sum in which nothing else would be free."""
    count = relations.count.astype(np.float64) + 1.0
    if not len(propagation.row):
        return count
    hidden = np.zeros(len(relations.count))
    hidden[: relations.cell_count] = status != SHOWN
    hidden[relations.cell_count :] = 1.0
    free = np.add.reduceat(np.maximum(width, hidden)[propagation.column], propagation.start[:-1])[propagation.row]
    alone = free - np.maximum(width, hidden)[propagation.column] < 1.0
    lonely = np.bincount(propagation.column[alone], minlength=len(count))
    return np.asarray(count * _DEARER**lonely, np.float64)


def mark(status: StatusArray, chosen: IntArray) -> BoolArray:
    """Mark cells as protecting, in place; returns which cells that changed, shape (cells,)."""
    before = status.copy()
    status[chosen] = PROTECTING
    return np.asarray(before != status, np.bool_)
