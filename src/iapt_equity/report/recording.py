"""How ethnicity was recorded: by all providers in the last month, by one in the last twelve."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Sequence
from typing import Any

from iapt_equity.report.areas import RECORDING, Area, Row
from iapt_equity.report.england import England
from iapt_equity.report.figures import Column, Figure, Part, Table
from iapt_equity.report.source import Source
from iapt_equity.report.words import Words

MONTHS = 12
TABLE = "ethnicity_recording"
NOTE = "Providers stand in the order of their codes and are not ranked; a small provider's shares move a lot by month."


def by_provider(one: England) -> list[Figure]:
    """The share of a month's records with a valid ethnicity, and of those without, by provider.

    Args:
        one: Makes the figures of England.

    Returns:
        One figure; none where the source has no such table, or no row in it.
    """
    rows = [row for rows in read_recording(one.source).values() for row in rows]
    if not rows:
        return []
    last = max(str(row["period"]) for row in rows)
    lines = _lines([row for row in rows if row["period"] == last], "provider_code")
    month = _in_words(last)
    table = Table(f"Ethnicity in the records of {month}, by provider", _columns("provider_code", "Provider"), lines)
    people = f"{len(lines):,} providers"
    title = "Recording of ethnicity by provider"
    return one.of_data("recording-by-provider", title, [Part(None, table)], month, people, [NOTE])


def of_provider(area: Area, rows: Sequence[Row], words: Words) -> Figure | None:
    """The same of one provider, month by month.

    Args:
        area: The provider.
        rows: Its rows of :func:`read_recording`.
        words: Where the data come from.

    Returns:
        The figure; none where there is no row.
    """
    if not rows:
        return None
    lines = [{**line, "period": _in_words(str(line["period"]))} for line in _lines(rows, "period")]
    span = " to ".join(dict.fromkeys(str(line["period"]) for line in (lines[0], lines[-1])))
    table = Table(f"Ethnicity in the records of {span}", _columns("period", "Month"), tuple(lines))
    name, title = f"{area.slug}-recording-by-month", "Recording of ethnicity by month"
    return Figure(name, title, (Part(None, table),), "data", words.source, span, "", place=area.title)


def read_recording(source: Source) -> dict[str, list[Row]]:
    """The rows of each provider in the last twelve months, in order; none where the source has no such table."""
    found: dict[str, list[Row]] = {}
    if source.has(TABLE):
        for row in source.rows(
            f"select * from {TABLE} where period in (select distinct period from {TABLE} order by period desc limit ?) "
            "order by provider_code, period, ethnicity_recording_status",
            [MONTHS],
        ):
            found.setdefault(str(row["provider_code"]), []).append(row)
    return found


def _lines(rows: Sequence[Row], key: str) -> tuple[dict[str, Any], ...]:
    """A line for each provider or month, with the share of each way to record."""
    lines: dict[str, dict[str, Any]] = {}
    for row in rows:
        line = lines.setdefault(
            str(row[key]), {name: row[name] for name in (key, "record_count", "record_count_status")}
        )
        line[str(row["ethnicity_recording_status"])] = row["status_share"]
        line[f"{row['ethnicity_recording_status']}_status"] = row["figure_status"]
    return tuple(lines.values())


def _columns(key: str, heading: str) -> tuple[Column, ...]:
    return (
        Column(key, heading),
        Column("record_count", "Records", "count", status="record_count_status"),
        *(Column(status, label, "percent", status=f"{status}_status") for status, label in RECORDING.items()),
    )


def _in_words(month: str) -> str:
    """A month as people write it: 2019-03 would be taken for a financial year."""
    year, _, number = month.partition("-")
    return f"{month_name[int(number)]} {year}"
