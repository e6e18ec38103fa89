"""One row per count of the publication: whether it is shown, as what, and what that says of it."""

from typing import Any


def model(dbt: Any, session: Any) -> Any:  # noqa: ARG001
    """Protects all counts of the publication together; `publication.protected_counts` unpacks the result."""
    dbt.config(materialized="table")
    # Imported here: loading numpy and scipy takes time that only this node should pay for.
    from iapt_equity.progress import say
    from iapt_equity.publication.programme import protect_from_relations

    return protect_from_relations(
        cells=dbt.ref("int_publication_cells"),
        members=dbt.ref("int_publication_members"),
        related=dbt.ref("related_counts"),
        profiles=dbt.ref("disclosure_profiles"),
        previous=dbt.ref("stg_releases__counts"),
        profile_name=str(dbt.config.meta_get("disclosure_profile")),
        progress=say,
    )
