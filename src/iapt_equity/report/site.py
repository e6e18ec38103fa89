"""Writes the static site: pages, style and a CSV file for every figure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iapt_equity.model_cards import read_models
from iapt_equity.report import printed
from iapt_equity.report.areas import LEVELS, ONE, Area, Periods, area_figures, read_areas, read_periods, recording
from iapt_equity.report.catalogue import PLACE, find_catalogue, size_of
from iapt_equity.report.drawing import svg
from iapt_equity.report.england import England
from iapt_equity.report.figures import Column, Figure, Panel, cell, reasons, value_of
from iapt_equity.report.metrics import read_metrics
from iapt_equity.report.pages import Page
from iapt_equity.report.recording import by_provider, of_provider, read_recording
from iapt_equity.report.sections import section_pages
from iapt_equity.report.source import Source
from iapt_equity.report.words import REFERENCE, Words, read_words
from iapt_equity.whole_folders import whole_folder

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

SITE = "Ethnic inequalities in NHS Talking Therapies"
CARDS = Path("docs") / "models"
CODE_BREAK = re.compile(r"(_(?=\w)|[a-z](?=[A-Z][a-z]))")
YEAR = re.compile(r"(\d{4})-(\d{2})\b")

READING = (
    f"A gap is a group's rate less that of {REFERENCE} people in the same area, in percentage points; the line through "
    "a dot is its 95% interval. An interval that crosses the line may be chance. Areas are shown one by one, in the "
    "order of their codes, and not ranked: where few people were seen, intervals are wide."
)


@dataclass(frozen=True)
class Site:
    """What all pages share."""

    source: Source
    words: Words
    periods: Periods
    areas: Sequence[Area]
    project: Path
    catalogue: str | None
    """dbt's documentation of all tables as one page, where it was made."""

    @classmethod
    def of(cls, source: Source, project: Path) -> Site:
        """Read what all pages share."""
        periods = read_periods(source)
        return cls(source, read_words(source), periods, read_areas(source, periods), project, find_catalogue(project))

    @property
    def everywhere(self) -> Area | None:
        """All areas together."""
        return next((area for area in self.areas if area.level == "national"), None)


def environment() -> Environment:
    """Return the templates; everything is escaped that is not drawn here."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("iapt_equity.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    templates.filters["dashed"] = lambda text: YEAR.sub("\\1\N{EN DASH}\\2", str(text))
    templates.filters["breakable"] = breakable
    return templates


def breakable(text: Any) -> Markup:
    """Escape words, with places where a long word of the code may break: after an underscore and within camel case."""
    from markupsafe import Markup, escape

    return Markup(CODE_BREAK.sub(r"\1<wbr>", str(escape(text))))


def terms_of(project: Path) -> Sequence[Mapping[str, str]]:
    """Return the rows of what the regressions include; none where the project is not here."""
    try:
        return read_models(project).terms
    except FileNotFoundError:
        return []


def england_figures(site: Site) -> list[Figure]:
    """Return every figure of the sections and of the first page, each once."""
    england = England(site.source, site.words, site.periods)
    pages = [*section_pages(england, site.everywhere, terms_of(site.project)), _overview(site, england)]
    found: dict[str, Figure] = {}
    for page in pages:
        for figure in page.figures:
            found.setdefault(figure.name, figure)
    return list(found.values())


def all_pages(site: Site) -> Iterator[Page]:
    """Yield the pages, those of the menu first."""
    england = England(site.source, site.words, site.periods)
    yield _overview(site, england)
    yield from section_pages(england, site.everywhere, terms_of(site.project))
    yield _area_list(site)
    yield _quality(site, england)
    yield from _method_pages(site.project)
    yield from _definition_pages(site)
    yield Page("about.html", "How to read these pages", "about.html.j2", label="How to read", is_in_foot=True)
    recorded = read_recording(site.source)
    for area in site.areas:
        rows = recorded.get(area.code, []) if area.level == "provider" else []
        yield _area_page(site, area, of_provider(area, rows, site.words))


def _overview(site: Site, england: England) -> Page:
    figures = (
        *printed.findings(site.source, "findings", "The report's key findings, today", ["Executive summary"]),
        *england.published_gap("recovery", "published-recovery", f"Recovery: gaps to {REFERENCE} people"),
    )
    return Page("index.html", SITE, "index.html.j2", figures, {"glance": _glance(site)}, "Overview")


def _glance(site: Site) -> Figure | None:
    """The rates of everybody together, which stand on the first page too."""
    if site.everywhere is None:
        return None
    figures = area_figures(site.everywhere, None, site.periods, site.words)
    return next((figure for figure in figures if figure.name.endswith("-rates")), None)


def _area_list(site: Site) -> Page:
    levels = [
        (heading, [area for area in site.areas if area.level == level])
        for level, heading in LEVELS.items()
        if any(area.level == level for area in site.areas)
    ]
    return Page("areas.html", "Areas and providers", "areas.html.j2", context={"levels": levels}, label="Areas")


def _area_page(site: Site, area: Area, recorded: Figure | None) -> Page:
    figures = area_figures(area, site.everywhere, site.periods, site.words)
    figures += [recorded] if recorded else []
    context = {
        "kind": ONE[area.level],
        "code": "" if area.level == "national" else area.code,
        "level_heading": LEVELS[area.level],
        "latest": site.periods.latest,
        "reading": READING,
        "has_groups": any(figure.name.endswith("-gaps") for figure in figures),
    }
    return Page(f"areas/{area.slug}.html", area.title, "area.html.j2", tuple(figures), context)


def _quality(site: Site, england: England) -> Page:
    own = recording(site.everywhere, None, site.periods, site.words) if site.everywhere else None
    figures = (
        *printed.categories(england.source, england.words),
        *(() if own is None else (own,)),
        *by_provider(england),
        *printed.findings(site.source, "findings-recording", "What the report found", ["3.2", "3.3", "3.9"]),
    )
    lead = "How ethnicity is recorded, and what that leaves out (section 3.3). Each provider's page shows its own."
    return Page("quality.html", "Data quality", "section.html.j2", figures, {"lead": lead}, "Data quality", True)


def _method_pages(project: Path) -> Iterator[Page]:
    folder = project / CARDS
    cards = sorted(file for file in folder.glob("*.md") if file.name != "README.md")
    texts = {card.stem: card.read_text(encoding="utf-8") for card in cards}
    titles = {stem: text.partition("\n")[0].removeprefix("# ") for stem, text in texts.items()}
    context = {"cards": [(f"methods/{stem.replace('_', '-')}.html", title) for stem, title in titles.items()]}
    yield Page("methods.html", "Methods", "methods.html.j2", context=context, label="Methods", is_in_foot=True)
    for stem, text in texts.items():
        path = f"methods/{stem.replace('_', '-')}.html"
        yield Page(path, titles[stem], "card.html.j2", context={"body": _markdown(_without_note(text))})


def _without_note(text: str) -> str:
    """A card without its title, which heads the page, and without the line on how the file is written."""
    return "\n".join(line for line in text.splitlines()[1:] if not line.startswith("Written by "))


def _markdown(text: str) -> str:
    """Return the HTML of a model card; links to other pages of the project lead nowhere here, so they become words."""
    import mistune

    class Cards(mistune.HTMLRenderer):
        def link(self, text: str, url: str, title: str | None = None) -> str:  # noqa: ARG002 - its signature
            return text

        def codespan(self, text: str) -> str:
            return f"<code>{breakable(text)}</code>"

    made = mistune.create_markdown(renderer=Cards(escape=True), plugins=["table"])(text)
    # Tables of cards are as wide as they are: they scroll in a frame that the keyboard reaches.
    html = str(made).replace("<th>", '<th scope="col">')
    count = html.count("<table>")
    for number in range(1, count + 1):
        frame = (
            f'<div class="scroll" tabindex="0" role="region" aria-label="Table {number} of this page"><table class="w">'
        )
        html = html.replace("<table>", frame, 1)
    return html.replace("</table>", "</table></div>")


def _definition_pages(site: Site) -> Iterator[Page]:
    if not site.source.has("definitions"):
        return
    rows = site.source.rows("select * from definitions order by vocabulary, term")
    metrics = read_metrics(site.project, rows)
    kinds = (
        ("definitions.html", "Definitions of measures", ("measure", "outcome"), "Definitions"),
        ("definitions-codes.html", "Definitions of codes and levels", None, ""),
    )
    named = ("measure", "outcome")
    for path, title, chosen, label in kinds:
        groups: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            if (row["term_kind"] in named) == (chosen is not None):
                groups.setdefault(row["vocabulary"], []).append(row)
        other = "definitions-codes.html" if chosen else "definitions.html"
        context = {"groups": groups, "is_measures": chosen is not None, "other": other, "has_metrics": bool(metrics)}
        yield Page(path, title, "definitions.html.j2", context=context, label=label, is_in_foot=bool(label))
    if metrics:
        yield Page("metrics.html", "Definitions of metrics", "metrics.html.j2", context={"metrics": metrics})


class Writer:
    """Writes pages and the data of their figures.

    Args:
        out: Folder of the site.
        site: What all pages share.
        pages: The pages of the menus.
        templates: The templates.
    """

    def __init__(self, out: Path, site: Site, pages: Sequence[Page], templates: Environment) -> None:
        self.out, self.site, self.templates = out, site, templates
        self.menu = [(page.path, page.label) for page in pages if page.label and not page.is_in_foot]
        self.foot = [(page.path, page.label) for page in pages if page.label and page.is_in_foot]
        self.decimals = site.source.decimals
        self.catalogue = (PLACE, size_of(site.catalogue)) if site.catalogue else None

    def write(self, page: Page) -> None:
        """Write a page and the CSV file of each of its figures."""
        from markupsafe import Markup

        def draw(panel: Panel, name: str) -> Markup:
            return Markup(svg(panel, name))

        def text(row: Mapping[str, Any], column: Column) -> str:
            return cell(row, column, self.decimals)

        html = self.templates.get_template(page.template).render(
            site=SITE,
            title=page.title,
            root=page.root,
            here=page.path,
            menu=[*self.menu, *self.foot],
            menu_foot=self.foot,
            inside=self.site.source.is_inside_secure_place,
            synthetic=self.site.source.is_synthetic,
            figures=page.figures,
            draw=draw,
            cell=text,
            reasons=reasons,
            catalogue=self.catalogue,
            markup=Markup,
            **page.context,
        )
        self.add(page.path, html)
        for figure in page.figures:
            self.add(f"data/{figure.name}.csv", figure_csv(figure))

    def add(self, path: str, text: str) -> None:
        """Write a file of the site."""
        file = self.out / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


def figure_csv(figure: Figure) -> str:
    """Return the rows of a figure's tables, with statuses beside values; what is not shown is its marker.

    Args:
        figure: The figure; tables of several panels follow each other, with the panel's name in a first column.
    """
    tables = [part.table for part in figure.parts if part.table is not None]
    keys: dict[str, Column] = {}
    for table in tables:
        for column in table.columns:
            for key in (column.key, column.to, column.status):
                if key is not None:
                    keys.setdefault(key, column if key != column.status else Column(key, key))
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(["area", "table", *keys, "period", "source"])
    for table in tables:
        for row in table.rows:
            values = [
                value_of(row, column, key) if not _is_status(key, column) else row.get(key) or "shown"
                for key, column in keys.items()
            ]
            writer.writerow([figure.place, table.caption, *values, figure.period, figure.source])
    return lines.getvalue()


def _is_status(key: str, column: Column) -> bool:
    return column.key == key and column.heading == key


def write_site(source: Source, out: Path, project: Path) -> int:
    """Write the site.

    Args:
        source: Where the figures come from.
        out: Folder to write, new, empty or written by this program before.
        project: Folder of ``dbt_project.yml``: the cards of the models, and what they include.

    Returns:
        Number of pages.

    Raises:
        InputError: If the folder holds something else.
    """
    with whole_folder(out, "report") as folder:
        site = Site.of(source, project)
        pages = list(all_pages(site))
        writer = Writer(folder, site, pages, environment())
        for page in pages:
            writer.write(page)
        if site.catalogue:
            writer.add(PLACE, site.catalogue)
        style = resources.files("iapt_equity.report").joinpath("templates", "style.css").read_text(encoding="utf-8")
        (folder / "style.css").write_text(style, encoding="utf-8", newline="\n")
    return len(pages)
