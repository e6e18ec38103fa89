"""The protection of the publication, from the relations of the build to one table of counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from iapt_equity.disclosure import DisclosureError, Profile
from iapt_equity.publication.cells import protect_publication


def protect_from_relations(
    cells: Any,
    members: Any,
    related: Any,
    profiles: Any,
    previous: Any,
    *,
    profile_name: str,
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Protect every count of the publication.

    Args:
        cells: DuckDB relation of `int_publication_cells`.
        members: DuckDB relation of `int_publication_members`.
        related: DuckDB relation of the seed `related_counts`.
        profiles: DuckDB relation of the seed `disclosure_profiles`.
        previous: DuckDB relation of what earlier releases said (`stg_releases__counts`).
        profile_name: The chosen profile (variable `disclosure_profile`).
        progress: Called with a line on what was found.

    Returns:
        One row a count, as `protect_publication` gives them.

    Raises:
        DisclosureError: No profile has that name, or the cells are no system that can be protected.
    """
    rows = profiles.filter(f"profile_name = '{profile_name.replace(chr(39), chr(39) * 2)}'").df().to_dict("records")
    if len(rows) != 1:
        raise DisclosureError(
            f"disclosure_profile: the seed disclosure_profiles has no profile {profile_name!r}; it has: "
            + ", ".join(sorted(profiles.df()["profile_name"]))
        )
    return protect_publication(
        # In a fixed order, so that the same input gives the same choice of what is suppressed beside small numbers.
        cells.order("cell_id").df(),
        members.df(),
        related.df(),
        Profile.from_row(rows[0]),
        previous.df().rename(columns={"lowest_count": "lower", "highest_count": "upper"}),
        progress,
    )
