"""The rules that a publication keeps to: thresholds, rounding and the width of what a reader may find out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from iapt_equity.disclosure.errors import DisclosureError


@dataclass(frozen=True, slots=True)
class Profile:
    """One row of the seed `disclosure_profiles`, as far as counts are concerned.

    Source: NHS England's rule for record-level Talking Therapies data (counts of 0 to 4 suppressed, others rounded to
    the nearest 5, whole percentages of unrounded parts, England may be unrounded). The width is ours.

    Attributes:
        profile_name: name of the row.
        smallest_count_shown: counts from 1 to one less than this are suppressed.
        rounding_base: counts are rounded to the nearest multiple of this; 1 is no rounding. Odd, so that no count lies
            half-way between two multiples.
        is_zero_suppressed: whether zeros are suppressed like small counts.
        is_england_exact: whether cells marked as exact are shown unrounded (under the threshold they are suppressed).
        percentage_decimals: decimals of a shown percentage; 0 is whole percent.
        protection_width: narrowest interval, in counts, that a reader may find out of a suppressed cell (upper less
            lower; 3 is for example 1 to 4).
    """

    profile_name: str = "nhs_talking_therapies"
    smallest_count_shown: int = 5
    rounding_base: int = 5
    is_zero_suppressed: bool = False
    is_england_exact: bool = True
    percentage_decimals: int = 0
    protection_width: int = 3

    def __post_init__(self) -> None:
        if self.smallest_count_shown < 1:
            raise DisclosureError(f"profile {self.profile_name}: smallest_count_shown must be at least 1")
        if self.rounding_base < 1 or self.rounding_base % 2 == 0:
            raise DisclosureError(f"profile {self.profile_name}: rounding_base must be an odd number, 1 for none")
        if self.percentage_decimals < 0:
            raise DisclosureError(f"profile {self.profile_name}: percentage_decimals must not be negative")
        most = self.smallest_count_shown - 1 - self.smallest_hidden
        if not 0 <= self.protection_width <= max(most, 0):
            raise DisclosureError(
                f"profile {self.profile_name}: protection_width must be from 0 to {max(most, 0)}, "
                "which is all that the rule itself leaves open"
            )

    @property
    def smallest_hidden(self) -> int:
        """Smallest count that is suppressed for being small."""
        return 0 if self.is_zero_suppressed else 1

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Profile:
        """Read a profile from a row of the seed; columns that it does not know are left alone.

        Raises:
            DisclosureError: a column is missing or holds no such number.
        """
        fields: dict[str, Any] = {}
        for name in cls.__dataclass_fields__:
            if name not in row:
                raise DisclosureError(f"disclosure_profiles: column {name} is missing")
            kind = str if name == "profile_name" else bool if name.startswith("is_") else int
            try:
                fields[name] = kind(row[name])
            except (TypeError, ValueError) as error:
                raise DisclosureError(f"disclosure_profiles: column {name} holds no {kind.__name__}") from error
        return cls(**fields)
