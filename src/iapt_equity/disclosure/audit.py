"""The attack: how closely a reader can find out suppressed counts, given everything that is published."""

from __future__ import annotations

import numpy as np
import pandas as pd

from iapt_equity.disclosure.boxes import box_of
from iapt_equity.disclosure.errors import DisclosureError
from iapt_equity.disclosure.primary import SHOWN, STATUS_NAMES, BoolArray, FloatArray, StatusArray
from iapt_equity.disclosure.profiles import Profile
from iapt_equity.disclosure.programs import Program, program_of
from iapt_equity.disclosure.relations import Relations, relations_of


def feasible_intervals(
    cells: pd.DataFrame,
    sums: pd.DataFrame,
    ratios: pd.DataFrame,
    statuses: pd.DataFrame,
    profile: Profile,
    previous: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Find the smallest and largest value of every suppressed cell that fits all that is published.

    Two linear programs a cell over everything that a chain of relations ties to it (Fischetti and Salazar 2001, the
    attacker's subproblems), one cell of each separate part at a time.

    Args:
        cells: as for `protect`.
        sums: likewise.
        ratios: likewise.
        statuses: `cell_id` and `status` of every cell, as `protect` gives them, or others to be tried.
        profile: the rules that were followed.
        previous: as for `protect`.

    Returns:
        One row a suppressed cell, sorted: `cell_id`, `feasible_lower`, `feasible_upper` (counts, not always whole;
        infinite where nothing bounds them).

    Raises:
        DisclosureError: the frames contradict themselves or each other, or a status is missing or unknown.
    """
    relations = relations_of(cells, sums, ratios, previous)
    status = _statuses(relations, statuses)
    box = box_of(relations, status, profile)
    is_free = np.ones(len(relations.count), np.bool_)
    program = program_of(relations, status, profile, box, is_free)
    is_wanted = np.zeros(len(relations.count), np.bool_)
    is_wanted[: relations.cell_count] = status != SHOWN
    lowest = relations.count.astype(np.float64)
    highest = lowest.copy()
    for piece in program.split(is_wanted[program.variables]):
        low, high = _intervals(piece, is_wanted[piece.variables])
        lowest[piece.variables] += low
        highest[piece.variables] += high
    at = np.flatnonzero(is_wanted)
    return pd.DataFrame(
        {"cell_id": relations.cell_ids[at], "feasible_lower": lowest[at], "feasible_upper": highest[at]}
    )


def _intervals(program: Program, is_wanted: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Smallest and largest change of each wanted variable of a program; shape (free,) each."""
    low, high = np.zeros(len(program.variables)), np.zeros(len(program.variables))
    waiting = np.flatnonzero(is_wanted)
    while len(waiting):
        chosen = waiting[np.unique(program.part[waiting], return_index=True)[1]]
        for sign, found in ((1.0, high), (-1.0, low)):
            objective = np.zeros(len(program.variables))
            objective[chosen] = sign
            found[chosen] = program.best(objective)[chosen]
        waiting = np.setdiff1d(waiting, chosen)
    high[high > program.without_end - 1.0] = np.inf
    return low, high


def _statuses(relations: Relations, statuses: pd.DataFrame) -> StatusArray:
    """Statuses as numbers, in the order of the cells."""
    at = relations.cell_ids.get_indexer(pd.Index(statuses["cell_id"]))
    found = pd.Index(STATUS_NAMES).get_indexer(pd.Index(statuses["status"]))
    status = np.full(relations.cell_count, -1, np.int8)
    status[at[at >= 0]] = found[at >= 0]
    if (status < 0).any():
        raise DisclosureError(f"statuses: {int((status < 0).sum())} cells have no known status")
    return status
