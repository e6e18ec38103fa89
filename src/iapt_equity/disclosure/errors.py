"""What can be wrong with the input of disclosure control."""

from __future__ import annotations


class DisclosureError(ValueError):
    """Frames or a profile that cannot be protected as given; the message names columns and counts, never a value."""
