"""One row per fit of published counts by commissioner and ethnic group, with its contrasts as a nested list."""

from typing import Any


def model(dbt: Any, session: Any) -> Any:  # noqa: ARG001
    """Runs the models of published counts once, each with suppressed counts at either end; SQL models unpack them."""
    dbt.config(materialized="table")
    # Imported here: loading numpy and scipy takes time that only this node should pay for.
    import pyarrow as pa

    from iapt_equity.statistics.grouped import fit_published, published_schema
    from iapt_equity.statistics.specification import read_settings

    cells = dbt.ref("int_published_model_cells").to_arrow_table().to_pylist()
    settings = read_settings(dbt.ref("regression_settings").to_arrow_table().to_pylist())
    return pa.Table.from_pylist(fit_published(cells, settings), schema=published_schema())
