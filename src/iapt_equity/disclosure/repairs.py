"""Repairs: what else to suppress so that a cell which can be found out is free after all.

The cell is pushed by the width that it lacks, and every other count may move, those that are shown at a price: linear
programs find the cheapest way (the heuristic of Robertson's CONFID and of Kelly, Golden and Assad). What had to move
further than its figure says is suppressed. The table found fits what is then published: it is the cell's witness.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from iapt_equity.disclosure.clusters import parts_of, split_rows
from iapt_equity.disclosure.primary import (
    PROTECTING,
    SHOWN,
    SMALL,
    UNBOUNDED,
    BoolArray,
    FloatArray,
    IntArray,
    StatusArray,
)
from iapt_equity.disclosure.profiles import Profile
from iapt_equity.disclosure.programs import HANDY_SIZE, ROOM_ABOVE, limits_of
from iapt_equity.disclosure.relations import Relations
from iapt_equity.disclosure.solver import Solver
from iapt_equity.disclosure.witnesses import TOLERANCE, Witnesses

#: What freeing a cell by one is worth: more than any way to do so costs.
REWARD = 1e5
#: Price of a unit of movement beyond what is published: of a marker of small numbers, of a nought, of England's.
_PRICE_OF_MARKER, _PRICE_OF_ZERO, _PRICE_OF_EXACT = 0.1, 3.0, 40.0
#: Of a percentage that is off by a hundredth of its denominator's unit.
_PRICE_OF_PERCENTAGE = 0.02
#: Pushes of one program that free no cell, before it is left to another.
MOST_IDLE = 2


@dataclass(slots=True)
class Elastic:
    """Changes of variables of which each may go beyond its box at a price.

    Attributes:
        variables: as numbered in the relations, shape (free,).
        equal: shape (sums, free).
        at_most: shape (rows, free).
        limit: shape (rows,).
        pair: pair of each row whose percentage could be given up, -1 where none, shape (rows,).
        lower: what is published, as changes, shape (free,).
        upper: likewise.
        over: room above that, shape (free,).
        under: room below it, shape (free,).
        price: of a unit beyond, shape (free,).
        part: number of the part that each variable belongs to, shape (free,).
        given_up: pairs whose percentage is not shown any more.
        question: the program, once it was asked.
    """

    variables: IntArray
    equal: sparse.csr_array
    at_most: sparse.csr_array
    limit: FloatArray
    pair: IntArray
    lower: FloatArray
    upper: FloatArray
    over: FloatArray
    under: FloatArray
    price: FloatArray
    part: IntArray
    given_up: IntArray
    question: Question | None = None

    def restricted(self, kept: BoolArray) -> Elastic:
        """The same of whole parts only; `kept` has shape (free,)."""
        chosen = np.flatnonzero(kept)
        equal, at_most = self.equal[:, chosen].tocsr(), self.at_most[:, chosen].tocsr()
        rows = np.flatnonzero(np.diff(equal.indptr))
        limits = np.flatnonzero(np.diff(at_most.indptr))
        return Elastic(
            self.variables[chosen],
            equal[rows],
            at_most[limits],
            self.limit[limits],
            self.pair[limits],
            self.lower[chosen],
            self.upper[chosen],
            self.over[chosen],
            self.under[chosen],
            self.price[chosen],
            self.part[chosen],
            self.given_up,
        )

    def cheapest(self, pushed: IntArray, amount: FloatArray) -> tuple[FloatArray, IntArray, IntArray]:
        """Push some variables by amounts (below 0: downwards) as cheaply as can be.

        Args:
            pushed: positions among the free variables, shape (pushed,).
            amount: shape (pushed,).

        Returns:
            Changes, shape (free,); positions that went beyond what is published of them; pairs whose percentage
            does not fit any more.
        """
        if self.question is None:
            self.question = Question.of(self)
        asked = self.question
        size, over, under = len(self.variables), asked.over, asked.under
        reward = np.zeros(size)
        lower, upper = self.lower.copy(), self.upper.copy()
        # The push itself is held to what is asked for: no more is wanted, and then the reward has an end.
        reward[pushed] = np.sign(amount) * REWARD
        rise, fall = pushed[amount > 0], pushed[amount < 0]
        upper[rise] = np.minimum(upper[rise], amount[amount > 0])
        lower[fall] = np.maximum(lower[fall], amount[amount < 0])
        percentages = asked.percentages
        of_percentages = np.where(np.isin(percentages, self.given_up), 0.0, _PRICE_OF_PERCENTAGE)
        beyond = len(over) + len(under)
        values = asked.solver.least(
            np.concatenate([-reward, self.price[over], self.price[under], of_percentages]),
            np.concatenate([lower, np.zeros(beyond + len(percentages))]),
            np.concatenate([upper, self.over[over], self.under[under], np.full(len(percentages), np.inf)]),
        )
        moved = values[size : size + beyond] > TOLERANCE
        gone = values[size + beyond :] > TOLERANCE
        changes = np.asarray(asked.beyond @ values[: size + beyond], np.float64)
        return changes, np.concatenate([over, under])[moved], percentages[gone]


@dataclass(slots=True)
class Question:
    """A program with movement beyond what is published as variables of its own.

    Attributes:
        over: positions of the free variables that may go above what is published, shape (over,).
        under: likewise below, shape (under,).
        percentages: pairs whose percentage may be given up, shape (percentages,).
        beyond: changes of the variables by those of the program, shape (free, free + over + under).
        solver: what answers.
    """

    over: IntArray
    under: IntArray
    percentages: IntArray
    beyond: sparse.csc_array
    solver: Solver

    @classmethod
    def of(cls, elastic: Elastic) -> Question:
        """Lay out the program."""
        size = len(elastic.variables)
        over, under = np.flatnonzero(elastic.over > 0), np.flatnonzero(elastic.under > 0)
        sides = np.flatnonzero(elastic.pair >= 0)
        percentages, slack_of = np.unique(elastic.pair[sides], return_inverse=True)
        unit = sparse.eye_array(size, format="csc")
        beyond = sparse.hstack([unit, unit[:, over], -unit[:, under]]).tocsc()
        shape = (elastic.at_most.shape[0], len(percentages))
        slack = sparse.csr_array((-np.ones(len(sides)), (sides, slack_of)), shape=shape)
        none = sparse.csr_array((elastic.equal.shape[0], len(percentages)))
        equal = sparse.hstack([elastic.equal @ beyond, none]).tocsr()
        at_most = sparse.hstack([elastic.at_most @ beyond, slack]).tocsr()
        return cls(over, under, percentages, beyond, Solver(equal, at_most, elastic.limit))


def elastic_of(
    relations: Relations,
    status: StatusArray,
    profile: Profile,
    box: tuple[FloatArray, FloatArray],
    cluster: IntArray,
) -> Elastic:
    """Write down how counts may move, at which price; arguments as for `program_of`."""
    count = relations.count.astype(np.float64)
    is_free = cluster >= 0
    variables = np.flatnonzero(is_free)
    end = float(count.max(initial=0.0)) + ROOM_ABOVE
    sums = split_rows(relations.sums, cluster)
    equal = sums[:, variables].astype(np.float64).tocsr()
    equal = equal[np.flatnonzero(np.diff(equal.indptr))]
    at_most, limit, pair = limits_of(relations, status, profile, is_free, cluster)
    at_most = at_most[:, variables].tocsr()
    low, high = box[0] - count, np.where(box[1] >= UNBOUNDED, end, box[1] - count)
    hard_low = relations.known_lower - count
    hard_high = np.where(relations.known_upper >= UNBOUNDED, end, relations.known_upper - count)
    return Elastic(
        variables,
        equal,
        at_most,
        limit,
        pair,
        low[variables],
        high[variables],
        np.maximum(hard_high - high, 0.0)[variables],
        np.maximum(low - hard_low, 0.0)[variables],
        _prices(relations, status)[variables],
        parts_of(sparse.vstack([equal, at_most]).tocoo()),
        np.zeros(0, np.int64),
    )


def _prices(relations: Relations, status: StatusArray) -> FloatArray:
    """Price of moving each variable by one beyond what is published of it, shape (variables,)."""
    cells = relations.cell_count
    count = relations.count.astype(np.float64)
    price = 1.0 + np.log1p(count)
    price[count == 0] = _PRICE_OF_ZERO
    price[:cells][relations.is_exact] += _PRICE_OF_EXACT
    price[:cells][status == SMALL] = _PRICE_OF_MARKER
    return price


def repair(
    witnesses: Witnesses,
    relations: Relations,
    status: StatusArray,
    profile: Profile,
    box: tuple[FloatArray, FloatArray],
    cluster: IntArray,
) -> None:
    """Free one open cell of each cluster, suppressing more where that is needed; status is changed in place.

    Args:
        witnesses: what was found so far, added to in place.
        relations: cells and what ties them.
        status: SHOWN, SMALL or PROTECTING, shape (cells,).
        profile: the rules.
        box: bounds of every variable.
        cluster: number of the cluster that each variable moves with, -1 where it does not, shape (variables,).
    """
    elastic = elastic_of(relations, status, profile, box, cluster)
    is_open = witnesses.open_variables[elastic.variables]
    parts = np.unique(elastic.part[is_open])
    sizes = np.bincount(elastic.part)[parts]
    batch = (np.cumsum(sizes) - sizes) // HANDY_SIZE
    for number in np.unique(batch):
        piece = elastic.restricted(np.isin(elastic.part, parts[batch == number]))
        _repair_piece(witnesses, relations, status, profile, piece)


def _repair_piece(
    witnesses: Witnesses, relations: Relations, status: StatusArray, profile: Profile, piece: Elastic
) -> None:
    """Push the open cells of a program until all are free, or a push frees none."""
    cells = piece.variables < relations.cell_count
    at = piece.variables[cells]
    idle = 0
    while idle < MOST_IDLE:
        waiting = np.flatnonzero(cells)[witnesses.is_open[at]]
        if not len(waiting):
            return
        changes, beyond, pairs = piece.cheapest(waiting, _pushes(witnesses, piece, waiting))
        witnesses.take(piece.variables, changes)
        hidden = np.concatenate([piece.variables[beyond], _hidden_of_pairs(relations, status, pairs)])
        status[hidden] = PROTECTING
        known = relations.known_upper[hidden] - relations.known_lower[hidden]
        witnesses.needed[hidden] = np.minimum(profile.protection_width, known)
        piece.price[beyond] = 0.0
        piece.given_up = np.union1d(piece.given_up, pairs)
        idle = idle + 1 if witnesses.is_open[piece.variables[waiting]].all() else 0


def _pushes(witnesses: Witnesses, piece: Elastic, waiting: IntArray) -> FloatArray:
    """How far each waiting cell is to move: up where its figure or marker leaves more room there, else down."""
    at = piece.variables[waiting]
    lacks = witnesses.needed[at] - witnesses.width[at]
    up = np.minimum(piece.upper[waiting], witnesses.most[at] + lacks)
    down = np.maximum(piece.lower[waiting], witnesses.least[at] - lacks)
    more_room = (up - witnesses.most[at]) - (witnesses.least[at] - down)
    lot = witnesses.random.random(len(waiting)) - 0.5
    return np.where(more_room + TOLERANCE * lot > 0, up, down)


def _hidden_of_pairs(relations: Relations, status: StatusArray, pairs: IntArray) -> IntArray:
    """What is hidden with percentages that do not fit: the numerator, or the denominator where only it is not exact.

    Nothing where one of the two is suppressed already.
    """
    top, bottom = relations.numerators[pairs], relations.denominators[pairs]
    both = (status[top] == SHOWN) & (status[bottom] == SHOWN)
    hidden = np.where(relations.is_exact[top] & ~relations.is_exact[bottom], bottom, top)
    return np.asarray(hidden[both], np.int64)
