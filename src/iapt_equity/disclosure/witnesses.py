"""Witnesses: tables that fit the publication as well as the true one does, and say other things of suppressed cells.

A cell is safe when two tables that fit differ in it by the width asked for. One linear program moves many cells at
once, in directions drawn from a fixed seed; every answer is a table that fits, so its values of all cells count.
Suppressing more only adds tables that fit: what was once found stays true.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from iapt_equity.disclosure.primary import BoolArray, FloatArray, IntArray, StatusArray
from iapt_equity.disclosure.profiles import Profile
from iapt_equity.disclosure.programs import Program, program_of
from iapt_equity.disclosure.relations import Relations

#: What is left open by the arithmetic of the solver, in counts.
TOLERANCE = 1e-6
#: Rounds in a program of many cells that have nothing new to say, before it is given up for other means.
MOST_IDLE = 3
#: A round that leaves more than this share of the cells open was idle.
ENOUGH = 0.85
#: Open cells in a part of which each is worth programs of its own.
FEW = 4
SEED = 20240401


@dataclass(slots=True)
class Witnesses:
    """How far each count is known to be free.

    Attributes:
        least: smallest change of each variable in any table found, 0 or less, shape (variables,).
        most: largest change, 0 or more, shape (variables,).
        needed: width that each cell must have, 0 for shown ones, shape (cells,).
        tables: the tables found, each as variables and their changes.
    """

    least: FloatArray
    most: FloatArray
    needed: FloatArray
    tables: list[tuple[IntArray, FloatArray]] = field(default_factory=list)
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(SEED))

    @classmethod
    def none(cls, relations: Relations) -> Witnesses:
        """Nothing found yet but the true table itself."""
        size = len(relations.count)
        return cls(np.zeros(size), np.zeros(size), np.zeros(relations.cell_count))

    @property
    def width(self) -> FloatArray:
        """Width of what was found of each variable, shape (variables,)."""
        return self.most - self.least

    @property
    def is_open(self) -> BoolArray:
        """Cells whose width was not found yet, shape (cells,)."""
        return self.width[: len(self.needed)] < self.needed - TOLERANCE

    @property
    def open_variables(self) -> BoolArray:
        """The same of all variables, of which those that are no cells are never open, shape (variables,)."""
        return np.pad(self.is_open, (0, len(self.least) - len(self.needed)))

    def take(self, variables: IntArray, changes: FloatArray) -> None:
        """Remember a table that fits, if it says something new of a cell that is still open.

        Args:
            variables: those that may change, shape (free,).
            changes: shape (free,).
        """
        is_new = (changes < self.least[variables] - TOLERANCE) | (changes > self.most[variables] + TOLERANCE)
        if not (self.open_variables[variables] & is_new).any():
            return
        moved = np.flatnonzero(np.abs(changes) > TOLERANCE / 10)
        self.tables.append((variables[moved], changes[moved]))
        self.least[variables] = np.minimum(self.least[variables], changes)
        self.most[variables] = np.maximum(self.most[variables], changes)

    def as_matrix(self) -> sparse.csr_array:
        """The tables found, one a row, shape (tables, variables)."""
        sizes = [len(variables) for variables, _ in self.tables]
        rows = np.repeat(np.arange(len(sizes)), sizes)
        columns = np.concatenate([variables for variables, _ in self.tables])
        data = np.concatenate([changes for _, changes in self.tables])
        return sparse.csr_array((data, (rows, columns)), shape=(len(sizes), len(self.least)))


def search(
    witnesses: Witnesses,
    relations: Relations,
    status: StatusArray,
    profile: Profile,
    box: tuple[FloatArray, FloatArray],
    cluster: IntArray,
) -> None:
    """Look for tables in which the open cells change as far as they must, and remember them.

    Args:
        witnesses: what was found so far, added to in place.
        relations: cells and what ties them.
        status: SHOWN, SMALL or PROTECTING, shape (cells,).
        profile: the rules.
        box: bounds of every variable.
        cluster: number of the cluster that each variable moves with, -1 where it does not, shape (variables,).
    """
    program = program_of(relations, status, profile, box, cluster >= 0, cluster)
    for piece in program.split(witnesses.open_variables[program.variables]):
        _search_piece(witnesses, piece)


def _search_piece(witnesses: Witnesses, program: Program) -> None:
    """Push the open cells up and down until all are free enough or little new comes."""
    idle = 0
    while idle < MOST_IDLE:
        objective = _directions(witnesses, program)
        if not objective.any():
            return
        witnesses.take(program.variables, program.best(objective))
        left = np.count_nonzero(_directions(witnesses, program))
        idle = idle + 1 if left > ENOUGH * np.count_nonzero(objective) else 0
    if np.count_nonzero(_directions(witnesses, program)) <= FEW * (program.part.max(initial=-1) + 1):
        _push_one_by_one(witnesses, program)


def _directions(witnesses: Witnesses, program: Program) -> FloatArray:
    """A weight for each open cell, up where it was not yet at its bound, down likewise, else by lot."""
    is_cell = program.variables < len(witnesses.needed)
    is_open = np.zeros(len(program.variables), np.bool_)
    is_open[is_cell] = witnesses.is_open[program.variables[is_cell]]
    can_rise = witnesses.most[program.variables] < program.upper - TOLERANCE
    can_fall = witnesses.least[program.variables] > program.lower + TOLERANCE
    lot = witnesses.random.random(len(program.variables)) - 0.5
    sign = np.where(can_rise & can_fall, np.sign(lot), np.where(can_rise, 1.0, -1.0))
    return np.where(is_open, sign * (1.0 + np.abs(lot)), 0.0)


def _push_one_by_one(witnesses: Witnesses, program: Program) -> None:
    """Give each open cell programs of its own, one cell of each part at a time: this finds its interval there."""
    asked = np.zeros(len(program.variables), np.bool_)
    while True:
        waiting = np.flatnonzero((_directions(witnesses, program) != 0) & ~asked)
        if not len(waiting):
            return
        chosen = waiting[np.unique(program.part[waiting], return_index=True)[1]]
        asked[chosen] = True
        for sign in (1.0, -1.0):
            objective = np.zeros(len(program.variables))
            objective[chosen] = sign
            witnesses.take(program.variables, program.best(objective))


def neighbourhood(relations: Relations, start: BoolArray, steps: int) -> BoolArray:
    """Variables within some relations of the starting cells, shape (variables,): shown ones can move a little too."""
    near = np.zeros(len(relations.count), np.bool_)
    near[: relations.cell_count] = start
    touches = abs(relations.sums)
    for _ in range(steps):
        rows = touches @ near.astype(np.int64) > 0
        near |= touches.T @ rows.astype(np.int64) > 0
        paired = near[relations.numerators] | near[relations.denominators]
        near[relations.numerators[paired]] = True
        near[relations.denominators[paired]] = True
    return near
