"""Looks in a table for what the constraints of its contract forbid: Spark's Parquet tables know no constraints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from iapt_equity.spark.dialect import translate_expression


def breaches(table: str, model: dict[str, Any], first_row: Callable[[str], Sequence[int]]) -> list[str]:
    """Return in words what a table holds that its model's constraints forbid, in one query over the table.

    Args:
        table: Name of the table, as Spark calls it.
        model: Has ``constraints``, and ``columns`` with constraints of their own, as dbt parses them.
        first_row: Asks Spark.

    Raises:
        ValueError: If a constraint is of a kind that is not looked for.
    """
    forbidden = [pair for constraint in model["constraints"] for pair in _forbidden(constraint, [])]
    for column in model["columns"].values():
        forbidden += [pair for constraint in column["constraints"] for pair in _forbidden(constraint, [column["name"]])]
    if not forbidden:
        return []
    counts = first_row(f"select {', '.join(counted for counted, _ in forbidden)} from {table}")
    return [f"{count} rows {words}" for count, (_, words) in zip(counts, forbidden, strict=True) if count]


def _forbidden(constraint: dict[str, Any], column: list[str]) -> list[tuple[str, str]]:
    """Return for what a constraint forbids how many rows there are, as SQL of Spark, and what they are, in words."""
    kind = constraint["type"]
    names = constraint.get("columns") or column
    if kind == "check":
        expression = constraint["expression"]
        return [(f"count_if(not ({translate_expression(expression)}))", f"where not ({expression})")]
    if kind == "not_null":
        return [(f"count_if(`{name}` is null)", f"where {name} is null") for name in names]
    if kind == "primary_key":
        # A key that holds a null is none: it is not counted among the distinct ones.
        key = ", ".join(f"`{name}`" for name in names)
        return [(f"count(*) - count(distinct {key})", f"beyond one for each key ({', '.join(names)})")]
    raise ValueError(f"{kind}: constraints of this kind are not looked for on Spark")
