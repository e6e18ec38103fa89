"""The figures of one region, integrated care board, commissioner or provider, from rows read once for all of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from iapt_equity.report.figures import SHOWN, Bar, BarPanel, Column, Figure, Part, Table, marker_of
from iapt_equity.report.panels import (
    GAP_INTERVAL,
    gap_part,
    kept,
    level_part,
    ordered,
    trend_part,
    with_gap_status,
)
from iapt_equity.report.source import Source
from iapt_equity.report.words import EVERYBODY, HIGH_LEVEL_REFERENCE, MINORITISED, REFERENCE, Words

LEVELS = {
    "national": "All areas together",
    "region": "Regions",
    "icb": "Integrated care boards",
    "commissioner": "Commissioners",
    "provider": "Providers",
}
"""Levels of areas, the widest first, with the heading of their list."""

ONE = {
    "national": "All providers and commissioners in the data",
    "region": "Region",
    "icb": "Integrated care board",
    "commissioner": "Commissioner",
    "provider": "Provider",
}
GAP_MEASURES = (
    "access",
    "course_of_treatment",
    "treated_within_6_weeks",
    "recovery",
    "reliable_improvement",
    "reliable_recovery",
    "dropout",
)
TREND_MEASURES = ("access", "course_of_treatment", "recovery")
FUNNEL = (
    "referrals_received",
    "first_treatment",
    "second_treatment",
    "finished_course",
    "at_caseness",
    "recovery",
)
WAITS = ("referral_to_assessment", "referral_to_first_treatment", "first_to_second_treatment")
WAIT_COLUMNS = (
    Column("ended_wait_count", "Waits that ended", "count", status="people_status"),
    Column("median_days", "Median days", "days", status="figure_status"),
    Column("lower_quartile_days", "Middle half, days", "days", status="figure_status", to="upper_quartile_days"),
)
RECORDING = {
    "valid": "An ethnic group is recorded",
    "not_stated": "Not stated",
    "not_known": "Not known",
    "invalid": "Invalid code",
    "missing": "Nothing recorded",
}
FINEST = ("ethnic_group", "high_level_ethnic_group", "minoritised")
"""Classifications, the finest first: a figure takes the first that may leave for its area."""
CLASSIFICATIONS = ("ethnic_group", "minoritised", "total", "ethnicity_recording_status")

Row = Mapping[str, Any]
Key = tuple[str, str]


@dataclass
class Area:
    """An area and the rows of all its figures.

    Attributes:
        rates: Yearly rates, by measure, classification and period.
        waits: Waits of a year, by wait and classification.
        events: Counts of events of a year, by classification.
    """

    level: str
    code: str
    name: str
    rates: dict[tuple[str, str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    waits: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    events: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    @property
    def title(self) -> str:
        """Name of the area, or its code where it has no name."""
        return LEVELS["national"] if self.level == "national" else self.name or self.code

    @property
    def slug(self) -> str:
        """Name of its file and of the files of its figures."""
        return f"{self.level}-{re.sub(r'[^A-Za-z0-9]+', '-', self.code).lower()}"


@dataclass(frozen=True)
class Periods:
    """Years of the rates: all that are complete, and the last of them."""

    complete: tuple[str, ...]
    latest: str


def read_periods(source: Source) -> Periods:
    """Return the years that are complete for everybody together; where none is, the years there are."""
    rows = source.rows(
        "select period, bool_and(coalesce(is_complete, false)) as is_complete from rates "
        "where period_kind = 'year' and area_level = 'national' and characteristic = 'all' and measure = 'access' "
        "group by all order by all"
    )
    complete = tuple(str(row["period"]) for row in rows if row["is_complete"])
    years = complete or tuple(str(row["period"]) for row in rows)
    return Periods(years, years[-1] if years else "")


def read_areas(source: Source, periods: Periods) -> list[Area]:
    """Read what the pages of all areas need: three queries, put together by area.

    Args:
        source: Where the figures come from.
        periods: The years shown.

    Returns:
        Areas by level and code.
    """
    areas: dict[Key, Area] = {}
    measures = "', '".join(dict.fromkeys((*GAP_MEASURES, *TREND_MEASURES)))
    years = "', '".join(periods.complete)
    chosen = "', '".join(CLASSIFICATIONS)
    steps = "', '".join(FUNNEL)
    finest = "', '".join(FINEST)
    rates = source.rows(
        "select area_level, area_code, area_name, measure, ethnic_classification, period, ethnic_group, "
        "numerator_count, numerator_status, denominator_count, denominator_status, rate, rate_low, rate_high, "
        "difference_to_white_british, difference_low, difference_high, difference_status, figure_status from rates "
        f"where period_kind = 'year' and characteristic = 'all' and measure in ('{measures}') "
        f"and period in ('{years}') and ethnic_classification in ('{finest}', 'total') "
        "and (ethnic_classification in ('minoritised', 'total') or period = ?) order by all",
        [periods.latest],
    )
    for row in rates:
        key = (row["measure"], row["ethnic_classification"], row["period"])
        _area(areas, row).rates[key].append(row)
    if source.has("waits"):
        waits = source.rows(
            f"select * from waits where financial_year = ? and ethnic_classification in ('{finest}', 'total') "
            "order by area_level, area_code, wait, ethnic_classification, ethnic_group",
            [periods.latest],
        )
        for row in waits:
            _area(areas, row).waits[row["wait"], row["ethnic_classification"]].append(row)
    if source.has("event_counts"):
        events = source.rows(
            "select area_level, area_code, area_name, ethnic_classification, ethnic_group, event_name, event_count, "
            f"figure_status from event_counts where period_kind in ('year', 'financial_year') and period = ? "
            f"and ethnic_classification in ('{chosen}') and event_name in ('{steps}') order by all",
            [periods.latest],
        )
        for row in events:
            _area(areas, row).events[row["ethnic_classification"]].append(row)
    levels = list(LEVELS)
    return sorted(areas.values(), key=lambda area: (levels.index(area.level), area.code))


def _area(areas: dict[Key, Area], row: Row) -> Area:
    key = (str(row["area_level"]), str(row["area_code"]))
    if key not in areas:
        areas[key] = Area(*key, str(row["area_name"] or ""))
    elif row["area_name"] and not areas[key].name:
        areas[key].name = str(row["area_name"])
    return areas[key]


def area_figures(area: Area, england: Area | None, periods: Periods, words: Words) -> list[Figure]:
    """Return the figures of the page of an area, those without data left out.

    Args:
        area: The area.
        england: All areas together, which recording is compared with.
        periods: The years shown.
        words: Labels and the order of groups.
    """
    made = (
        _at_a_glance(area, periods, words),
        _gaps(area, periods, words),
        _funnel(area, periods, words),
        _trends(area, periods, words),
        waits(area, periods, words),
        recording(area, england, periods, words),
    )
    return [figure for figure in made if figure is not None and figure.parts]


def _people(area: Area, period: str) -> str:
    """How many referrals of the year the page rests on, as far as it may be said."""
    row = next(iter(area.rates.get(("access", "total", period), [])), None)
    count = None if row is None else kept(row, "denominator_count", "denominator_status")
    return "" if count is None else f"{int(count):,} referrals received"


def _figure(area: Area, name: str, title: str, parts: Sequence[Part | None], words: Words, period: str) -> Figure:
    return Figure(
        name=f"{area.slug}-{name}",
        title=title,
        parts=tuple(part for part in parts if part is not None),
        origin="data",
        source=words.source,
        period=period,
        people=_people(area, period.rpartition(" ")[2]),
        place=area.title,
    )


def _at_a_glance(area: Area, periods: Periods, words: Words) -> Figure | None:
    rows = []
    for measure in GAP_MEASURES:
        everybody = next(iter(area.rates.get((measure, "total", periods.latest), [])), None)
        if everybody is None:
            continue
        two = {str(row["ethnic_group"]): row for row in area.rates.get((measure, "minoritised", periods.latest), [])}
        none: Row = {"figure_status": "no_data"}
        own, other = with_gap_status(two.get(MINORITISED, none)), two.get(REFERENCE, none)
        rows.append(
            {
                **own,
                "measure": words.measure(measure),
                "denominator_count": everybody["denominator_count"],
                "denominator_status": everybody["denominator_status"],
                "all_rate": everybody["rate"],
                "all_status": everybody["figure_status"],
                "reference_rate": other.get("rate"),
                "reference_status": other.get("figure_status"),
            }
        )
    if not rows:
        return None
    compared = (
        Column("reference_rate", REFERENCE, "percent", status="reference_status"),
        Column("rate", MINORITISED, "percent", status="figure_status"),
        Column("difference_to_white_british", "Gap in points", "points", status="gap_status"),
        GAP_INTERVAL,
    )
    columns = (
        Column("measure", "Measure"),
        Column("denominator_count", "Out of", "count", status="denominator_status"),
        Column("all_rate", "All", "percent", status="all_status"),
        *(compared if any(row.get("ethnic_group") for row in rows) else ()),
    )
    table = Table(f"Rates, {periods.latest}", columns, tuple(rows))
    return _figure(area, "rates", "At a glance", [Part(None, table)], words, periods.latest)


def groups_of(classification: str, words: Words) -> tuple[str, ...]:
    """Return the groups of a classification in their order."""
    if classification == "ethnic_group":
        return words.groups
    return words.five if classification == "high_level_ethnic_group" else (REFERENCE, MINORITISED)


def _gaps(area: Area, periods: Periods, words: Words) -> Figure:
    latest = periods.latest
    parts = []
    for measure in GAP_MEASURES:
        finest = next((one for one in FINEST if area.rates.get((measure, one, latest))), FINEST[0])
        reference = next(
            (row for row in area.rates.get((measure, "minoritised", latest), []) if row["ethnic_group"] == REFERENCE),
            None,
        )
        parts.append(
            gap_part(
                words.measure(measure),
                area.rates.get((measure, finest, latest), []),
                words,
                f"{words.measure(measure)} by ethnic group, {latest}",
                groups=groups_of(finest, words),
                reference_rate=None if reference is None else kept(reference, "rate"),
            )
        )
    return _figure(area, "gaps", f"Gaps to {REFERENCE} people", parts, words, latest)


def _trends(area: Area, periods: Periods, words: Words) -> Figure:
    parts = []
    for measure in TREND_MEASURES:
        rows = {
            classification: [
                row for year in periods.complete for row in area.rates.get((measure, classification, year), [])
            ]
            for classification in ("minoritised", "total")
        }
        name = words.measure(measure)
        if rows["minoritised"]:
            caption = f"{name} by year, {MINORITISED.lower()}"
            found = rows["minoritised"]
            part = trend_part(name, found, MINORITISED, REFERENCE, periods.complete, caption, label="Minoritised")
        else:
            part = trend_part(name, rows["total"], EVERYBODY, "", periods.complete, f"{name} by year")
        parts.append(part)
    return _figure(area, "trend", "Over time", parts, words, f"{periods.complete[0]} to {periods.latest}")


def _per_hundred(count: float | None, whole: float | None) -> float | None:
    return None if count is None or not whole else 100 * count / whole


def _funnel(area: Area, periods: Periods, words: Words) -> Figure | None:
    """Return what happened in the year for each hundred referrals received in it."""
    own = MINORITISED if area.events.get("minoritised") else EVERYBODY
    found_rows = area.events.get("minoritised") or area.events.get("total", [])
    by_key = {(str(row["ethnic_group"]), str(row["event_name"])): row for row in found_rows}
    if not by_key:
        return None
    whole = {
        group: kept(by_key.get((group, FUNNEL[0]), {"figure_status": "no_data"}), "event_count")
        for group in (own, REFERENCE)
    }
    rows, bars = [], []
    for event in FUNNEL:
        row: dict[str, Any] = {"event": words.measure(event)}
        for short, group in (("own", own), ("reference", REFERENCE)):
            found = by_key.get((group, event), {"figure_status": "no_data"})
            count = kept(found, "event_count")
            share = _per_hundred(count, whole[group])
            row[f"{short}_count"] = count
            row[f"{short}_status"] = found["figure_status"]
            row[f"{short}_share"] = share
            row[f"{short}_share_status"] = _share_status(found, by_key.get((group, FUNNEL[0])), share)
        rows.append(row)
        marker = marker_of(row, Column("own_share", "", status="own_share_status"))
        bars.append(Bar(str(row["event"]), row["own_share"], row["reference_share"], marker))
    columns = (
        Column("event", "Event in the year"),
        Column("own_count", own, "count", status="own_status"),
        Column("own_share", "Per 100 referrals", "number", status="own_share_status"),
        *(
            (
                Column("reference_count", REFERENCE, "count", status="reference_status"),
                Column("reference_share", "Per 100 referrals", "number", status="reference_share_status"),
            )
            if own != EVERYBODY
            else ()
        ),
    )
    table = Table(f"Events for every 100 referrals received, {periods.latest}", columns, tuple(rows))
    top = max([100.0, *(value for bar in bars for value in (bar.value, bar.reference) if value is not None)])
    panel = BarPanel(own, tuple(bars), REFERENCE, "Events for every 100 referrals received", 20 * -(-top // 20))
    return _figure(area, "pathway", "From referral to recovery", [Part(panel, table)], words, periods.latest)


def _share_status(row: Row, whole: Row | None, share: float | None) -> str:
    """Status of a count over the referrals received: that of whichever of the two is hidden."""
    for one in (row, whole or {"figure_status": "no_data"}):
        if str(one.get("figure_status") or SHOWN) != SHOWN:
            return str(one["figure_status"])
    return SHOWN if share is not None else "no_data"


def waits(area: Area, periods: Periods, words: Words) -> Figure | None:
    """Return the median of each wait, by ethnic group where that may leave; none where waits were not built."""
    if not any(area.waits.get((wait, one)) for wait in WAITS for one in FINEST):
        return _waits_of_everybody(area, periods, words)
    parts = []
    for wait in WAITS:
        finest = next((one for one in FINEST if area.waits.get((wait, one))), None)
        if finest is None:
            continue
        lines = ordered(area.waits[wait, finest], groups_of(finest, words))
        columns, dots = (Column("ethnic_group", "Ethnic group"), *WAIT_COLUMNS), _wait_dots(lines)
        table = Table(f"{words.measure(wait)}, {periods.latest}", columns, tuple(lines))
        reference = HIGH_LEVEL_REFERENCE if finest == "high_level_ethnic_group" else REFERENCE
        parts.append(_wait_part(words.measure(wait), dots, table, words, reference))
    return _figure(area, "waits", "Waits", parts, words, periods.latest) if parts else None


def _waits_of_everybody(area: Area, periods: Periods, words: Words) -> Figure | None:
    """The waits of an area of which no ethnic groups may leave, one a row."""
    found = [(wait, row) for wait in WAITS for row in area.waits.get((wait, "total"), [])]
    lines = [{**row, "ethnic_group": words.measure(wait)} for wait, row in found]
    if not lines:
        return None
    columns = (Column("ethnic_group", "Wait"), *WAIT_COLUMNS)
    dots = _wait_dots(lines)
    table = Table(f"Waits of everybody, {periods.latest}", columns, tuple(lines))
    part = _wait_part("Everybody", dots, table, words, reference="")
    return _figure(area, "waits", "Waits", [part], words, periods.latest)


def _wait_dots(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with what a dot shows of a wait, as far as it may be said; the rows learn the status of their count."""
    for line in lines:
        line["people_status"] = line.get("ended_wait_status") or line.get("figure_status")
    return [
        {
            **line,
            "value": kept(line, "median_days"),
            "low": kept(line, "lower_quartile_days"),
            "high": kept(line, "upper_quartile_days"),
        }
        for line in lines
    ]


def _wait_part(heading: str, dots: Sequence[Row], table: Table, words: Words, reference: str) -> Part:
    return level_part(
        heading,
        dots,
        table,
        words,
        unit="Days: median, and the middle half of waits",
        step=20.0,
        ends=(0.0, 400.0),
        interval="lines over the middle half of waits",
        reference=reference,
    )


def recording(area: Area, england: Area | None, periods: Periods, words: Words) -> Figure | None:
    """Return how ethnicity was recorded at referral, beside all areas together; none without events."""
    own = _recording_rows(area)
    if not own:
        return None
    other = _recording_rows(england) if england is not None and england is not area else {}
    rows, bars = [], []
    for status, label in RECORDING.items():
        here = own.get(status, {"figure_status": "no_data"})
        there = other.get(status, {})
        row = {
            "status": label,
            "event_count": here.get("event_count"),
            "count_status": here["figure_status"],
            "share": here.get("share"),
            "share_status": here.get("share_status") or here["figure_status"],
            "england_share": there.get("share"),
            "england_status": there.get("share_status") or "not_applicable",
        }
        rows.append(row)
        marker = marker_of(row, Column("share", "", status="share_status"))
        bars.append(Bar(label, row["share"], row["england_share"], marker))
    columns = (
        Column("status", "Ethnicity at referral"),
        Column("event_count", "Referrals", "count", status="count_status"),
        Column("share", "Share, %", "number", status="share_status"),
        *((Column("england_share", "All areas, %", "number", status="england_status"),) if other else ()),
    )
    table = Table(f"How ethnicity was recorded, {periods.latest}", columns, tuple(rows))
    panel = BarPanel("Ethnicity at referral", tuple(bars), "All areas", "Percent of referrals received", 100.0, "%")
    return _figure(area, "recording", "Recording of ethnicity", [Part(panel, table)], words, periods.latest)


def _recording_rows(area: Area) -> dict[str, dict[str, Any]]:
    """Referrals received by how ethnicity was recorded, with their share of all, both only as far as they are shown."""

    def received(classification: str) -> Iterator[Row]:
        return (row for row in area.events.get(classification, []) if row["event_name"] == FUNNEL[0])

    everybody = next(received("total"), None)
    whole = None if everybody is None else kept(everybody, "event_count")
    found = {}
    for row in received("ethnicity_recording_status"):
        share = _per_hundred(kept(row, "event_count"), whole)
        found[str(row["ethnic_group"])] = {**row, "share": share, "share_status": _share_status(row, everybody, share)}
    return found
