"""From rows of the publication to panels and their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from iapt_equity.report.figures import (
    MARKERS,
    SHOWN,
    Column,
    Dot,
    DotPanel,
    Line,
    LinePanel,
    Part,
    Table,
    around_zero,
    domain_of,
    marker_of,
)
from iapt_equity.report.words import HIGH_LEVEL_REFERENCE, REFERENCE, Words

Row = Mapping[str, Any]

COUNT = Column("denominator_count", "Out of", "count", status="denominator_status")
RATE = Column("rate", "Rate", "percent", status="figure_status")
RATE_INTERVAL = Column("rate_low", "95% interval", "percent", status="figure_status", to="rate_high")
GAP = Column("difference_to_white_british", "Gap in points", "points", status="gap_status")
GAP_INTERVAL = Column("difference_low", "95% interval of the gap", "points", status="gap_status", to="difference_high")
GROUP = Column("ethnic_group", "Ethnic group")


def finer(columns: tuple[Column, ...], decimals: int | None) -> tuple[Column, ...]:
    """Return columns with so many decimal places; as they are where none are given."""
    return columns if decimals is None else tuple(replace(column, decimals=decimals) for column in columns)


def hundredfold(value: float | None) -> float | None:
    """Return a share in percent."""
    return None if value is None else 100 * value


def kept(row: Row, key: str, status: str = "figure_status") -> float | None:
    """Return a value that may be shown, else nothing."""
    return None if str(row.get(status) or SHOWN) != SHOWN or row.get(key) is None else float(row[key])


def with_gap_status(row: Row) -> dict[str, Any]:
    """Add the status of the gap: its own where the source says it, else that of the rate that it rests on."""
    status = str(row.get("figure_status") or SHOWN)
    if row.get("difference_status"):
        status = str(row["difference_status"])
    elif status == SHOWN and row.get("ethnic_group") == REFERENCE:
        status = "not_applicable"
    elif status == SHOWN and row.get("difference_to_white_british") is None:
        status = "no_data"
    return {**row, "gap_status": status}


def ordered(rows: Sequence[Row], groups: Sequence[str]) -> list[dict[str, Any]]:
    """Return a row for each group in their order; a group without a row has no data."""
    by_group = {str(row["ethnic_group"]): row for row in rows}
    empty = {"figure_status": "no_data", "denominator_status": "no_data", "numerator_status": "no_data"}
    return [with_gap_status(by_group.get(group) or {"ethnic_group": group, **empty}) for group in groups]


def gap_part(
    heading: str,
    rows: Sequence[Row],
    words: Words,
    caption: str,
    decimals: int | None = None,
    groups: Sequence[str] = (),
    reference_rate: float | None = None,
) -> Part | None:
    """Return gaps to White British people of one measure, with the rates that they rest on in the table.

    Args:
        heading: What the panel is called: the measure.
        rows: Rates of one area, period and measure by ethnic group.
        words: Labels and the order of groups.
        caption: What the table is called.
        decimals: Decimal places, where they are not those of the source.
        groups: The groups in their order; the 16 where none are given.
        reference_rate: White British people's rate, where they are not among the groups.
    """
    if not rows:
        return None
    lines = ordered(rows, groups or words.groups)
    gaps = [hundredfold(kept(row, "difference_to_white_british", "gap_status")) for row in lines]
    lows, highs = (
        [hundredfold(kept(row, key, "gap_status")) for row in lines] for key in ("difference_low", "difference_high")
    )
    dots = tuple(
        Dot(
            label=str(row["ethnic_group"]),
            value=gap,
            low=low,
            high=high,
            marker=marker_of(row, GAP),
            begins_block=row["ethnic_group"] in words.block_starts,
        )
        for row, gap, low, high in zip(lines, gaps, lows, highs, strict=True)
        if row["ethnic_group"] not in (REFERENCE, HIGH_LEVEL_REFERENCE)
    )
    rate = next((kept(row, "rate") for row in lines if row["ethnic_group"] == REFERENCE), reference_rate)
    known = f" {100 * rate:.0f}%" if rate is not None else ""
    panel = DotPanel(
        heading=heading,
        dots=dots,
        reference=0.0,
        reference_label=f"{REFERENCE}{known}",
        unit="Gap in percentage points",
        domain=around_zero(gaps, [*lows, *highs]),
    )
    return Part(panel, Table(caption, finer((GROUP, COUNT, RATE, GAP, GAP_INTERVAL), decimals), tuple(lines)))


def rate_part(heading: str, rows: Sequence[Row], words: Words, caption: str, unit: str) -> Part | None:
    """Return rates of one measure by ethnic group, with White British people's rate as a line."""
    if not rows:
        return None
    lines = ordered(rows, words.groups)
    return level_part(
        heading,
        [
            {
                **row,
                "value": hundredfold(kept(row, "rate")),
                "low": hundredfold(kept(row, "rate_low")),
                "high": hundredfold(kept(row, "rate_high")),
            }
            for row in lines
        ],
        Table(caption, (GROUP, COUNT, RATE, RATE_INTERVAL, GAP), tuple(lines)),
        words,
        unit=unit,
        suffix="%",
        ends=(0.0, 100.0),
    )


def level_part(
    heading: str,
    rows: Sequence[Row],
    table: Table,
    words: Words,
    *,
    unit: str,
    suffix: str = "",
    decimals: int = 0,
    step: float = 10.0,
    ends: tuple[float, float] = (0.0, 1000.0),
    interval: str = "95% intervals",
    reference: str = REFERENCE,
) -> Part:
    """Return estimates by ethnic group beside a line for White British people.

    Args:
        heading: What the panel is called.
        rows: ``ethnic_group``, ``value``, ``low``, ``high`` in the unit of the axis, perhaps ``second``.
        table: The table with it.
        words: Labels and the order of groups.
        unit: Title of the axis.
        suffix: What follows a number.
        decimals: Decimal places of the numbers at the right.
        step: The axis begins and ends at a multiple of it.
        ends: What the axis never goes beyond.
        interval: What the lines through the dots are.
        reference: The group whose estimate is the line.
    """
    dots = tuple(
        Dot(
            label=str(row["ethnic_group"]),
            value=row["value"],
            low=row.get("low"),
            high=row.get("high"),
            marker="" if row["value"] is not None else MARKERS.get(str(row.get("figure_status")), "[x]"),
            begins_block=row["ethnic_group"] in words.block_starts,
            second=row.get("second"),
        )
        for row in rows
    )
    level = next((dot.value for dot in dots if dot.label == reference), None)
    values = [value for dot in dots for value in (dot.value, dot.second)]
    # One interval in ten may end in an arrow, so that a few people do not squeeze everybody else.
    reach = sorted(limit for dot in dots for limit in (dot.low, dot.high) if limit is not None)
    spare = len(reach) // 20
    inner = reach[spare : len(reach) - spare] if reach else []
    panel = DotPanel(
        heading=heading,
        dots=dots,
        reference=level,
        reference_label=reference,
        unit=unit,
        domain=domain_of([*values, *inner], step, ends),
        suffix=suffix,
        decimals=decimals,
        interval=interval,
    )
    return Part(panel, table)


def trend_part(
    heading: str,
    rows: Sequence[Row],
    group: str,
    reference: str,
    periods: Sequence[str],
    caption: str,
    *,
    label: str = "",
    key: str = "rate",
    domain: tuple[float, float] | None = None,
    decimals: int | None = None,
) -> Part | None:
    """Return a group's rate over periods beside the reference group's.

    Args:
        heading: What the panel is called.
        rows: Rates of one area and measure, of both groups.
        group: The group whose line is drawn in colour.
        reference: The group that it is compared with; empty where it stands alone.
        periods: Periods, in order.
        caption: What the table is called.
        label: What the group is called at its line; its own name where none is given.
        key: Key of the rate.
        domain: Ends of the axis in percent; around the values where none are given.
        decimals: Decimal places, where they are not those of the source.
    """
    by_key = {(str(row["ethnic_group"]), str(row["period"])): row for row in rows}
    if not any((group, period) in by_key for period in periods):
        return None
    none: Row = {"figure_status": "no_data", "denominator_status": "no_data"}
    own, other = ([by_key.get((name, period), none) for period in periods] for name in (group, reference))
    lines = (
        *((_line(reference, other, key, is_reference=True),) if reference else ()),
        _line(label or group, own, key, is_reference=False),
    )
    compared = (
        Column("reference_rate", reference, "percent", status="reference_status"),
        Column("difference_low", "95% interval of the gap", "points", status="gap_status", to="difference_high"),
    )
    columns = (
        Column("period", "Year"),
        Column("denominator_count", "Out of", "count", status="denominator_status"),
        RATE,
        *(compared if reference else ()),
    )
    table_rows = tuple(
        {
            **with_gap_status(mine),
            "period": period.replace("-", "\N{EN DASH}"),
            "rate": mine.get(key),
            "reference_rate": theirs.get(key),
            "reference_status": theirs.get("figure_status"),
        }
        for period, mine, theirs in zip(periods, own, other, strict=True)
    )
    ends = domain or padded([value for line in lines for value in line.values])
    panel = LinePanel(heading, tuple(periods), lines, "Percent", ends, "%")
    return Part(panel, Table(caption, finer(columns, decimals), table_rows))


def _line(label: str, rows: Sequence[Row], key: str, is_reference: bool) -> Line:
    values = tuple(hundredfold(kept(row, key)) for row in rows)
    return Line(label, values, tuple(marker_of(row, RATE) for row in rows), is_reference)


def padded(values: Sequence[float | None]) -> tuple[float, float]:
    """Return an axis of a line in percent: at tens, at least twenty points long, so that small moves look small."""
    low, high = domain_of(values, 10.0, (0.0, 100.0))
    while high - low < 20:
        low, high = max(low - 10, 0.0), min(high + 10, 100.0)
    return low, high
