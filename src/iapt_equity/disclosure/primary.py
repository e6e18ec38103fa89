"""Primary suppression and rounding, and what a published cell says by itself."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from iapt_equity.disclosure.profiles import Profile

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
StatusArray = npt.NDArray[np.int8]

#: Upper bound of a cell of which nothing is known; above every count, and small enough for exact sums.
UNBOUNDED = 1e9


class Status(StrEnum):
    """What became of a cell."""

    SHOWN = "shown"
    SMALL_NUMBER = "suppressed_small_number"
    TO_PROTECT = "suppressed_to_protect"


#: The same as numbers, in the order of the class.
SHOWN, SMALL, PROTECTING = 0, 1, 2
STATUS_NAMES = tuple(str(status) for status in Status)


def primary_statuses(count: IntArray, profile: Profile) -> StatusArray:
    """Mark counts under the threshold; zeros by the profile's choice. National counts too, exact or not.

    A national count under the threshold would say of each of its parts that it is no larger, so that none of them could
    be protected.

    Args:
        count: true counts, shape (cells,).
        profile: the rules.

    Returns:
        SHOWN or SMALL of each cell, shape (cells,).
    """
    is_small = (count >= profile.smallest_hidden) & (count < profile.smallest_count_shown)
    return np.where(is_small, SMALL, SHOWN).astype(np.int8)


def published_counts(count: IntArray, is_exact: BoolArray, profile: Profile) -> IntArray:
    """Counts as they would be shown: to the nearest multiple of the base; exact ones as they are. Shape (cells,)."""
    base = profile.rounding_base
    rounded = (count + base // 2) // base * base
    return np.where(is_exact & profile.is_england_exact, count, rounded)


def published_bounds(
    count: IntArray, is_exact: BoolArray, status: StatusArray, profile: Profile
) -> tuple[FloatArray, FloatArray]:
    """What each cell's own figure or marker says of its true count.

    A rounded figure leaves half a base open to both sides, but not below the threshold, since smaller counts are not
    shown. A shown zero is zero. The marker of a small number says the range of small numbers. The marker of a cell that
    protects others says nothing: it stands on zeros, on small and on large counts alike.

    Args:
        count: true counts, shape (cells,).
        is_exact: cells that may be shown unrounded, shape (cells,).
        status: SHOWN, SMALL or PROTECTING, shape (cells,).
        profile: the rules.

    Returns:
        Lower and upper bounds, in counts, each of shape (cells,); UNBOUNDED where there is none.
    """
    shown = published_counts(count, is_exact, profile)
    half = np.where(is_exact & profile.is_england_exact, 0, profile.rounding_base // 2)
    floor = np.where(count == 0, 0, profile.smallest_count_shown)
    lower = np.maximum(shown - half, floor).astype(np.float64)
    upper = np.where(count == 0, 0, shown + half).astype(np.float64)
    small, protecting = status == SMALL, status == PROTECTING
    lower[small], upper[small] = profile.smallest_hidden, profile.smallest_count_shown - 1
    lower[protecting], upper[protecting] = 0.0, UNBOUNDED
    return lower, upper
