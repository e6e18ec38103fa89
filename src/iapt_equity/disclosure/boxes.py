"""What a reader knows of each count before adding anything up: a box, from figures, markers and percentages."""

from __future__ import annotations

import numpy as np

from iapt_equity.disclosure.primary import (
    SHOWN,
    UNBOUNDED,
    BoolArray,
    FloatArray,
    IntArray,
    StatusArray,
    published_bounds,
)
from iapt_equity.disclosure.profiles import Profile
from iapt_equity.disclosure.relations import Relations


def percentages(numerator: IntArray, denominator: IntArray, profile: Profile) -> IntArray:
    """Shown percentages in steps of the last decimal, halves upwards, of true counts (denominators above 0)."""
    scale = 100 * 10**profile.percentage_decimals
    return np.asarray((2 * scale * numerator + denominator) // (2 * denominator), np.int64)


def shown_ratios(relations: Relations, status: StatusArray) -> BoolArray:
    """Pairs whose percentage is shown and says something: both counts shown, and not of nothing. Shape (pairs,)."""
    top, bottom = relations.numerators, relations.denominators
    cells = relations.cell_count
    is_shown = np.zeros(len(relations.count), np.bool_)
    is_shown[:cells] = status == SHOWN
    return relations.is_ratio & is_shown[top] & is_shown[bottom] & (relations.count[top] > 0)


def box_of(relations: Relations, status: StatusArray, profile: Profile) -> tuple[FloatArray, FloatArray]:
    """Bounds of every variable from what is published of it, what was published before, and its percentages.

    Counts are whole numbers, so of the few pairs of counts that round to the shown pair only those count that give the
    shown percentage too: of 20 and 35% nothing but 7 of 20 remains.

    Args:
        relations: cells and what ties them.
        status: SHOWN, SMALL or PROTECTING, shape (cells,).
        profile: the rules.

    Returns:
        Lower and upper bounds in counts, each of shape (variables,); UNBOUNDED where there is none.
    """
    cells = relations.cell_count
    lower, upper = relations.known_lower.copy(), relations.known_upper.copy()
    low, high = published_bounds(relations.count[:cells], relations.is_exact, status, profile)
    lower[:cells] = np.maximum(lower[:cells], low)
    upper[:cells] = np.minimum(upper[:cells], high)
    pairs = np.flatnonzero(shown_ratios(relations, status))
    while len(pairs):
        before = lower.copy(), upper.copy()
        _narrow_pairs(relations, pairs, lower, upper, profile)
        has_moved = (lower != before[0]) | (upper != before[1])
        pairs = pairs[has_moved[relations.numerators[pairs]] | has_moved[relations.denominators[pairs]]]
    return lower, upper


def _narrow_pairs(
    relations: Relations, pairs: IntArray, lower: FloatArray, upper: FloatArray, profile: Profile
) -> None:
    """Try each pair of whole numbers in the boxes of shown pairs; narrow the boxes to those that fit, in place."""
    top, bottom = relations.numerators[pairs], relations.denominators[pairs]
    scale = 100 * 10**profile.percentage_decimals
    shown = percentages(relations.count[top], relations.count[bottom], profile)
    first_top, first_bottom = lower[top].astype(np.int64), lower[bottom].astype(np.int64)
    last_top, last_bottom = upper[top].astype(np.int64), upper[bottom].astype(np.int64)
    found = np.stack([last_top, first_top, last_bottom, first_bottom])
    rows = np.arange(len(pairs))
    for i in range(int((last_top - first_top).max()) + 1):
        rows = rows[first_top[rows] + i <= last_top[rows]]
        within = rows
        for j in range(int((last_bottom - first_bottom).max()) + 1):
            within = within[first_bottom[within] + j <= last_bottom[within]]
            a, b = first_top[within] + i, first_bottom[within] + j
            fits = (a <= b) & (2 * np.abs(scale * a - shown[within] * b) <= b)
            at, a, b = within[fits], a[fits], b[fits]
            found[0, at], found[1, at] = np.minimum(found[0, at], a), np.maximum(found[1, at], a)
            found[2, at], found[3, at] = np.minimum(found[2, at], b), np.maximum(found[3, at], b)
    np.maximum.at(lower, top, found[0])
    np.minimum.at(upper, top, found[1])
    np.maximum.at(lower, bottom, found[2])
    np.minimum.at(upper, bottom, found[3])


def needed_widths(relations: Relations, status: StatusArray, profile: Profile) -> FloatArray:
    """Width that the interval of each suppressed cell must keep; 0 for shown cells. Shape (cells,).

    The profile's width, but never more than earlier releases left open: what they said cannot be unsaid.
    """
    cells = relations.cell_count
    low, high = published_bounds(relations.count[:cells], relations.is_exact, status, profile)
    lower, upper = np.maximum(low, relations.known_lower[:cells]), np.minimum(high, relations.known_upper[:cells])
    width = np.minimum(upper - lower, profile.protection_width)
    return np.where(status == SHOWN, 0.0, np.minimum(width, UNBOUNDED))
