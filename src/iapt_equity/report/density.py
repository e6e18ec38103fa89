"""Own-group density: does it matter how many residents of the own ethnic group live around (report, appendix 1.7)?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iapt_equity.report.england import England
from iapt_equity.report.figures import Column, Dot, DotPanel, Figure, Part, Table, domain_of, marker_of
from iapt_equity.report.panels import kept

Row = Mapping[str, Any]
LINE, FIFTHS, BY_GROUP = "own_group_density", "own_group_density_fifth", "own_group_density_by_group"
CHARACTERISTIC = FIFTHS
FIFTH_NAMES = {"1": "Fifth 1, the lowest", **{f"{at}": f"Fifth {at}" for at in (2, 3, 4)}, "5": "Fifth 5, the highest"}
LOWEST = "Lowest fifth"
ODDS = Column("odds_ratio", "Odds ratio", "ratio", status="figure_status", decimals=2)
ODDS_INTERVAL = Column(
    "odds_ratio_low", "95% interval", "ratio", status="figure_status", to="odds_ratio_high", decimals=2
)
PEOPLE = Column("people_count", "Referrals", "count", status="figure_status")
FIGURES = (PEOPLE, ODDS, ODDS_INTERVAL)
GROUP = Column("ethnic_group", "Ethnic group")
STEP = Column("unit_label", "One standard deviation", status="figure_status")
ESTIMATOR = "logistic_multilevel"
"""Areas differ by more than who lives there: the models with commissioners as random intercepts are shown."""
RATES = ("access", "course_of_treatment", "recovery")

ODDS_NOTE = (
    "Odds ratios of the models with own-group density, commissioners as random intercepts: above 1, the outcome is "
    "more likely where more residents are of the person's own ethnic group. An interval that crosses 1 may be chance."
)
FIFTHS_NOTE = "Fifths are of the people of each ethnic group by themselves, unless the methods say otherwise."
BY_GROUP_NOTE = (
    "Each odds ratio is of one standard deviation of own-group density among the people of the group, which stands "
    "beside it: many groups are spread over less than ten percentage points. Groups differ in that step, so that a "
    "larger odds ratio is not always a larger effect."
)
HOW = (
    "Own-group density is the share of residents of a person's own ethnic category in the area where the person lived, "
    "by the census."
)
EMPTY = (
    "There are no figures of own-group density here. They need the census's residents by area and ethnic category "
    "(reference table census_small_areas, or census_ethnicity) and the regressions, built before these pages."
)


def density(one: England) -> list[Figure]:
    """The figures of own-group density; none where no reference table says who lives where.

    Args:
        one: Makes the figures of England.
    """
    return [
        *_fifths(one),
        *_line(one),
        *_slopes(one),
        *one.by_characteristic(
            "density-rates", "Rates by fifth of own-group density", CHARACTERISTIC, RATES, "Fifth", FIFTH_NAMES
        ),
    ]


def estimates(one: England, term: str) -> list[dict[str, Any]]:
    """Coefficients of density as the source has them, in the order of analyses, outcomes and fifths."""
    if not one.source.has("estimates"):
        return []
    return one.source.rows(
        "select * from estimates where term = ? and estimator = ? order by analysis, outcome, level", [term, ESTIMATOR]
    )


def _fifths(one: England) -> list[Figure]:
    rows = estimates(one, FIFTHS)
    domain = _domain([_dot("", row) for row in rows])
    parts = []
    for outcome in dict.fromkeys(str(row["outcome"]) for row in rows):
        label = _label(one, outcome)
        lines = [
            {**row, "fifth": FIFTH_NAMES.get(str(row["level"]), str(row["level"]))}
            for row in rows
            if row["outcome"] == outcome
        ]
        table = Table(
            f"{label} by fifth of own-group density",
            (Column("fifth", "Fifth"), *FIGURES),
            tuple(lines),
        )
        parts.append(Part(_panel(label, [_dot(str(row["fifth"]), row) for row in lines], LOWEST, domain), table))
    title = "Outcomes by fifth of own-group density, beside the lowest fifth"
    notes = [HOW, ODDS_NOTE, FIFTHS_NOTE]
    return one.of_data("density-fifths", title, parts, _span(one), _people(estimates(one, LINE)), notes)


def _line(one: England) -> list[Figure]:
    rows = estimates(one, LINE)
    if not rows:
        return []
    lines = [{**row, "label": _label(one, str(row["outcome"]))} for row in rows]
    title = "Outcomes where ten percentage points more residents are of the own ethnic group"
    table = Table(title, (Column("label", "Outcome"), *FIGURES), tuple(lines))
    dots = [_dot(str(row["label"]), row) for row in lines]
    part = Part(_panel(title, dots, "No difference", _domain(dots)), table)
    return one.of_data("density-line", title, [part], _span(one), _people(rows))


def _slopes(one: England) -> list[Figure]:
    """What density goes with in each ethnic group, by outcome; outcomes that are no odds have none."""
    rows = estimates(one, BY_GROUP)
    domain = _domain([_dot("", row) for row in rows])
    parts = []
    for outcome in dict.fromkeys(str(row["outcome"]) for row in rows):
        label = _label(one, outcome)
        lines = [{**row, "ethnic_group": row["level_label"]} for row in rows if row["outcome"] == outcome]
        table = Table(f"{label} by own-group density in each ethnic group", (GROUP, STEP, *FIGURES), tuple(lines))
        dots = [_dot(str(row["ethnic_group"]), row) for row in lines]
        parts.append(Part(_panel(label, dots, "No difference", domain), table))
    title = "Outcomes in each ethnic group where own-group density is one standard deviation higher"
    notes = [HOW, ODDS_NOTE, BY_GROUP_NOTE]
    return one.of_data("density-by-group", title, parts, _span(one), _people(estimates(one, LINE)), notes)


def _panel(heading: str, dots: Sequence[Dot], reference: str, domain: tuple[float, float]) -> DotPanel:
    return DotPanel(heading, tuple(dots), 1.0, reference, "Odds ratio", domain, "", 2)


def _domain(dots: Sequence[Dot]) -> tuple[float, float]:
    """One axis for all outcomes of a figure, with 1 on it."""
    return domain_of([1.0, *(end for dot in dots for end in (dot.value, dot.low, dot.high))], 0.2, (0.0, 3.0))


def _dot(label: str, row: Row) -> Dot:
    value, low, high = (kept(row, key) for key in ("odds_ratio", "odds_ratio_low", "odds_ratio_high"))
    return Dot(label, value, low, high, "" if value is not None else marker_of(row, ODDS) or "[x]")


def _label(one: England, outcome: str) -> str:
    label = one.words.labels.get(("regression.outcome", outcome), outcome.replace("_", " "))
    return label[:1].upper() + label[1:]


def _span(one: England) -> str:
    years = one.periods.complete
    return years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}" if years else ""


def _people(rows: Sequence[Row]) -> str:
    """How many referrals the largest model of a straight line rests on: those of the fifths rest on the same."""
    counts = [
        int(row["people_count"]) for row in rows if kept(row, "people_count") is not None and row["level"] is None
    ]
    return f"{max(counts):,} referrals in the largest model" if counts else ""
