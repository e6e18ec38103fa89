"""The figures of England: the report's own, redrawn, and those of the pages beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from iapt_equity.report.areas import Periods
from iapt_equity.report.figures import Column, Figure, Part, Table
from iapt_equity.report.panels import (
    gap_part,
    hundredfold,
    kept,
    level_part,
    padded,
    rate_part,
    trend_part,
)
from iapt_equity.report.source import Source
from iapt_equity.report.words import (
    HIGH_LEVEL_REFERENCE,
    PUBLISHED_SOURCE,
    REFERENCE,
    Words,
)

Row = Mapping[str, Any]
DASH = "\N{EN DASH}"
PUBLISHED_DECIMALS = 1
"""Decimal places of NHS England's own percentages."""

TO_WHITE_BRITISH = (
    f"The gap in the tables is that to {REFERENCE} people; the line beside each group is “White” together."
)
COMMON = "predictions_on_common_sample"
SAME_PEOPLE = "Both models are of the same people: those of whom every model of recovery knows all that it asks."
OWN_ROWS = (
    "Each model is of the people of whom it knows all that it asks, so that Model 5 leaves out some whom Model 1 has. "
    "Recovery of the same people in both would tell, beside the rate published of all, of the few who are left out."
)
WAIT_GAPS = (
    "assessed_within_6_weeks",
    "assessed_within_18_weeks",
    "treated_within_6_weeks",
    "treated_within_18_weeks",
    "second_treatment_after_90_days",
)


class England:
    """Reads England's rows and makes figures of them.

    Args:
        source: Where the figures come from.
        words: Labels and the order of groups.
        periods: The years of the raw data that are shown.
    """

    def __init__(self, source: Source, words: Words, periods: Periods) -> None:
        self.source, self.words, self.periods = source, words, periods

    def rates(self, classification: str, measure: str, period: str | None = None) -> list[dict[str, Any]]:
        """Yearly rates of England by a classification; of one year where it is given."""
        query = (
            "select * from rates where area_level = 'national' and period_kind = 'year' and characteristic = 'all' "
            "and ethnic_classification = ? and measure = ?"
        )
        rows = self.source.rows(query + " order by period, ethnic_group", [classification, measure])
        return [row for row in rows if period is None or row["period"] == period]

    def of_data(
        self,
        name: str,
        title: str,
        parts: Sequence[Part | None],
        period: str,
        people: str = "",
        notes: Sequence[str] = (),
    ) -> list[Figure]:
        """A figure of the raw data, or none where it has no parts."""
        there = tuple(part for part in parts if part is not None)
        people = people or self.referrals()
        figure = Figure(name, title, there, "data", self.words.source, period, people, tuple(notes))
        return [figure] if there else []

    def referrals(self) -> str:
        """How many referrals of the last complete year the figures begin with, as far as it may be said."""
        row = next(iter(self.rates("total", "access", self.periods.latest)), {})
        count = kept(row, "denominator_count", "denominator_status") if row else None
        return "" if count is None else f"{int(count):,} referrals received in {self.periods.latest.replace('-', DASH)}"

    def trend(self, name: str, title: str, measure: str) -> list[Figure]:
        """Rates of the five groups over the years: a panel for each beside the White group."""
        rows = self.rates("high_level_ethnic_group", measure)
        parts = self._five(rows, self.words.measure(measure), self.periods.complete)
        return self.of_data(name, title, parts, _span(self.periods.complete), notes=[TO_WHITE_BRITISH])

    def _five(
        self, rows: Sequence[Row], what: str, years: Sequence[str], decimals: int | None = None
    ) -> list[Part | None]:
        shown = [hundredfold(kept(row, "rate")) for row in rows if row["ethnic_group"] in self.words.five]
        domain = padded(shown)
        return [
            trend_part(
                f"{group}",
                rows,
                group,
                HIGH_LEVEL_REFERENCE,
                years,
                f"{what}, {group}",
                label=group.removesuffix(" or Asian British")
                .removesuffix(" or Black British")
                .removesuffix(" Ethnic Groups"),
                domain=domain,
                decimals=decimals,
            )
            for group in self.words.five
            if group != HIGH_LEVEL_REFERENCE
        ]

    def published_trend(self, name: str, title: str, outcome: str, notes: Sequence[str] = ()) -> list[Figure]:
        """Published rates of the five groups over the years, which are real."""
        if not self.source.has("published_outcomes"):
            return []
        rows = self.source.rows(
            "select financial_year as period, ethnic_group, denominator_count, best_rate as rate, "
            "difference_to_white_british, difference_low, difference_high, "
            "case when best_rate is null then 'no_data' end as figure_status, "
            "case when denominator_count is null then 'no_data' end as denominator_status "
            "from published_outcomes where organisation_level = 'national' and outcome = ? "
            "and ethnic_classification = 'high_level_ethnic_group' order by period, ethnic_group",
            [outcome],
        )
        years = sorted({str(row["period"]) for row in rows})
        parts = tuple(
            part
            for part in self._five(rows, self.words.measure(outcome), years, PUBLISHED_DECIMALS)
            if part is not None
        )
        if not parts:
            return []
        said = (*notes, TO_WHITE_BRITISH)
        return [
            Figure(name, title, parts, "published", PUBLISHED_SOURCE, _span(years), _courses(rows, years[-1]), said)
        ]

    def predicted(self, name: str, title: str, analysis: str, outcome: str) -> list[Figure]:
        """Estimated probability of each group from the model with ethnic group alone."""
        rows = self.predictions(analysis, outcome, "model_1")
        if not rows:
            return []
        columns = (
            Column("ethnic_group", "Ethnic group"),
            Column("prediction", "Probability", "percent", status="figure_status"),
            Column("confidence_low", "95% interval", "percent", status="figure_status", to="confidence_high"),
            Column("difference", "Gap in points", "points", status="figure_status"),
            Column("difference_low", "95% interval of the gap", "points", status="figure_status", to="difference_high"),
        )
        lines = _whole(rows, self.words.groups)
        dots = _dots(lines, "prediction", "confidence_low", "confidence_high")
        table = Table(title, columns, tuple(lines))
        part = level_part(title, dots, table, self.words, unit="Estimated probability", suffix="%", ends=(0.0, 100.0))
        return self.of_data(name, title, [part], _span(self.periods.complete), _observations(rows))

    def predictions(self, analysis: str, outcome: str, model: str) -> list[dict[str, Any]]:
        """Predicted probabilities of the ethnic groups from a single-level model."""
        if not self.source.has("predicted_probabilities"):
            return []
        return self.source.rows(
            "select *, level_label as ethnic_group from predicted_probabilities where analysis = ? and outcome = ? "
            "and model = ? and term = 'ethnic_group' and population = 'single_level' order by level",
            [analysis, outcome, model],
        )

    def predictions_of_the_same_people(self, analysis: str, outcome: str, model: str) -> list[dict[str, Any]]:
        """Predicted probabilities on the rows that every model of the outcome has, where the source may tell them."""
        if not self.source.has(COMMON):
            return []
        return self.source.rows(
            "select level_label as ethnic_group, common_prediction as prediction, common_low as confidence_low, "
            "common_high as confidence_high, common_observation_count as observation_count, "
            "case when common_prediction is null then 'no_data' else 'shown' end as figure_status "
            f"from {COMMON} where analysis = ? and outcome = ? and model = ? order by level",
            [analysis, outcome, model],
        )

    def adjusted(self) -> list[Figure]:
        """Figure 7: recovery before and after adjusting, of the same people where the source may tell them."""
        predictions = self.predictions_of_the_same_people if self.source.has(COMMON) else self.predictions
        first, last = (
            {row["ethnic_group"]: row for row in predictions("outcome", "recovery", model)}
            for model in ("model_1", "model_5")
        )
        if not first or not last:
            return []
        lines = []
        for group in self.words.groups:
            before, after = (
                first.get(group, {"figure_status": "no_data"}),
                last.get(group, {"figure_status": "no_data"}),
            )
            lines.append(
                {
                    "ethnic_group": group,
                    "before": before.get("prediction"),
                    "before_low": before.get("confidence_low"),
                    "before_high": before.get("confidence_high"),
                    "before_status": before.get("figure_status"),
                    "after": after.get("prediction"),
                    "after_low": after.get("confidence_low"),
                    "after_high": after.get("confidence_high"),
                    "figure_status": after.get("figure_status"),
                }
            )
        columns = (
            Column("ethnic_group", "Ethnic group"),
            Column("before", "Model 1", "percent", status="before_status"),
            Column("before_low", "95% interval", "percent", status="before_status", to="before_high"),
            Column("after", "Model 5", "percent", status="figure_status"),
            Column("after_low", "95% interval", "percent", status="figure_status", to="after_high"),
        )
        dots = [
            {**row, "second": hundredfold(kept(row, "before", "before_status"))}
            for row in _dots(lines, "after", "after_low", "after_high")
        ]
        title = "Figure 7: Estimated probability of recovery before and after adjusting"
        table = Table("Estimated probability of recovery, Model 1 and Model 5", columns, tuple(lines))
        part = level_part(
            "Filled: Model 5, with its interval. Hollow: Model 1, ethnic group alone",
            dots,
            table,
            self.words,
            unit="Estimated probability of recovery",
            suffix="%",
            ends=(0.0, 100.0),
        )
        notes = [SAME_PEOPLE if self.source.has(COMMON) else OWN_ROWS]
        people = _observations(last.values())
        return self.of_data("figure-7", title, [part], _span(self.periods.complete), people, notes)

    def first_scores(self, name: str, title: str, characteristic: str) -> list[Figure]:
        """Figure 5: mean first score of those who had a course of treatment."""
        if not self.source.has("presentation"):
            return []
        found = self.source.rows(
            "select * from presentation where area_level = 'national' "
            "and ethnic_classification in ('ethnic_group', 'high_level_ethnic_group') "
            f"and sample = 'course_of_treatment' and {self._whole_period()} and characteristic = ? "
            "and statistic = 'mean' order by ethnic_classification, ethnic_group",
            [characteristic],
        )
        if not found:
            return []
        # What may leave can be known by the five groups alone.
        classification = str(found[0]["ethnic_classification"])
        groups, reference = (
            (self.words.groups, REFERENCE)
            if classification == "ethnic_group"
            else (self.words.five, HIGH_LEVEL_REFERENCE)
        )
        rows = [row for row in found if row["ethnic_classification"] == classification]
        columns = (
            Column("ethnic_group", "Ethnic group"),
            Column("known_count", "People with a score", "count", status="known_status"),
            Column("figure", "Mean", "number", status="figure_status", decimals=1),
            Column("figure_low", "95% interval", "number", status="figure_status", to="figure_high", decimals=1),
        )
        lines = _whole(rows, groups)
        dots = [
            {
                **row,
                "value": kept(row, "figure"),
                "low": kept(row, "figure_low"),
                "high": kept(row, "figure_high"),
            }
            for row in lines
        ]
        table = Table(title, columns, tuple(lines))
        part = level_part(
            title,
            dots,
            table,
            self.words,
            unit="Mean score; lower is less severe",
            decimals=1,
            step=1.0,
            ends=(0.0, 27.0),
            reference=reference,
        )
        known = sum(int(row["known_count"]) for row in rows if kept(row, "known_count", "known_status") is not None)
        note = "The axis does not begin at zero: dots, not bars, carry the score."
        return self.of_data(name, title, [part], str(rows[0]["period"]), f"{known:,} people with a score", [note])

    def _whole_period(self) -> str:
        """All complete years together where the source has them, else the last of them."""
        if "period_kind" in self.source.tables["presentation"]:
            return "period_kind = 'complete_years'"
        return f"period = '{self.periods.latest}'"

    def gaps(self, name: str, title: str, measures: Sequence[str]) -> list[Figure]:
        """Gaps to White British people of several measures, of the last complete year."""
        latest = self.periods.latest
        parts = [
            gap_part(
                self.words.measure(measure),
                self.rates("ethnic_group", measure, latest),
                self.words,
                f"{self.words.measure(measure)} by ethnic group, {latest}",
            )
            for measure in measures
        ]
        return self.of_data(name, title, parts, latest)

    def levels(self, name: str, title: str, measures: Sequence[str]) -> list[Figure]:
        """Rates of several measures by ethnic group, of the last complete year."""
        latest = self.periods.latest
        parts = [
            rate_part(
                self.words.measure(measure),
                self.rates("ethnic_group", measure, latest),
                self.words,
                f"{self.words.measure(measure)} by ethnic group, {latest}",
                "Percent",
            )
            for measure in measures
        ]
        return self.of_data(name, title, parts, latest)

    def published_gap(self, outcome: str, name: str, title: str) -> list[Figure]:
        """Gaps to White British people in the last published year, which are real."""
        if not self.source.has("published_outcomes"):
            return []
        rows = self.source.rows(
            "select financial_year as period, ethnic_group, denominator_count, best_rate as rate, "
            "difference_to_white_british, difference_low, difference_high, "
            "case when best_rate is null then 'no_data' end as figure_status, "
            "case when denominator_count is null then 'no_data' end as denominator_status "
            "from published_outcomes where organisation_level = 'national' and outcome = ? "
            "and ethnic_classification = 'ethnic_group' order by period, ethnic_group",
            [outcome],
        )
        if not rows:
            return []
        year = max(str(row["period"]) for row in rows)
        latest = [row for row in rows if row["period"] == year]
        caption = f"{self.words.measure(outcome)} by ethnic group, {year}"
        part = gap_part(self.words.measure(outcome), latest, self.words, caption, PUBLISHED_DECIMALS)
        parts = () if part is None else (part,)
        return [Figure(name, title, parts, "published", PUBLISHED_SOURCE, year, _courses(latest, year))]

    def by_characteristic(
        self,
        name: str,
        title: str,
        characteristic: str,
        measures: Sequence[str],
        heading: str = "Group",
        labels: Mapping[str, str] | None = None,
    ) -> list[Figure]:
        """Rates of everybody by a characteristic.

        Args:
            name: Name of the figure.
            title: Its title.
            characteristic: The characteristic.
            measures: The measures, one a panel.
            heading: What the values of the characteristic are called.
            labels: What a value is called that does not say it by itself.
        """
        parts: list[Part | None] = []
        latest = self.periods.latest
        for measure in measures:
            rows = self.source.rows(
                "select * from rates where area_level = 'national' and period_kind = 'year' and period = ? "
                "and characteristic = ? and measure = ? and ethnic_classification = 'total' "
                "order by characteristic_value = 'not known', characteristic_value",
                [latest, characteristic, measure],
            )
            if rows:
                named = [
                    {**row, "ethnic_group": (labels or {}).get(value, _capital(value))}
                    for row in rows
                    for value in (str(row["characteristic_value"]),)
                ]
                parts.append(self._values(self.words.measure(measure), named, heading))
        return self.of_data(name, title, parts, latest)

    def _values(self, measure: str, lines: Sequence[Row], heading: str) -> Part:
        columns = (
            Column("ethnic_group", heading),
            Column("denominator_count", "Out of", "count", status="denominator_status"),
            Column("rate", "Rate", "percent", status="figure_status"),
            Column("rate_low", "95% interval", "percent", status="figure_status", to="rate_high"),
        )
        dots = _dots(lines, "rate", "rate_low", "rate_high")
        table = Table(f"{measure}, {self.periods.latest}", columns, tuple(lines))
        return level_part(measure, dots, table, self.words, unit="Percent", suffix="%", ends=(0.0, 100.0))

    def section(self, *made: Callable[[], list[Figure]]) -> list[Figure]:
        """The figures of a page, one after the other."""
        return [figure for make in made for figure in make()]


def _whole(rows: Sequence[Row], groups: Sequence[str]) -> list[dict[str, Any]]:
    """A row for each group in their order, as they are; one without a row has no data."""
    by_group = {str(row["ethnic_group"]): row for row in rows}
    statuses = {"figure_status": "no_data", "known_status": "no_data"}
    return [dict(by_group.get(group) or {"ethnic_group": group, **statuses}) for group in groups]


def _dots(rows: Sequence[Row], figure: str, low: str, high: str) -> list[dict[str, Any]]:
    """Rows with what a dot shows: a share and its interval in percent, as far as they may be said."""
    return [
        {
            **row,
            "value": hundredfold(kept(row, figure)),
            "low": hundredfold(kept(row, low)),
            "high": hundredfold(kept(row, high)),
        }
        for row in rows
    ]


def _span(years: Sequence[str]) -> str:
    return years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}" if years else ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _observations(rows: Any) -> str:
    counts = {int(row["observation_count"]) for row in rows if row.get("observation_count") is not None}
    return f"{max(counts):,} referrals in the model" if counts else ""


def _courses(rows: Sequence[Row], year: str) -> str:
    known = sum(int(row["denominator_count"] or 0) for row in rows if row["period"] == year)
    return f"n = {known:,} in {year.replace('-', DASH)}" if known else ""
