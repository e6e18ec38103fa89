"""The publication as a workbook after the Government Analysis Function's guidance on accessible spreadsheets.

A cover, a list of the sheets and the notes come first; then one marked table a sheet, from a title in the first cell,
without merged cells, blank rows or meaning carried by colour. The same input gives the same bytes.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iapt_equity.report.areas import GAP_MEASURES, read_periods
from iapt_equity.report.errors import ReportError
from iapt_equity.report.figures import REASONS, SHOWN, Column, Kind, value_of
from iapt_equity.report.panels import with_gap_status
from iapt_equity.report.site import SITE
from iapt_equity.report.source import Source
from iapt_equity.report.words import PRINTED_SOURCE, PUBLISHED_SOURCE, Words, read_words

MOST_ROWS = 1_000_000
"""Rows of a sheet, below what the format can hold."""

FIXED_TIME = (1980, 1, 1, 0, 0, 0)
MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(<)")
NAME = "table_{}"
PLACE = (Column("area_level", "Level"), Column("area_code", "Code"), Column("area_name", "Area"))
GROUP = (Column("ethnic_classification", "Classification"), Column("ethnic_group", "Ethnic group"))
RATE = (
    Column("measure_label", "Measure"),
    Column("denominator_count", "Out of", "count", status="denominator_status"),
    Column("rate", "Rate", "percent", status="figure_status"),
    Column("rate_low", "Rate, lower end of the 95% interval", "percent", status="figure_status"),
    Column("rate_high", "Rate, upper end of the 95% interval", "percent", status="figure_status"),
    Column("difference_to_white_british", "Gap to White British in points", "points", status="gap_status"),
    Column("difference_low", "Gap, lower end of the 95% interval", "points", status="gap_status"),
    Column("difference_high", "Gap, upper end of the 95% interval", "points", status="gap_status"),
    Column("why", "Why the rate is not shown"),
)


@dataclass(frozen=True)
class Sheet:
    """A sheet with one table."""

    name: str
    title: str
    source: str
    is_of_data: bool
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, Any]]


def sheets_of(source: Source) -> list[Sheet]:
    """Return the tables of the workbook, those without rows left out."""
    words, latest = read_words(source), read_periods(source).latest
    made = [
        *_findings(source),
        *_published(source, words),
        *_england(source, words),
        *_areas(source, words, latest),
        *_waits(source, words, latest),
        *_definitions(source),
    ]
    return [sheet for sheet in made if sheet.rows]


def _labelled(rows: Iterable[Mapping[str, Any]], words: Words, key: str = "measure") -> list[dict[str, Any]]:
    labelled = []
    for row in rows:
        status = str(row.get("figure_status") or SHOWN)
        why = "" if status == SHOWN else REASONS.get(status, status)
        labelled.append({**with_gap_status(row), "measure_label": words.measure(str(row[key])), "why": why})
    return labelled


def _england(source: Source, words: Words) -> list[Sheet]:
    rows = source.rows(
        "select * from rates where area_level = 'national' and period_kind = 'year' and characteristic = 'all' "
        "order by measure_kind, measure, period, ethnic_classification, ethnic_group"
    )
    columns = (Column("period", "Year"), *GROUP, *RATE)
    title = "Rates of all providers and commissioners together, by year and ethnic group"
    return [Sheet("England rates", title, words.source, True, columns, _labelled(rows, words))]


def _areas(source: Source, words: Words, latest: str) -> list[Sheet]:
    measures = "', '".join(GAP_MEASURES)
    sheets = []
    for level, name in (
        ("region", "Regions"),
        ("icb", "Integrated care boards"),
        ("commissioner", "Commissioners"),
        ("provider", "Providers"),
    ):
        rows = source.rows(
            "select * from rates where area_level = ? and period_kind = 'year' and period = ? "
            f"and characteristic = 'all' and measure in ('{measures}') "
            "and ethnic_classification in ('total', 'minoritised', 'high_level_ethnic_group', 'ethnic_group') "
            "order by area_code, measure_kind, measure, ethnic_classification, ethnic_group",
            [level, latest],
        )
        columns = (*PLACE[1:], *GROUP, *RATE)
        title = f"Rates by ethnic group, {name.lower()}, {latest}"
        sheets.append(Sheet(name, title, words.source, True, columns, _labelled(rows, words)))
    return sheets


def _waits(source: Source, words: Words, latest: str) -> list[Sheet]:
    if not source.has("waits"):
        return []
    rows = source.rows(
        "select * from waits where financial_year = ? "
        "order by area_level, area_code, wait, ethnic_classification, ethnic_group",
        [latest],
    )
    columns = (
        *PLACE,
        *GROUP,
        Column("measure_label", "Wait"),
        Column("ended_wait_count", "Waits that ended", "count", status="ended_wait_status"),
        Column("median_days", "Median days", "days", status="figure_status"),
        Column("lower_quartile_days", "Lower quartile, days", "days", status="figure_status"),
        Column("upper_quartile_days", "Upper quartile, days", "days", status="figure_status"),
        Column("why", "Why the median is not shown"),
    )
    title = f"Waits by area and ethnic group, {latest}"
    return [Sheet("Waits", title, words.source, True, columns, _labelled(rows, words, "wait"))]


def _published(source: Source, words: Words) -> list[Sheet]:
    if not source.has("published_outcomes"):
        return []
    rows = source.rows(
        "select *, outcome as measure, case when best_rate is null then 'no_data' end as figure_status "
        "from published_outcomes where organisation_level = 'national' "
        "order by outcome, financial_year, ethnic_classification, ethnic_group"
    )
    columns = (
        Column("financial_year", "Year"),
        *GROUP,
        Column("measure_label", "Outcome"),
        Column("numerator_count", "Counted", "count"),
        Column("denominator_count", "Out of", "count"),
        Column("best_rate", "Rate", "percent"),
        Column("difference_to_white_british", "Gap to White British in points", "points"),
        Column("difference_low", "Gap, lower end of the 95% interval", "points"),
        Column("difference_high", "Gap, upper end of the 95% interval", "points"),
    )
    title = "Real: published outcomes of England by ethnic group"
    return [Sheet("Published outcomes", title, PUBLISHED_SOURCE, False, columns, _labelled(rows, words))]


def _findings(source: Source) -> list[Sheet]:
    if not source.has("report_findings"):
        return []
    rows = source.rows(
        "select section, page, finding, data_source, period, verdict, comparison_count, holding_count, failing_count "
        "from report_findings order by finding_id, data_source, period"
    )
    columns = (
        Column("finding", "The report found"),
        Column("section", "Section"),
        Column("page", "Page", "count"),
        Column("data_source", "Looked for in"),
        Column("period", "Period"),
        Column("verdict", "Verdict"),
        Column("comparison_count", "Comparisons", "count"),
        Column("holding_count", "That hold", "count"),
        Column("failing_count", "That do not", "count"),
    )
    title = "Findings of the report, and whether they hold"
    return [Sheet("Findings", title, PRINTED_SOURCE, True, columns, rows)]


def _definitions(source: Source) -> list[Sheet]:
    if not source.has("definitions"):
        return []
    rows = source.rows("select * from definitions where term_kind in ('measure', 'outcome') order by vocabulary, term")
    names = ("vocabulary", "term", "term_label", "numerator", "denominator", "exclusions", "rule", "source")
    columns = tuple(Column(name, name.replace("_", " ").capitalize()) for name in names)
    return [Sheet("Definitions", "What each measure counts", "This project", False, columns, rows)]


def write_workbook(source: Source, out: Path) -> int:
    """Write the workbook.

    Args:
        source: Where the figures come from.
        out: File to write, ending in ``.xlsx``.

    Returns:
        Number of sheets.

    Raises:
        ReportError: If the name does not end in ``.xlsx``, or a table has more rows than a sheet can hold.
    """
    from openpyxl import Workbook

    if out.suffix != ".xlsx":
        raise ReportError(f"{out}: the name of a workbook ends in .xlsx")
    sheets = sheets_of(source)
    for sheet in sheets:
        if len(sheet.rows) > MOST_ROWS:
            raise ReportError(f"{sheet.name}: {len(sheet.rows):,} rows are more than a sheet can hold")
    book = Workbook(write_only=True)
    book.properties.title = SITE
    book.properties.creator = "iapt_equity"
    book.properties.language = "en-GB"
    _cover(book, source)
    _contents(book, sheets)
    _notes(book)
    for number, sheet in enumerate(sheets, start=1):
        _write_sheet(book, sheet, number, source)
    held = io.BytesIO()
    book.save(held)
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(out.name + ".unfinished")
    try:
        unfinished.write_bytes(_without_time(held.getvalue()))
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    return len(sheets) + 3


def warnings_of(source: Source, is_of_data: bool = True) -> list[str]:
    """Return what must be said above any table of the raw data."""
    said = []
    if source.is_synthetic and is_of_data:
        said.append("Synthetic data: every person, organisation and area in the data of this warehouse is invented.")
    if source.is_inside_secure_place:
        said.append("Inside the secure place only: nothing here is protected. Do not publish it.")
    return said


def _text_sheet(book: Any, name: str, lines: Sequence[str], width: int) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet(name)
    sheet.column_dimensions["A"].width = width
    for number, line in enumerate(lines):
        cell = WriteOnlyCell(sheet, value=line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if number == 0:
            cell.font = Font(bold=True, size=15)
        sheet.append([cell])


def _cover(book: Any, source: Source) -> None:
    lines = [
        SITE,
        *warnings_of(source),
        "Rates, gaps and waits by ethnic group, after “Ethnic Inequalities in Improving Access to Psychological "
        "Therapies (IAPT)”, National Collaborating Centre for Mental Health, 2023.",
        "Sheet “Contents” lists the tables; sheet “Notes” explains the signs. Each other sheet holds one table.",
        "Published outcomes are real statistics of NHS England, Open Government Licence v3.0.",
    ]
    _text_sheet(book, "Cover", lines, 100)


def _notes(book: Any) -> None:
    lines = [
        "Notes",
        "[c] The number is suppressed, because it is small or because it would tell another that is. "
        "The last column of the table says which.",
        "[x] There are no data.",
        "[z] The number does not apply, as the gap of a group to itself.",
        "Suppressed numbers are never zero. Counts outside England as a whole are rounded.",
        "A gap is a group's rate less that of White British people in the same area and year, in percentage points.",
        "Intervals are 95% intervals. They and the gaps are computed from the numbers shown.",
        "Minoritised ethnic groups are all groups but White British, White Irish and other White backgrounds included.",
    ]
    _text_sheet(book, "Notes", lines, 100)


def _contents(book: Any, sheets: Sequence[Sheet]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet = book.create_sheet("Contents")
    sheet.column_dimensions["A"].width = 28
    sheet.column_dimensions["B"].width = 80
    title = WriteOnlyCell(sheet, value="Contents")
    title.font = Font(bold=True, size=15)
    sheet.append([title])
    rows = [("Sheet", "Table"), ("Notes", "What the signs mean"), *((one.name, one.title) for one in sheets)]
    for number, (name, what) in enumerate(rows):
        cells = [WriteOnlyCell(sheet, value=name), WriteOnlyCell(sheet, value=what)]
        if number == 0:
            for cell in cells:
                cell.font = Font(bold=True)
        else:
            cells[0].hyperlink = Hyperlink(ref=f"A{number + 2}", location=f"'{name}'!A1", display=name)
            cells[0].font = Font(underline="single", color="0B5C8A")
        sheet.append(cells)
    _mark_table(sheet, "contents", ["Sheet", "Table"], 2, len(rows) - 1)


def _mark_table(sheet: Any, name: str, headings: Sequence[str], top: int, count: int) -> None:
    """Mark a range as a table, so that a screen reader announces it and its headings."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.table import Table, TableStyleInfo

    reference = f"A{top}:{get_column_letter(len(headings))}{top + max(count, 1)}"
    table = Table(displayName=name, ref=reference)
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    table._initialise_columns()
    for column, heading in zip(table.tableColumns, headings, strict=True):
        column.name = heading
    with warnings.catch_warnings():
        # The columns are named above, as sheets that are written row by row need it.
        warnings.simplefilter("ignore", UserWarning)
        sheet.add_table(table)


FORMATS: Mapping[Kind, str] = {"count": "#,##0", "days": "0", "points": "0", "percent": "0%"}


def _write_sheet(book: Any, one: Sheet, number: int, source: Source) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(one.name)
    for place, column in enumerate(one.columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = 34 if column.is_text else 16
    title = WriteOnlyCell(sheet, value=f"Table {number}: {one.title}")
    title.font = Font(bold=True, size=14)
    head = [title, f"Source: {one.source}.", "One table. Signs in place of numbers are explained in sheet “Notes”."]
    head += warnings_of(source, one.is_of_data)
    for line in head:
        sheet.append([line])
    headings = []
    for column in one.columns:
        cell = WriteOnlyCell(sheet, value=column.heading)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left" if column.is_text else "right")
        headings.append(cell)
    sheet.append(headings)
    whole = source.decimals == 0 and one.source != PUBLISHED_SOURCE
    for row in one.rows:
        sheet.append([_cell(sheet, row, column, whole) for column in one.columns])
    _mark_table(sheet, NAME.format(number), [column.heading for column in one.columns], len(head) + 1, len(one.rows))


def _cell(sheet: Any, row: Mapping[str, Any], column: Column, is_whole: bool) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    if column.is_text:
        return str(row.get(column.key) or "")
    value = value_of(row, column, column.key)
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, value=value)
        cell.alignment = Alignment(horizontal="right")
        return cell
    cell = WriteOnlyCell(sheet, value=100 * value if column.kind == "points" else value)
    cell.number_format = FORMATS.get(column.kind, "General")
    if not is_whole and column.kind in ("percent", "points"):
        cell.number_format = "0.0%" if column.kind == "percent" else "0.0"
    return cell


def _without_time(content: bytes) -> bytes:
    """Return a workbook without the time at which it was written, so that the same input gives the same bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(held, "w") as new:
        for name in sorted(old.namelist()):
            data = MODIFIED.sub(rb"\g<1>1980-01-01T00:00:00Z\g<3>", old.read(name))
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, data)
    return held.getvalue()
