"""How ethnicity was recorded, provider by provider, in the last month."""

from __future__ import annotations

from calendar import month_name
from typing import Any

from iapt_equity.report.areas import RECORDING
from iapt_equity.report.england import England
from iapt_equity.report.figures import Column, Figure, Part, Table

TABLE = "ethnicity_recording"
NOTE = "Providers stand in the order of their codes and are not ranked; a small provider's shares move a lot by month."


def by_provider(one: England) -> list[Figure]:
    """The share of a month's records with a valid ethnicity, and of those without, by provider.

    Args:
        one: Makes the figures of England.

    Returns:
        One figure; none where the source has no such table, or no row in it.
    """
    if not one.source.has(TABLE):
        return []
    rows = one.source.rows(
        f"select * from {TABLE} where period = (select max(period) from {TABLE}) "
        "order by provider_code, ethnicity_recording_status"
    )
    if not rows:
        return []
    lines: dict[str, dict[str, Any]] = {}
    for row in rows:
        line = lines.setdefault(
            str(row["provider_code"]),
            {key: row[key] for key in ("provider_code", "record_count", "record_count_status")},
        )
        line[str(row["ethnicity_recording_status"])] = row["status_share"]
        line[f"{row['ethnicity_recording_status']}_status"] = row["figure_status"]
    columns = (
        Column("provider_code", "Provider"),
        Column("record_count", "Records", "count", status="record_count_status"),
        *(Column(status, label, "percent", status=f"{status}_status") for status, label in RECORDING.items()),
    )
    month = _in_words(str(rows[0]["period"]))
    table = Table(f"Ethnicity in the records of {month}, by provider", columns, tuple(lines.values()))
    people = f"{len(lines):,} providers"
    title = "Recording of ethnicity by provider"
    return one.of_data("recording-by-provider", title, [Part(None, table)], month, people, [NOTE])


def _in_words(month: str) -> str:
    """A month as people write it: 2019-03 would be taken for a financial year."""
    year, _, number = month.partition("-")
    return f"{month_name[int(number)]} {year}"
