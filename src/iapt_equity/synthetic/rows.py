"""Rows of one reporting month, before they are put into submissions."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iapt_equity.synthetic.arrays import BoolArray, IndexArray, Int32Array, Int64Array


@dataclass
class Rows:
    """Rows of one table in one reporting month, before they are put into a submission."""

    position: Int32Array
    """Position of the person (tables about people) or of the referral in the month's lists."""
    is_person: bool
    columns: dict[str, pa.Array]
    is_late: BoolArray | None = None
    """Rows that only a Refresh holds."""


@dataclass
class Month:
    """All rows of one reporting month."""

    month: int
    version: str
    """Version of the data set in which the month is sent."""
    referrals: IndexArray
    """Referrals sent, in storage order."""
    person_of: Int32Array
    """Position of each referral's person in the month's list of people."""
    people: IndexArray
    person_referral: IndexArray
    """A referral of each person, to read the person's characteristics from."""
    latest_referral: IndexArray
    """The referral of each person that was received last: where the person lives."""
    row_number: Int64Array
    """Row number of each person within the submission."""
    late_discharge: BoolArray
    tables: dict[str, Rows] = field(default_factory=dict)

    def position_of(self, referrals: npt.NDArray[np.integer]) -> Int32Array:
        """Position in the month's list of some of its referrals, same shape."""
        return np.searchsorted(self.referrals, referrals).astype(np.int32)
