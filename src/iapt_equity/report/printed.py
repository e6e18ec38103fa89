"""What the report prints, beside today's figures: its tables, its clustering and its findings with their verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iapt_equity.report.figures import Column, Dot, DotPanel, Figure, Part, Table, domain_of
from iapt_equity.report.panels import kept
from iapt_equity.report.source import Source
from iapt_equity.report.words import PRINTED_SOURCE, PUBLISHED_SOURCE, Words

Row = Mapping[str, Any]
DASH = "\N{EN DASH}"
YEARS = ("2015-16", "2021-22")
OUTCOMES = ("recovery", "reliable_improvement", "reliable_recovery")
SOURCES = {
    "printed_tables": "Report's tables",
    "published_statistics": "Published statistics",
    "raw_data": "Data of this warehouse",
}
"""Where a finding is looked for, with the heading of its verdicts."""
POOLED = " to "


def dashed(text: str) -> str:
    """Return a span of years as it is printed."""
    return text.replace("-", DASH)


def workforce(source: Source) -> list[Figure]:
    """Tables 1 and 2: the workforce, beside people referred and residents."""
    made = []
    if source.has("workforce_representation"):
        rows = source.rows(
            "select * from workforce_representation where is_latest_year and data_source = 'published_statistics' "
            "order by workforce_percentage desc, ethnic_group"
        )
        columns = (
            Column("workforce_label", "Ethnicity"),
            Column("workforce_percentage", "Workforce, report", "percentage"),
            Column("referral_percentage", "People referred", "percentage", decimals=1),
            Column("census_percentage", "Residents, Census 2021", "percentage", decimals=1),
        )
        if rows:
            caption = f"Workforce, people referred in {dashed(str(rows[0]['financial_year']))} and residents"
            table = Table(caption, columns, tuple(rows))
            title = "Table 1: IAPT workforce ethnic demographics"
            origin = f"{PRINTED_SOURCE}, Table 1; {PUBLISHED_SOURCE}; Office for National Statistics, Census 2021"
            year = str(rows[0]["financial_year"])
            people = f"{int(rows[0]['known_referral_count']):,} people referred with a known ethnic group"
            made.append(Figure("table-1", title, (Part(None, table),), "published", origin, year, people))
    if source.has("report_context"):
        rows = source.rows("select * from report_context where printed_in = 'Table 2' order by figure desc, item")
        two = (Column("item", "Gender"), Column("figure", "%", "number", decimals=1))
        table = Table("IAPT workforce by gender", two, tuple(rows))
        if rows:
            title = "Table 2: IAPT workforce gender demographics"
            made.append(Figure("table-2", title, (Part(None, table),), "printed", PRINTED_SOURCE, "January 2023"))
    return made


def categories(source: Source, words: Words) -> list[Figure]:
    """Table 3: the five groups and the sixteen."""
    if not words.five or not source.has("published_outcomes"):
        return []
    rows = source.rows(
        "select distinct ethnic_category_code, high_level_ethnic_group, ethnic_group from published_outcomes "
        "where ethnic_classification = 'ethnic_group' and ethnic_category_code is not null order by 1, 2, 3"
    )
    columns = (
        Column("ethnic_group", "Ethnic group"),
        Column("high_level_ethnic_group", "High-level group"),
        Column("ethnic_category_code", "Code in the data"),
    )
    table = Table("Sixteen ethnic groups in five", columns, tuple(rows))
    title = "Table 3: Ethnic categories in the minimum data set"
    return [Figure("table-3", title, (Part(None, table),), "printed", PRINTED_SOURCE, "Census of 2001")]


def table_4(source: Source, words: Words) -> list[Figure]:
    """Table 4: access and course of treatment, as printed, and what the published counts say of both together."""
    if not source.has("benchmark_report_table_4"):
        return []
    rows = source.rows("select * from benchmark_report_table_4 order by all")
    by_key = {(row["ethnic_group"], row["financial_year"], row["outcome"]): row for row in rows}
    lines = []
    for group in words.groups:
        line: dict[str, Any] = {"ethnic_group": group}
        for year in YEARS:
            for outcome in ("access", "course_of_treatment"):
                line[f"{outcome} {year}"] = by_key.get((group, year, outcome), {}).get("printed_percentage")
        product = by_key.get((group, YEARS[1], "access"), {})
        line["product"] = product.get("printed_product_percentage")
        line["finished"] = product.get("finished_per_referral_percentage")
        lines.append(line)
    columns = (
        Column("ethnic_group", "Ethnic group"),
        *(
            Column(f"{outcome} {year}", f"{label} {dashed(year)}", "percentage", decimals=2)
            for outcome, label in (("access", "Access"), ("course_of_treatment", "Course of treatment"))
            for year in YEARS
        ),
        Column("product", f"Both together {dashed(YEARS[1])}, printed", "percentage", decimals=2),
        Column("finished", f"Both together {dashed(YEARS[1])}, published counts", "percentage", decimals=2),
    )
    title = "Table 4: Access and course of treatment rates in 2015–16 and 2021–22"
    notes = (
        "The published counts hold no first treatments by ethnic group, so only the two steps together can be checked "
        "against them: finished courses of treatment for every 100 referrals.",
    )
    table = Table("Access and course of treatment rates, as the report prints them", columns, tuple(lines))
    origin = f"{PRINTED_SOURCE}, Table 4; {PUBLISHED_SOURCE}"
    return [Figure("table-4", title, (Part(None, table),), "published", origin, " and ".join(YEARS), "", notes)]


def table_5(source: Source, words: Words) -> list[Figure]:
    """Table 5: outcomes as printed, as computed from the published counts, and in the latest published year."""
    if not source.has("benchmark_report_table_5"):
        return []
    rows = source.rows("select * from benchmark_report_table_5 order by all")
    by_key = {(row["ethnic_group"], row["financial_year"], row["outcome"]): row for row in rows}
    latest, today = _latest_outcomes(source)
    parts = []
    for outcome in OUTCOMES:
        lines = []
        for group in words.groups:
            line: dict[str, Any] = {"ethnic_group": group, "today": today.get((group, outcome))}
            for year in YEARS:
                row = by_key.get((group, year, outcome), {})
                line[f"printed {year}"] = row.get("printed_percentage")
                line[f"computed {year}"] = row.get("computed_percentage")
            lines.append(line)
        columns = (
            Column("ethnic_group", "Ethnic group"),
            *(
                Column(f"{kind} {year}", f"{dashed(year)}, {kind}", "percentage", decimals=1)
                for year in YEARS
                for kind in ("printed", "computed")
            ),
            *((Column("today", f"{dashed(latest)}, published", "percent", decimals=1),) if latest else ()),
        )
        parts.append(Part(None, Table(words.measure(outcome), columns, tuple(lines))))
    title = "Table 5: Differences in outcomes in 2015–16 and 2021–22"
    notes = ("Printed: in the report. Computed: by this project, from the counts that NHS England publishes.",)
    origin = f"{PRINTED_SOURCE}, Table 5; {PUBLISHED_SOURCE}"
    span = f"{YEARS[0]} to {latest}"
    return [Figure("table-5", title, tuple(parts), "published", origin, span, _courses_known(source, latest), notes)]


def _courses_known(source: Source, year: str) -> str:
    """How many courses with a known ethnic group the latest year's recovery is out of."""
    if not year:
        return ""
    rows = source.rows(
        "select sum(denominator_count) as known from published_outcomes where organisation_level = 'national' "
        "and ethnic_classification = 'ethnic_group' and outcome = 'recovery' and financial_year = ?",
        [year],
    )
    known = rows[0]["known"]
    return f"n = {int(known):,} in {dashed(year)}, recovery" if known else ""


def _latest_outcomes(source: Source) -> tuple[str, dict[tuple[str, str], float | None]]:
    if not source.has("published_outcomes"):
        return "", {}
    rows = source.rows(
        "select financial_year, ethnic_group, outcome, best_rate from published_outcomes "
        "where organisation_level = 'national' and ethnic_classification = 'ethnic_group' order by all"
    )
    latest = max((str(row["financial_year"]) for row in rows), default="")
    return latest, {
        (row["ethnic_group"], row["outcome"]): row["best_rate"] for row in rows if row["financial_year"] == latest
    }


def table_6(terms: Sequence[Mapping[str, str]]) -> list[Figure]:
    """Table 6: what each regression model includes, from the rows that the models are fitted by."""
    by_model: dict[str, list[str]] = {}
    for row in sorted(terms, key=lambda row: int(row["term_order"])):
        if row["analysis"] == "outcome":
            by_model.setdefault(row["first_model"], []).append(row["term"].removeprefix("has_").replace("_", " "))
    if not by_model:
        return []
    rows = tuple(
        {"model": f"Model {model}", "terms": ("" if model == min(by_model) else "also ") + ", ".join(names)}
        for model, names in sorted(by_model.items())
    )
    columns = (Column("model", "Model"), Column("terms", "What it includes"))
    notes = ("Model 6 is this project's own: the report's data had no language yet.",) if "6" in by_model else ()
    table = Table("Each model has the terms of those before it", columns, rows)
    title = "Table 6: Regression models"
    return [Figure("table-6", title, (Part(None, table),), "printed", PRINTED_SOURCE, "", "", notes)]


def clustering(source: Source, words: Words, period: str) -> list[Figure]:
    """The share of variation that lies between commissioners, beside what the report prints."""
    if not source.has("variance_components"):
        return []
    rows = source.rows(
        "select * from variance_components where analysis = 'outcome' and model in ('model_1', 'model_5') "
        "order by outcome, model"
    )
    printed = {}
    if source.has("report_clustering"):
        found = source.rows("select * from report_clustering where model = 'model_5' order by outcome, finding_id")
        printed = {str(row["outcome"]): row for row in found}
    by_key = {(str(row["outcome"]), str(row["model"])): row for row in rows}
    lines, dots = [], []
    for outcome in dict.fromkeys(str(row["outcome"]) for row in rows):
        none: Row = {"figure_status": "no_data"}
        before, after = (by_key.get((outcome, model), none) for model in ("model_1", "model_5"))
        said = printed.get(outcome, {})
        label = words.labels.get(("regression.outcome", outcome), outcome.replace("_", " "))
        label = label[:1].upper() + label[1:]
        lines.append(
            {
                "outcome": label,
                "before": before.get("icc"),
                "before_status": before.get("figure_status"),
                "icc": after.get("icc"),
                "icc_low": after.get("icc_low"),
                "icc_high": after.get("icc_high"),
                "figure_status": after.get("figure_status"),
                "cluster_count": after.get("cluster_count"),
                "printed": _range(said),
                "verdict": str(said.get("icc_verdict") or ""),
            }
        )
        value, low, high = (_hundred(kept(after, key)) for key in ("icc", "icc_low", "icc_high"))
        short = label.replace("Proportion of sessions attended", "Sessions attended")
        dots.append(Dot(short, value, low, high, second=_hundred(kept(before, "icc", "figure_status"))))
    if not lines:
        return []
    ends = domain_of([0.0, *(end for dot in dots for end in (dot.value, dot.second, dot.high))], 10.0, (0.0, 100.0))
    heading = "Filled: Model 5, with its interval. Hollow: Model 1"
    panel = DotPanel(heading, tuple(dots), None, "", "Percent of variation between commissioners", ends, "%", 1)
    columns = (
        Column("outcome", "Outcome"),
        Column("before", "Model 1", "percent", status="before_status", decimals=1),
        Column("icc", "Model 5", "percent", status="figure_status", decimals=1),
        Column("icc_low", "95% interval", "percent", status="figure_status", to="icc_high", decimals=1),
        Column("cluster_count", "Commissioners", "count", status="figure_status"),
        Column("printed", "Report"),
        *((Column("verdict", "Beside the report"),) if any(line["verdict"] for line in lines) else ()),
    )
    table = Table("Intra-class correlations of commissioners", columns, tuple(lines))
    title = "Variation between commissioners"
    counts = [int(row["cluster_count"]) for row in rows if kept(row, "cluster_count") is not None]
    people = f"{max(counts):,} commissioners" if counts else ""
    return [Figure("icc", title, (Part(panel, table),), "data", words.source, period, people)]


def _hundred(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _range(said: Row) -> str:
    low, high = said.get("printed_low"), said.get("printed_high")
    if low is None or high is None:
        return ""
    ends = [f"{100 * end:.0f}%" for end in dict.fromkeys((low, high))]
    return "around " + " to ".join(ends)


def findings(source: Source, name: str, title: str, sections: Sequence[str]) -> list[Figure]:
    """The report's findings of some sections, with the verdict of each source today.

    Args:
        source: Where the figures come from.
        name: Name of the figure.
        title: Its title.
        sections: Beginnings of the names of the sections.
    """
    if not source.has("report_findings"):
        return []
    chosen = " or ".join("section like ?" for _ in sections)
    rows = source.rows(
        "select finding_id, page, finding, data_source, period, verdict, comparison_count, holding_count "
        f"from report_findings where {chosen} order by finding_id, data_source, period",
        [f"{section}%" for section in sections],
    )
    lines: dict[str, dict[str, Any]] = {}
    for row in rows:
        line = lines.setdefault(
            row["finding_id"],
            {"finding": row["finding"], "page": row["page"], **dict.fromkeys(SOURCES, "Not looked for")},
        )
        if row["data_source"] in SOURCES:
            # Rows stand by period: the latest single year comes last, and what is pooled over years goes before all.
            kept_row = line.get(f"_{row['data_source']}")
            if kept_row is None or not _is_pooled(kept_row) or _is_pooled(row):
                line[f"_{row['data_source']}"] = row
                line[row["data_source"]] = _verdict(row)
        else:
            line["raw_data"] = _verdict(row)
    if not lines:
        return []
    columns = (
        Column("finding", "The report found"),
        *(
            Column(key, "Synthetic data" if source.is_synthetic and key == "raw_data" else heading)
            for key, heading in SOURCES.items()
        ),
        Column("page", "Page", "count"),
    )
    table = Table("Findings of the report, and whether they hold", columns, tuple(lines.values()))
    notes = (
        "In brackets: how many comparisons point the way that the report says, and when. What is said of every group "
        "does not hold where one of them points the other way. “Cannot be told”: too few people were compared. "
        "Verdicts on published statistics are of real data.",
    )
    return [Figure(name, title, (Part(None, table),), "printed", PRINTED_SOURCE, "", "", notes)]


def _is_pooled(row: Row) -> bool:
    return POOLED in str(row["period"]) or row["period"] == "all years"


def _verdict(row: Row) -> str:
    """The verdict, and in brackets how many comparisons point the way that the report says, and when."""
    verdict = str(row["verdict"])
    count = f"{row['holding_count']} of {row['comparison_count']}" if row["comparison_count"] else ""
    said = ", ".join(part for part in (count, dashed(str(row["period"] or ""))) if part)
    return f"{verdict[:1].upper()}{verdict[1:]}{f' ({said})' if said else ''}"
