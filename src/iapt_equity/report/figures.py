"""What a figure is: panels to draw, each with its table, and where the numbers come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, Literal

MINUS = "\N{MINUS SIGN}"
NO_DATA = "[x]"
SHOWN = "shown"

REASONS = {
    "suppressed_small_number": "small number",
    "suppressed_to_protect": "protects another number",
    "no_data": "no data",
    "not_applicable": "not applicable",
}
"""What a reader is told of a figure that is not shown, by its status."""

MARKERS = {
    "suppressed_small_number": "[c]",
    "suppressed_to_protect": "[c]",
    "no_data": NO_DATA,
    "not_applicable": "[z]",
}

Kind = Literal["text", "count", "percent", "points", "percentage", "percentage_points", "number", "days", "ratio"]
Origin = Literal["published", "data", "printed"]

SCALE = {"percent": 100, "points": 100}
SUFFIX = {"percent": "%", "percentage": "%"}
LARGEST_RATIO = 1_000
"""A ratio beyond it rests on next to nothing, so its digits would say more than it does."""
ALL_DIGITS = Context(prec=400)
"""The largest floating number has 309 digits before the point."""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        key: Key of the rows.
        heading: What the reader sees.
        kind: What the value is; `percent` and `points` are shares, shown times 100.
        status: Key of the status that decides whether the value may be shown; none where it always may.
        to: Key of the upper end, where the column shows an interval.
        decimals: Decimal places; where none are given, those of the source.
    """

    key: str
    heading: str
    kind: Kind = "text"
    status: str | None = None
    to: str | None = None
    decimals: int | None = None

    @property
    def is_text(self) -> bool:
        """Whether it holds words."""
        return self.kind == "text"


@dataclass(frozen=True)
class Table:
    """A table: its first column heads the rows."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Dot:
    """A row of dots: an estimate, its interval, perhaps a second estimate (hollow) of the same group."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    marker: str = ""
    begins_block: bool = False
    second: float | None = None


@dataclass(frozen=True)
class DotPanel:
    """Estimates with intervals beside a line for the reference group.

    Attributes:
        reference: Where the line stands; none where there is none.
        reference_label: What it is called.
        unit: Title of the axis.
        domain: Ends of the axis; intervals that go beyond end in an arrow.
        interval: What the lines through the dots are.
    """

    heading: str
    dots: tuple[Dot, ...]
    reference: float | None
    reference_label: str
    unit: str
    domain: tuple[float, float]
    suffix: str = ""
    decimals: int = 0
    interval: str = "95% intervals"


@dataclass(frozen=True)
class Line:
    """A line over periods; a period without a value leaves a gap, with its marker at the foot."""

    label: str
    values: tuple[float | None, ...]
    markers: tuple[str, ...]
    is_reference: bool = False


@dataclass(frozen=True)
class LinePanel:
    """A group over time, beside the reference group."""

    heading: str
    periods: tuple[str, ...]
    lines: tuple[Line, ...]
    unit: str
    domain: tuple[float, float]
    suffix: str = ""


@dataclass(frozen=True)
class Bar:
    """A bar from zero, with a tick for the reference group."""

    label: str
    value: float | None
    reference: float | None
    marker: str = ""


@dataclass(frozen=True)
class BarPanel:
    """Bars from zero, each with the reference group as a line."""

    heading: str
    bars: tuple[Bar, ...]
    reference_label: str
    unit: str
    top: float
    suffix: str = ""


Panel = DotPanel | LinePanel | BarPanel


@dataclass(frozen=True)
class Part:
    """A panel beside its table; either may be missing."""

    panel: Panel | None
    table: Table | None

    @property
    def is_narrow(self) -> bool:
        """Whether several of its kind stand side by side, each above its table."""
        return isinstance(self.panel, LinePanel) or (self.panel is None and len(getattr(self.table, "columns", ())) < 3)


@dataclass(frozen=True)
class Figure:
    """A figure of a page.

    Attributes:
        name: Name of its files and its place in the page.
        title: What it shows.
        parts: Its panels and tables.
        origin: Real published statistics, the raw data of this warehouse, or what the report prints.
        source: Where the numbers come from.
        period: Which period they are of.
        people: How many people, referrals or courses they rest on.
        notes: What must be known to read it.
        place: The area that it is of.
    """

    name: str
    title: str
    parts: tuple[Part, ...]
    origin: Origin
    source: str
    period: str
    people: str = ""
    notes: tuple[str, ...] = field(default=())
    place: str = "England"


def rounded(value: float, decimals: int) -> Decimal:
    """Round as people do, half away from zero, on the decimal digits that the value prints, however many they are."""
    exact = Decimal(repr(float(value)))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=ALL_DIGITS)


def shown(value: Any, kind: Kind, decimals: int) -> str:
    """Return a value as a reader sees it.

    Args:
        value: The value; a share for kinds `percent` and `points`.
        kind: What it is.
        decimals: Decimal places of what is not a count.
    """
    if value is None:
        return NO_DATA
    if kind == "text":
        return str(value)
    if kind == "count":
        return f"{int(value):,}"
    if kind == "ratio" and value > LARGEST_RATIO:
        return f"over {LARGEST_RATIO:,}"
    scaled = Decimal(repr(float(value))) * SCALE.get(kind, 1)
    number = scaled.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(number):,.{decimals}f}"
    return f"{MINUS if number < 0 else ''}{text}{SUFFIX.get(kind, '')}"


def marker_of(row: Mapping[str, Any], column: Column) -> str:
    """Return the marker that stands in place of a value, empty where the value may be shown."""
    if column.status is None:
        return ""
    status = str(row.get(column.status) or SHOWN)
    return "" if status == SHOWN else MARKERS.get(status, "[c]")


def cell(row: Mapping[str, Any], column: Column, decimals: int) -> str:
    """Return the text of a cell: the value, the interval, or the marker of what is not shown."""
    if marker := marker_of(row, column):
        return marker
    places = decimals if column.decimals is None else column.decimals
    if column.to is None:
        return shown(row.get(column.key), column.kind, places)
    ends = (row.get(column.key), row.get(column.to))
    if None in ends:
        return NO_DATA
    low, high = (shown(end, column.kind, places) for end in ends)
    return f"{low} to {high}"


def value_of(row: Mapping[str, Any], column: Column, key: str) -> Any:
    """Return a value for a file that a machine reads: the bare value, or the marker of what is not shown."""
    if marker := marker_of(row, column):
        return marker
    value = row.get(key)
    return NO_DATA if value is None else value


def reasons(table: Table) -> list[str]:
    """Say of each kind of hidden cell how often it occurs in a table and why, in the order of the statuses."""
    counts = dict.fromkeys(MARKERS, 0)
    for row in table.rows:
        for column in table.columns:
            if marker_of(row, column):
                status = str(row.get(column.status or ""))
                counts[status] = counts.get(status, 0) + 1
            elif cell(row, column, 0) == NO_DATA:
                counts["no_data"] += 1
    return [
        f"{MARKERS.get(status, '[c]')} {REASONS.get(status, status)}: {count} {'cell' if count == 1 else 'cells'}"
        for status, count in counts.items()
        if count
    ]


def domain_of(values: Sequence[float | None], step: float, ends: tuple[float, float]) -> tuple[float, float]:
    """Return the ends of an axis around values, at multiples of a step, inside given ends.

    Args:
        values: What must lie on the axis.
        step: Distance of the marks that the ends fall on.
        ends: What the axis never goes beyond.
    """
    known = [value for value in values if value is not None]
    if not known:
        return ends
    low = max(ends[0], step * (min(known) // step))
    high = min(ends[1], -step * (-max(known) // step))
    return (low, high if high > low else low + step)


def around_zero(gaps: Sequence[float | None], limits: Sequence[float | None]) -> tuple[float, float]:
    """Return a symmetrical axis of gaps in points: all gaps lie on it, and most of their intervals.

    Args:
        gaps: Estimates.
        limits: Ends of their intervals; one in ten may lie beyond the axis, where an arrow says so.
    """
    widest = max((abs(gap) for gap in gaps if gap is not None), default=0.0)
    reach = sorted(abs(limit) for limit in limits if limit is not None)
    most = reach[int(0.9 * (len(reach) - 1))] if reach else 0.0
    for end in (5.0, 10.0, 20.0, 40.0, 60.0):
        if widest <= end and most <= end:
            return (-end, end)
    return (-100.0, 100.0)
