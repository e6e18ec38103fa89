"""Disclosure control of counts: what is too small is suppressed, and what would give it away too.

sums = additive_sums(cells, hierarchies)
published = protect(cells[["cell_id", "count", "is_exact"]], sums, ratios, Profile.from_row(row))
"""

from iapt_equity.disclosure.audit import feasible_intervals
from iapt_equity.disclosure.errors import DisclosureError
from iapt_equity.disclosure.hierarchies import additive_sums
from iapt_equity.disclosure.primary import Status
from iapt_equity.disclosure.profiles import Profile
from iapt_equity.disclosure.protecting import protect
from iapt_equity.disclosure.summary import protection_summary

__all__ = [
    "DisclosureError",
    "Profile",
    "Status",
    "additive_sums",
    "feasible_intervals",
    "protect",
    "protection_summary",
]
