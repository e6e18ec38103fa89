"""The report: its pages, figures and workbook say what the publication says, and nothing that is hidden."""

from __future__ import annotations

import csv
import errno
import hashlib
import html
import io
import itertools
import json
import math
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, NoReturn

import duckdb
import pytest
import vl_convert

from iapt_equity.cli import main
from iapt_equity.report import exports
from iapt_equity.report.areas import WAITS, read_areas, read_periods, waits
from iapt_equity.report.catalogue import PLACE
from iapt_equity.report.drawing import number, svg, ticks
from iapt_equity.report.figures import (
    Column,
    Dot,
    DotPanel,
    Figure,
    Line,
    LinePanel,
    Part,
    Table,
    around_zero,
    cell,
)
from iapt_equity.report.site import breakable, write_site
from iapt_equity.report.source import Source, open_source
from iapt_equity.report.words import read_words
from iapt_equity.report.workbook import write_workbook
from in_process import PROJECT, environment
from report_pages import PageReader
from warehouses import Warehouse

HIDDEN_COUNT = 987654321
HIDDEN_SHARE = 9876.54321
TRACES = (b"987654", b"987,654", b"9876.54")
"""Digits that a hidden number would leave wherever it was written, as a count, a share or a percentage."""

MOST_BYTES = 300_000

HIDE = f"""
create table publication.rates as
with hidden as (
    select *,
        case
            when area_level <> 'national' and (numerator_count < 5 or denominator_count < 5)
                then 'suppressed_small_number'
            when area_level <> 'national' and denominator_count % 7 = 0 then 'suppressed_to_protect'
            else figure_status
        end as new_status
    from rates
)
select * exclude (new_status) replace (
    case when starts_with(new_status, 'supp') then {HIDDEN_COUNT} else numerator_count end as numerator_count,
    case when starts_with(new_status, 'supp') then new_status else 'shown' end as numerator_status,
    case when starts_with(new_status, 'supp') then {HIDDEN_COUNT} else denominator_count end as denominator_count,
    case when starts_with(new_status, 'supp') then new_status else 'shown' end as denominator_status,
    case when starts_with(new_status, 'supp') then {HIDDEN_SHARE} else round(rate, 2) end as rate,
    case when starts_with(new_status, 'supp') then {HIDDEN_SHARE} else rate_low end as rate_low,
    case when starts_with(new_status, 'supp') then {HIDDEN_SHARE} else rate_high end as rate_high,
    case when starts_with(new_status, 'supp') then {HIDDEN_SHARE} else difference_to_white_british end
        as difference_to_white_british,
    case when starts_with(new_status, 'supp') then {HIDDEN_SHARE} else difference_low end as difference_low,
    case when starts_with(new_status, 'supp') then {HIDDEN_SHARE} else difference_high end as difference_high,
    case when starts_with(new_status, 'supp') then new_status else difference_status end as difference_status,
    new_status as figure_status,
    case when starts_with(new_status, 'supp') then '[c]' else figure_marker end as figure_marker
)
from hidden;
create table publication.event_counts as
select * replace (
    case when area_level <> 'national' and event_count < 5 then {HIDDEN_COUNT} else event_count end as event_count,
    case when area_level <> 'national' and event_count < 5 then 'suppressed_small_number' else 'shown' end
        as figure_status
)
from event_counts;
create table publication.waits as
select * replace (
    case when ended_wait_count < 5 then {HIDDEN_COUNT} else ended_wait_count end as ended_wait_count,
    case when ended_wait_count < 5 then 'suppressed_small_number' else 'shown' end as ended_wait_status,
    case when ended_wait_count < 5 then {HIDDEN_COUNT} else median_days end as median_days,
    case when ended_wait_count < 5 then {HIDDEN_COUNT} else lower_quartile_days end as lower_quartile_days,
    case when ended_wait_count < 5 then {HIDDEN_COUNT} else upper_quartile_days end as upper_quartile_days,
    case when ended_wait_count < 5 then 'suppressed_small_number' else figure_status end as figure_status
)
from waits;
"""
"""A publication of the marts whose hidden cells still hold a number, which no schema would: it must not come out."""

SOME_AREAS = "area_level in ('national', 'region', 'icb') or area_code < 'Z15'"
"""Five commissioners and five providers stand for all."""

AS_THEY_ARE = (
    *(
        "definitions",
        "presentation",
        "estimates",
        "predicted_probabilities",
        "variance_components",
        "report_clustering",
    ),
    *("published_outcomes", "report_findings", "report_context", "workforce_representation"),
    *("benchmark_report_table_4", "benchmark_report_table_5", "ethnicity_recording"),
)


@dataclass(frozen=True)
class Built:
    """A publication and the site made of it."""

    warehouse: Path
    folder: Path

    @property
    def pages(self) -> dict[str, Path]:
        files = sorted(file for file in self.folder.rglob("*.html") if file != self.folder / PLACE)
        return {file.relative_to(self.folder).as_posix(): file for file in files}

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(query, parameters).fetchall()


@pytest.fixture(scope="module")
def built(whole_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("report")
    warehouse = folder / "published.duckdb"
    marts = open_source(whole_warehouse.file, inside_secure_place=True)
    with duckdb.connect(str(warehouse)) as new:
        new.execute("create schema publication")
        for table in ("rates", "event_counts", "waits", *AS_THEY_ARE):
            some = f" where {SOME_AREAS}" if table not in AS_THEY_ARE else ""
            new.register("held", marts.connection.sql(f"from temp.{table}{some}").to_arrow_table())
            place = f"table publication.{table}" if table in AS_THEY_ARE else f"temp table {table}"
            new.execute(f"create {place} as from held")
        new.execute(HIDE)
    marts.connection.close()
    write_site(opened(warehouse), folder / "site", PROJECT)
    return Built(warehouse, folder / "site")


def opened(warehouse: Path, **options: bool) -> Source:
    return open_source(warehouse, **options)


@pytest.fixture(scope="module")
def read(built: Built) -> dict[str, PageReader]:
    return {name: PageReader(file) for name, file in built.pages.items()}


@pytest.fixture(scope="module")
def book(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("workbook") / "book.xlsx"
    assert write_workbook(opened(built.warehouse), file) == 12
    return file


# --------------------------------------------------------------------------------------------------- what the site is


def test_every_area_has_a_page(built: Built) -> None:
    areas = built.rows("select distinct area_level, lower(area_code) from publication.rates")
    assert len(areas) >= 12
    expected = {f"areas/{level}-{code}.html" for level, code in areas}
    assert {name for name in built.pages if name.startswith("areas/")} == expected


def test_the_report_s_figures_and_tables_are_there(built: Built, read: dict[str, PageReader]) -> None:
    titles = " ".join(words for page in read.values() for _, words in page.headings)
    for figure in ("1", "2", "3", "4", "5 (a)", "5 (b)", "6 (a)", "6 (b)", "6 (c)", "7"):
        assert f"Figure {figure}:" in titles
    for table in range(1, 7):
        assert f"Table {table}:" in titles
    assert "Variation between commissioners" in titles


def test_every_link_resolves_and_nothing_is_loaded_from_elsewhere(built: Built, read: dict[str, PageReader]) -> None:
    checked = 0
    for name, page in read.items():
        assert page.loaded == ["../" * name.count("/") + "style.css"]
        for link in page.links:
            assert not re.match(r"[a-z]+:|//", link), f"{name}: {link} leads out of the site"
            path, _, fragment = link.partition("#")
            target = (built.folder / name).parent / path if path else built.folder / name
            assert target.is_file(), f"{name}: {link}"
            if fragment:
                other = read[target.resolve().relative_to(built.folder.resolve()).as_posix()]
                assert fragment in other.identifiers, f"{name}: {link}"
            checked += 1
    assert checked > 500
    style = (built.folder / "style.css").read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_a_page_is_small_and_needs_no_script(built: Built, read: dict[str, PageReader]) -> None:
    for name, file in built.pages.items():
        assert file.stat().st_size < MOST_BYTES, name
        assert not {"script", "iframe", "object", "img"} & set(read[name].elements), name


def test_pages_are_built_as_readers_of_screens_need_them(read: dict[str, PageReader]) -> None:
    for name, page in read.items():
        assert page.language == "en-GB"
        levels = [level for level, _ in page.headings]
        assert levels.count(1) == 1, name
        assert levels[0] == 1, name
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), name
        assert all(words.strip() for _, words in page.headings), name
        assert page.links[0] == "#main", name
        assert "main" in page.identifiers, name
        assert {"header", "nav", "main", "footer"} <= set(page.elements), name
        assert len(page.identifiers) == len(set(page.identifiers)), name
        for drawing in page.drawings:
            assert drawing == {"role=img", "title", "desc"}, name
        for table in page.tables:
            assert all(scope in {"col", "row"} for tag, scope in table.cells if tag == "th"), name
    tables = [table for name, page in read.items() if name.startswith("areas/") for table in page.tables]
    assert all(table.caption for table in tables)


def test_the_same_input_gives_the_same_bytes(built: Built, tmp_path: Path) -> None:
    write_site(opened(built.warehouse), tmp_path / "again", PROJECT)
    assert hashes(tmp_path / "again") == hashes(built.folder)


def hashes(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


# ------------------------------------------------------------------------------------------------- what the pages say


def as_shown(value: float | None, status: str, unit: str) -> str:
    """A figure as a reader must see it, said once more: markers, whole percentages, half away from zero."""
    if status != "shown":
        return {"no_data": "[x]", "not_applicable": "[z]"}.get(status, "[c]")
    assert value is not None
    if unit == "count":
        return f"{int(value):,}"
    exact = (Decimal(str(value)) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return ("\N{MINUS SIGN}" if exact < 0 else "") + str(abs(exact)) + ("%" if unit == "percent" else "")


def test_every_gap_on_every_area_s_page_is_its_row_of_the_publication(
    built: Built, read: dict[str, PageReader]
) -> None:
    compared, hidden = compare_gaps(built, read)
    assert compared > 400
    assert hidden > 100


def test_the_pages_show_the_publication_of_the_build(whole_warehouse: Warehouse, tmp_path: Path) -> None:
    with environment(IAPT_EQUITY_DB=str(whole_warehouse.file)):
        assert main(["report", "--out", str(tmp_path / "site"), "--project", str(PROJECT)]) == 0
    own = Built(whole_warehouse.file, tmp_path / "site")
    read = {name: PageReader(file) for name, file in own.pages.items()}
    compared, _ = compare_gaps(own, read)
    # England's 16 groups.
    assert compared > 50
    assert not any("Inside the secure place only." in page.text for page in read.values())


def compare_gaps(built: Built, read: dict[str, PageReader]) -> tuple[int, int]:
    """Holds every gap on the pages of areas to its row; returns how many there were, and how many of them hidden."""
    labels = dict(
        built.rows(
            "select term, any_value(term_label) from publication.definitions "
            "where vocabulary in ('access_rates.measure', 'outcome_rates.measure', 'wait_rates.measure') group by 1"
        )
    )
    [(latest,)] = built.rows(
        "select max(period) from publication.rates where is_complete and measure = 'access' and period_kind = 'year'"
    )
    compared, hidden = 0, 0
    for row in built.rows(
        "select area_level, lower(area_code), measure, ethnic_group, denominator_count, denominator_status, rate, "
        "figure_status, difference_to_white_british, difference_low, difference_high, difference_status "
        "from publication.rates where period = ? and characteristic = 'all' "
        "and (ethnic_classification = 'ethnic_group' "
        "or (ethnic_classification = 'high_level_ethnic_group' and (area_level, area_code) not in ("
        "select (area_level, area_code) from publication.rates where ethnic_classification = 'ethnic_group'))) "
        "and measure in ('access', 'course_of_treatment', 'recovery', 'reliable_recovery', 'dropout') "
        "and not starts_with(ethnic_group, 'Not stated')",
        latest,
    ):
        level, code, measure, group, count, count_status, rate, status, gap, low, high, gap_status = row
        caption = f"{labels[measure]} by ethnic group, {latest.replace('-', chr(0x2013))}"
        [table] = [one for one in read[f"areas/{level}-{code}.html"].tables if one.caption == caption]
        [line] = [line for line in table.rows if line[0] == group]
        interval = as_shown(low, gap_status, "points")
        if gap_status == "shown":
            interval += f" to {as_shown(high, gap_status, 'points')}"
        expected = [group, as_shown(count, count_status, "count"), as_shown(rate, status, "percent")]
        assert line == [*expected, as_shown(gap, gap_status, "points"), interval], f"{level} {code} {measure}"
        compared += 1
        hidden += status.startswith("supp")
    return compared, hidden


def test_no_hidden_number_comes_out(built: Built, book: Path) -> None:
    hidden = built.rows("select count(*) from publication.rates where starts_with(figure_status, 'supp')")
    assert hidden[0][0] > 500
    with zipfile.ZipFile(book) as packed:
        written = {name: packed.read(name) for name in packed.namelist()}
    for file in built.folder.rglob("*"):
        if file.is_file():
            written[str(file)] = file.read_bytes()
    assert len(written) > 150
    found = [name for name, content in written.items() if any(trace in content for trace in TRACES)]
    assert found == []


def test_own_group_density_is_its_rows_of_the_regressions(
    whole_warehouse: Warehouse, read: dict[str, PageReader]
) -> None:
    tables = {table.caption: table for table in read["density.html"].tables}
    rows = whole_warehouse.rows(
        "select outcome, level, odds_ratio, odds_ratio_low, odds_ratio_high, level_observation_count "
        "from regression.own_group_density_estimates where addition = 'own_group_density_fifths' "
        "and term = 'own_group_density_fifth' and estimator = 'logistic_multilevel' and model = 'model_2'"
    )
    assert len(rows) >= 20
    for outcome, level, ratio, low, high, count in rows:
        label = outcome.replace("_", " ").capitalize()
        [line] = [row for row in tables[f"{label} by fifth of own-group density"].rows if row[0][6] == level]
        if ratio is None:
            assert set(line[2:]) == {"[x]"}
        else:
            ends = [f"{Decimal(repr(end)).quantize(Decimal('0.01'), ROUND_HALF_UP)}" for end in (ratio, low, high)]
            assert line[1:] == [f"{count:,}", ends[0], f"{ends[1]} to {ends[2]}"]
    assert any(caption.startswith("Accessed the service, ") for caption in tables)


def test_density_by_group_is_told_in_steps_of_the_group(
    whole_warehouse: Warehouse, read: dict[str, PageReader]
) -> None:
    """Ten points more of a group that nowhere makes up two gave odds of billions; a step of the group does not."""
    tables = {table.caption: table for table in read["density.html"].tables}
    rows = whole_warehouse.rows(
        "select outcome, level_label, level_deviation, unit, slope, confidence_low, confidence_high, "
        "level_observation_count from regression.own_group_density_slopes where estimator = 'logistic_multilevel'"
    )
    assert len(rows) == 6 * 16
    shown = 0
    for outcome, group, deviation, unit, slope, low, high, count in rows:
        label = outcome.replace("_", " ").capitalize()
        table = tables[f"{label} by own-group density in each ethnic group"]
        [line] = [row for row in table.rows if row[0] == group]
        if slope is None:
            assert set(line[1:]) == {"[x]"}
            continue
        odds = [math.exp(one * deviation / unit) for one in (slope, low, high)]
        ratio, *ends = (f"{two_places(one):,}" if one <= 1_000 else "over 1,000" for one in odds)
        assert line[1:] == [f"{two_places(100 * deviation)} percentage points", f"{count:,}", ratio, " to ".join(ends)]
        shown += 1
    assert shown > 40


def two_places(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_recording_by_provider_is_that_of_the_last_month(
    whole_warehouse: Warehouse, read: dict[str, PageReader]
) -> None:
    rows = whole_warehouse.rows(
        "select provider_code, record_count, valid_count, not_stated_count, not_known_count, invalid_count, "
        "missing_count, strftime(reporting_month, '%B %Y') from quality.ethnicity_recording "
        "where reporting_month = (select max(reporting_month) from quality.ethnicity_recording) order by 1"
    )
    [table] = [table for table in read["quality.html"].tables if table.caption.endswith("by provider")]
    assert rows[0][-1] in table.caption
    assert len(rows) > 10
    assert table.rows == [
        [code, f"{count:,}", *(as_shown(part / count, "shown", "percent") for part in parts)]
        for code, count, *parts, _ in rows
    ]


def test_recording_of_a_provider_is_that_of_its_last_twelve_months(
    whole_warehouse: Warehouse, read: dict[str, PageReader]
) -> None:
    page = next(name for name in read if name.startswith("areas/provider-"))
    rows = whole_warehouse.rows(
        "select strftime(reporting_month, '%B %Y'), record_count, valid_count from quality.ethnicity_recording "
        f"where lower(provider_code) = '{page.removeprefix('areas/provider-').removesuffix('.html')}' "
        "qualify dense_rank() over (order by reporting_month desc) <= 12 order by reporting_month"
    )
    [table] = [table for table in read[page].tables if table.caption.startswith("Ethnicity in the records of ")]
    assert len(rows) == 12
    assert [row[:3] for row in table.rows] == [
        [month, f"{count:,}", as_shown(part / count, "shown", "percent")] for month, count, part in rows
    ]


def test_waits_of_everybody_stand_where_no_ethnic_groups_may_leave(built: Built) -> None:
    source = opened(built.warehouse)
    periods, words = read_periods(source), read_words(source)
    area = next(area for area in read_areas(source, periods) if area.level == "provider")
    area.waits = {key: rows for key, rows in area.waits.items() if key[1] == "total"}
    figure = waits(area, periods, words)
    assert figure is not None
    [part] = figure.parts
    assert part.table is not None
    found = [tuple(cell(row, column, 0) for column in part.table.columns[1:3]) for row in part.table.rows]
    rows = built.rows(
        "select ended_wait_count, ended_wait_status, median_days, figure_status from publication.waits "
        "where area_level = 'provider' and area_code = ? and ethnic_classification = 'total' and financial_year = ? "
        "order by array_position(?, wait)",
        *(area.code, periods.latest, list(WAITS)),
    )
    assert len(rows) == 3
    assert found == [
        (f"{count:,}" if count_status == "shown" else "[c]", f"{median:.0f}" if status == "shown" else "[c]")
        for count, count_status, median, status in rows
    ]


def test_every_metric_of_the_project_is_defined(
    manifest: dict[str, dict[str, Any]], built: Built, read: dict[str, PageReader]
) -> None:
    named = {
        metric["name"]: metric["label"]
        for metric in manifest["metrics"].values()
        if metric["original_file_path"].endswith("__metrics.yml")
    }
    assert len(named) > 50
    assert {words for level, words in read["metrics.html"].headings if level == 2} == set(named.values())
    text = (built.folder / "metrics.html").read_text(encoding="utf-8")
    assert all(f'id="{name}"' in text for name in named)
    assert "metrics.html" in read["definitions.html"].links
    # A metric of one measure says what that counts, in the words of the dictionary.
    [(numerator, denominator)] = built.rows(
        "select numerator, denominator from publication.definitions "
        "where vocabulary = 'outcome_rates.measure' and term = 'recovery'"
    )
    own = text[text.index('id="recovery_rate"') : text.index('id="recovery_gap"')]
    assert numerator in html.unescape(own)
    assert denominator in html.unescape(own)


def test_a_section_without_figures_says_why(built: Built, tmp_path: Path) -> None:
    """Where nothing crossed with a characteristic leaves, and without the census, which gives density."""
    bare = tmp_path / "bare.duckdb"
    shutil.copy(built.warehouse, bare)
    with duckdb.connect(str(bare)) as connection:
        connection.execute("delete from publication.rates where characteristic <> 'all'")
        connection.execute("delete from publication.presentation")
        connection.execute("delete from publication.estimates where starts_with(term, 'own_group_density')")
    write_site(opened(bare), tmp_path / "site", PROJECT)
    for name, said in (
        ("density.html", "census_small_areas"),
        ("language.html", "publication_scope"),
        ("presentation.html", "Figure 5"),
    ):
        page = PageReader(tmp_path / "site" / name)
        assert said in page.text, name
        assert page.drawings == [], name
        assert name in PageReader(tmp_path / "site" / "index.html").links


def test_the_catalogue_of_dbt_is_taken_along_without_the_folders_of_the_machine(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBT_TARGET_PATH", raising=False)
    project = tmp_path / "secret_place"
    (project / "target").mkdir(parents=True)
    node = {
        "root_path": str(project),
        "build_path": f"{project}/target/run/x.sql",
        "compiled_path": "target/compiled/x.sql",
        "compiled_code": 'select 1 as "of here"',
        "description": f'One row a year. "root_path": {project}/models',
    }
    page = f"<script>n={{manifest:{json.dumps({'nodes': {'model.x': node}})},catalog:{{}}}}</script>"
    (project / "target" / "static_index.html").write_text(page, encoding="utf-8")
    write_site(opened(built.warehouse), tmp_path / "site", project)
    text = (tmp_path / "site" / PLACE).read_text(encoding="utf-8")
    kept = json.loads(text[text.index("manifest:") + 9 : text.rindex(",catalog")])["nodes"]["model.x"]
    assert {name: value for name, value in kept.items() if value} == {
        "description": 'One row a year. "root_path": models'
    }
    assert "secret_place" not in text
    definitions = PageReader(tmp_path / "site" / "definitions.html")
    assert PLACE in definitions.links
    assert "0.1 MB" in definitions.text


def test_long_words_of_the_code_can_break(built: Built) -> None:
    text = (built.folder / "methods" / "outcomes.html").read_text(encoding="utf-8")
    assert "<code>reliable_<wbr>deterioration</code>" in text
    assert "do not edit" not in text
    assert "<wbr>" in (built.folder / "definitions-codes.html").read_text(encoding="utf-8")
    assert breakable("a_b <i> AgoraAlone") == "a_<wbr>b &lt;i&gt; Agora<wbr>Alone"


def test_what_is_hidden_is_marked_with_the_reason(built: Built, read: dict[str, PageReader]) -> None:
    page = read["areas/" + next(name for name in built.pages if "provider" in name).removeprefix("areas/")]
    assert re.search(r"\[c\] small number: \d+ cells", page.text)
    assert re.search(r"\[c\] protects another number: \d+ cell", page.text)
    file = next((built.folder / "data").glob("provider-*-gaps.csv"))
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    marked = [row for row in rows if row["rate"] == "[c]"]
    assert marked
    assert {row["figure_status"] for row in marked} <= {"suppressed_small_number", "suppressed_to_protect"}
    assert {row["figure_status"] for row in rows if row["rate"] not in {"[c]", "[x]"}} == {"shown"}


def test_every_figure_has_its_file_its_source_and_its_period(built: Built, read: dict[str, PageReader]) -> None:
    for name, page in read.items():
        figures = [link for link in page.links if link.endswith(".csv")]
        assert len(figures) == page.text.count("Source: "), name
        for link in figures:
            file = ((built.folder / name).parent / link).resolve()
            rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))
            assert len(rows) > 1, link
            assert rows[0][-2:] == ["period", "source"]
            assert all(len(row) == len(rows[0]) and row[-1] for row in rows), link


def test_synthetic_figures_are_apart_from_real_ones(built: Built, read: dict[str, PageReader], tmp_path: Path) -> None:
    for name, page in read.items():
        assert "Every person, organisation and area in figures marked “Synthetic data” is invented" in page.text, name
        assert "Inside the secure place only." not in page.text, name
        is_area = name.startswith("areas/")
        assert ('class="badge real"' in built.pages[name].read_text(encoding="utf-8")) <= (not is_area), name
    assert "Real: England, published statistics" in read["index.html"].text
    write_site(opened(built.warehouse, synthetic=False), tmp_path / "real", PROJECT)
    assert "Synthetic" not in PageReader(tmp_path / "real" / "index.html").text


def test_synthetic_data_are_known_though_england_alone_may_leave(whole_warehouse: Warehouse, tmp_path: Path) -> None:
    """No name of an area in what leaves says that it is invented."""
    england = tmp_path / "england.duckdb"
    shutil.copy(whole_warehouse.file, england)
    with duckdb.connect(str(england)) as connection:
        connection.execute("delete from publication.rates where area_level <> 'national'")
        names = connection.execute("select distinct area_name from publication.rates").fetchall()
    assert len(names) == 1
    assert "fictional" not in str(names[0]).lower()
    assert open_source(england).is_synthetic


# ------------------------------------------------------------------------------------- inside the secure place, alone


def test_inside_the_secure_place_every_page_says_so_and_shows_the_marts(
    whole_warehouse: Warehouse, tmp_path: Path
) -> None:
    with environment(IAPT_EQUITY_DB=str(whole_warehouse.file)):
        words = ["report", "--out", str(tmp_path / "inside"), "--project", str(PROJECT), "--inside-secure-place"]
        assert main(words) == 0
    site = Built(whole_warehouse.file, tmp_path / "inside")
    pages = {name: PageReader(file) for name, file in site.pages.items()}
    assert len(pages) > 50
    assert all("Inside the secure place only." in page.text for page in pages.values())
    for file in (tmp_path / "inside" / "data").glob("provider-*.csv"):
        assert "not protected, inside the secure place only" in file.read_text(encoding="utf-8"), file.name
    [(label, rate)] = whole_warehouse.rows(
        "select term_label, rate from marts.outcome_rates inner join marts.definitions on measure = term "
        "where vocabulary = 'outcome_rates.measure' and measure = 'recovery' and area_level = 'national' "
        "and ethnic_classification = 'total' and financial_year = "
        "(select max(financial_year) from marts.access_rates where area_level = 'national' and is_complete)"
    )
    [table] = [one for one in pages["areas/national-england.html"].tables if one.caption.startswith("Rates,")]
    [line] = [line for line in table.rows if line[0] == label]
    assert line[2] == f"{100 * rate:.1f}%"
    # Figure 7 compares models of the same people, which is not what each model says of its own.
    rows = whole_warehouse.rows(
        "select level_label, model, common_prediction, own_prediction from regression.predictions_on_common_sample "
        "where outcome = 'recovery' and model in ('model_1', 'model_5') and common_prediction is not null"
    )
    [table] = [one for one in pages["outcomes.html"].tables if one.caption.endswith("Model 1 and Model 5")]
    shown = {(line[0], model): line[place] for line in table.rows for model, place in (("model_1", 1), ("model_5", 3))}
    told = {(group, model): f"{100 * common:.1f}%" for group, model, common, _ in rows}
    assert {key: shown[key] for key in told} == told
    assert any(told[group, model] != f"{100 * own:.1f}%" for group, model, _, own in rows)


def test_what_stops_a_report_is_said_in_one_line(
    built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    empty = tmp_path / "empty.duckdb"
    duckdb.connect(str(empty)).close()
    for warehouse, out, said in (
        (tmp_path / "none.duckdb", tmp_path / "a", "there is no such warehouse"),
        (empty, tmp_path / "a", "holds no schema publication"),
        (built.warehouse, tmp_path / "mine", "it holds something else"),
    ):
        with environment(IAPT_EQUITY_DB=str(warehouse)):
            assert main(["report", "--out", str(out)]) == 1
        error = capsys.readouterr().err
        assert said in error
        assert error.count("\n") == 1
    assert (tmp_path / "mine" / "letter.txt").exists()
    with environment(IAPT_EQUITY_DB=str(built.warehouse)):
        assert main(["workbook", "--out", str(tmp_path / "book.csv")]) == 1


# ------------------------------------------------------------------------------------------------ figures and workbook


def test_figures_are_written_as_drawings_with_their_data(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = exports.england_figures
    chosen = {"figure-1", "figure-7", "published-recovery"}
    monkeypatch.setattr(
        exports, "england_figures", lambda site: [figure for figure in every(site) if figure.name in chosen]
    )
    assert exports.write_figures(opened(built.warehouse), tmp_path / "figures", PROJECT) == 3
    for name in chosen:
        drawing = (tmp_path / "figures" / f"{name}.svg").read_text(encoding="utf-8")
        assert ("Synthetic data" in drawing) == (name != "published-recovery")
        assert ("Published statistics" in drawing) == (name == "published-recovery")
        assert (tmp_path / "figures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert (tmp_path / "figures" / f"{name}.csv").stat().st_size > 100


def test_the_same_input_gives_the_same_workbook(built: Built, book: Path, tmp_path: Path) -> None:
    write_workbook(opened(built.warehouse), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == book.read_bytes()


def test_the_workbook_is_one_that_a_screen_reader_can_walk(book: Path) -> None:
    from openpyxl import load_workbook

    written = load_workbook(book)
    assert written.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    assert "Synthetic data" in str(written["Cover"]["A2"].value)
    listed = {row[0].value for row in written["Contents"].iter_rows(min_row=3)}
    assert listed == set(written.sheetnames) - {"Cover", "Contents"}
    for sheet in written.worksheets:
        assert sheet.merged_cells.ranges == set()
        assert sheet["A1"].value
        assert len(sheet.tables) == (sheet.title not in {"Cover", "Notes"})
        for table in sheet.tables.values():
            head, *rows = sheet[table.ref]
            assert [column.name for column in table.tableColumns] == [one.value for one in head]
            assert len(rows) == sheet.max_row - head[0].row
            assert all(row[0].value is not None for row in rows)
    rates = written["Commissioners"]
    [table] = rates.tables.values()
    head, *rows = rates[table.ref]
    place = [one.value for one in head].index("Rate")
    assert {row[place].value for row in rows if isinstance(row[place].value, str)} <= {"[c]", "[x]"}
    assert any(row[place].value == "[c]" and row[-1].value == "small number" for row in rows)


def test_a_build_does_not_pay_for_the_libraries_of_the_report() -> None:
    code = (
        "import sys, iapt_equity.cli, iapt_equity.inputs.plugin; "
        "print({'altair', 'vl_convert', 'openpyxl', 'mistune'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


# ----------------------------------------------------------------------------------------------------------- drawings


def test_a_line_breaks_where_a_year_is_hidden() -> None:
    line = Line("Minoritised", (40.0, None, 44.0), ("", "[c]", ""))
    drawn = svg(LinePanel("Recovery", ("a", "b", "c"), (line,), "Percent", (30.0, 50.0), "%"), "x")
    [path] = re.findall(r'<path d="([^"]+)" class="l"', drawn)
    assert path.count("M") == 2
    assert "L" not in path
    assert ">[c]</text>" in drawn


def test_the_last_known_year_is_named_where_it_stands() -> None:
    """At the end of the axis the figure of an earlier year would be read as the last year's."""
    years, axis = ("a", "b", "c"), (30.0, 50.0)

    def words_at(*values: float | None) -> float:
        line = Line("White", values, ("",) * 3, is_reference=True)
        drawn = svg(LinePanel("Recovery", years, (line,), "Percent", axis, "%"), "x")
        [x] = re.findall(r'<text x="([^"]+)"[^>]*>White 44%<', drawn)
        # A line of one year alone is a stroke, else there would be nothing to see.
        assert drawn.count('class="r"') == (1 if values[0] is None or values[1] is None else 0)
        return float(x)

    assert words_at(None, 44.0, None) < words_at(None, None, 44.0)
    assert words_at(40.0, 44.0, None) == words_at(None, 44.0, None)


def test_a_hidden_dot_is_a_marker_and_an_interval_beyond_the_axis_ends_in_an_arrow() -> None:
    dots = (Dot("Irish", -3.0, -30.0, 4.0), Dot("Chinese", None, None, None, "[c]"))
    drawn = svg(DotPanel("Recovery", dots, 0.0, "White British", "Points", (-10.0, 10.0)), "x")
    assert drawn.count("<circle") == 1
    assert drawn.count('class="i"') == 1
    assert len(re.findall(r'<path d="M6.0 [^"]+z" class="f"', drawn)) == 1
    assert ">[c]</text>" in drawn
    assert ">\N{MINUS SIGN}3</text>" in drawn


def test_numbers_and_axes() -> None:
    assert number(-0.4) == "0"
    assert number(-2.5) == "\N{MINUS SIGN}3"
    assert ticks((-20, 20)) == [-20, -10, 0, 10, 20]
    assert ticks((0, 100)) == [0, 25, 50, 75, 100]
    assert around_zero([-3.0, 2.0], [-9.0, 8.0]) == (-10.0, 10.0)
    assert around_zero([-70.0], [-90.0]) == (-100.0, 100.0)
    row = {"rate": 0.125, "low": -0.005, "high": 0.3, "figure_status": "shown"}
    assert cell(row, Column("rate", "Rate", "percent", status="figure_status"), 0) == "13%"
    assert cell(row, Column("low", "Gap", "points", to="high"), 0) == "\N{MINUS SIGN}1 to 30"
    assert (
        cell(
            {**row, "figure_status": "suppressed_to_protect"}, Column("rate", "", "percent", status="figure_status"), 0
        )
        == "[c]"
    )


@pytest.mark.parametrize("ratio", [1_000.01, 2.7e33, float("inf")])
def test_a_ratio_that_rests_on_next_to_nothing_stops_no_page(ratio: float) -> None:
    """Few people at one level: the interval of an odds ratio may end beyond any number that a reader can use."""
    row = {"low": 0.004, "high": ratio}
    assert cell(row, Column("low", "95% interval", "ratio", to="high", decimals=2), 0) == "0.00 to over 1,000"


def test_any_finite_number_can_be_drawn() -> None:
    assert number(1e33, 2) == "1" + ",000" * 11 + ".00"
    dots = (Dot("near", 1.2, 1.0, 1.4), Dot("far", 2e12, 40.0, 3e33))
    panel = DotPanel("Odds", dots, 1.0, "No difference", "Odds ratio", (0.0, 3.0), "", 2)
    figure = Figure("far", "Far", (Part(panel, Table("Far", (), ())),), "data", "a source", "2019-20")
    drawn = vl_convert.vegalite_to_svg(exports.chart(figure, Source(duckdb.connect(), {}, False, True)).to_dict())
    [width] = re.findall(r'^<svg [^>]* width="([0-9.]+)"', drawn)
    assert float(width) < 700


def test_words_of_the_data_are_escaped(tmp_path: Path) -> None:
    drawn = svg(DotPanel("<b>", (Dot("<i>&", 1.0),), None, "", "", (0.0, 2.0)), "x")
    assert "<b>" not in drawn
    assert "&lt;i&gt;&amp;" in drawn


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_can_be_told_from_the_paper_in_both_modes(built: Built) -> None:
    style = (built.folder / "style.css").read_text(encoding="utf-8")
    modes = [dict(re.findall(r"--(\w+): (#\w+)", block)) for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)]
    assert len(modes) == 3
    for mode in modes:
        colours = {
            name: "#" + "".join(2 * one for one in value[1:]) if len(value) == 4 else value
            for name, value in mode.items()
        }
        for text in ("ink", "muted", "accent"):
            assert contrast(colours[text], colours["paper"]) >= 4.5, (text, colours)
        # Lines that carry meaning; those of the grid do not.
        assert contrast(colours["edge"], colours["paper"]) >= 3


# --------------------------------------------------------------------------------------------------------- in a browser

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
BROWSER_REQUIRED = "IAPT_EQUITY_BROWSER"
"""With this variable set to `required`, as `.ci/run` does, a machine without a browser fails instead of skipping."""

FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
KINDS = (
    *("index.html", "access.html", "areas.html", "areas/icb-qz0.html", "definitions.html", "definitions-codes.html"),
    *("methods.html", "methods/outcomes.html", "about.html", "variation.html", "density.html", "metrics.html"),
)
SHORTER = """() => {
    for (const list of ['dl', 'table tbody tr:nth-child(n + 4)', '.part']) {
        [...document.querySelectorAll('main ' + list)].slice(3).forEach(one => one.remove());
    }
}"""
"""Entries, rows and drawings of one kind are many: the first of them stand for all."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if BROWSER is None:
        reason = "NO BROWSER IS HERE: pages are not checked with axe; install Debian's chromium"
        assert os.environ.get(BROWSER_REQUIRED) != "required", reason
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=BROWSER, args=list(FLAGS))
        yield started
        started.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_kind_of_page(built: Built, browser: Any, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    for name in KINDS if scheme == "light" else KINDS[:1]:
        page.goto((built.folder / name).as_uri())
        page.evaluate(SHORTER)
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": list(RULES)}}).response
        assert len(found["passes"]) > 15, name
        violations = [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]]
        assert violations == [], name
    context.close()


def test_axe_would_find_what_is_wrong(built: Built, browser: Any, tmp_path: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    text = (built.folder / "about.html").read_text(encoding="utf-8")
    (tmp_path / "wrong.html").write_text(text.replace('<html lang="en-GB">', "<html>"), encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "wrong.html").as_uri())
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": list(RULES)}}).response["violations"]
    assert "html-has-lang" in {one["id"] for one in found}
    page.close()


@pytest.mark.parametrize(("width", "scale"), [(320, 1), (640, 2)])
def test_pages_need_no_scrolling_sideways(built: Built, browser: Any, width: int, scale: int) -> None:
    """At the narrowest screen, and at 200% zoom of 1280 pixels."""
    context = browser.new_context(viewport={"width": width, "height": 700}, device_scale_factor=scale)
    page = context.new_page()
    for name in KINDS:
        page.goto((built.folder / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    context.close()


def test_the_keyboard_reaches_the_content_first_and_then_every_wide_table(built: Built, browser: Any) -> None:
    page = browser.new_page()
    page.goto((built.folder / "areas/icb-qz0.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.evaluate("[...document.querySelectorAll('.scroll')].every(one => one.tabIndex === 0)")
    page.close()


def test_a_page_is_drawn_within_a_second(built: Built, browser: Any) -> None:
    page = browser.new_page()
    page.goto((built.folder / "areas/icb-qz0.html").as_uri())
    timing = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    # A machine that does other things is slow the first time it opens a file.
    times = []
    for _ in range(3):
        page.reload()
        times.append(page.evaluate(timing))
    assert min(times) < 1_000
    page.close()


@pytest.mark.parametrize("command", ["report", "figures", "workbook"])
@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "is full: free space there, or name another place"),
        (PermissionError(errno.EACCES, "Permission denied", "x"), "Permission denied: 'x': ask for the right to"),
        (duckdb.IOException("IO Error: not a\nDuckDB file"), "IO Error: not a DuckDB file"),
    ],
)
def test_what_the_system_refuses_a_report_is_one_line(
    command: str,
    trouble: Exception,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_: object) -> NoReturn:
        raise trouble

    monkeypatch.setattr("iapt_equity.report.source.open_source", refuse)
    assert main([command, "--out", str(tmp_path / "out")]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_what_nothing_protects_is_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(out: Path) -> int:
        os.umask(0o022)
        monkeypatch.setattr("iapt_equity.report.source.open_source", lambda *_: None)
        monkeypatch.setattr("iapt_equity.report.workbook.write_workbook", lambda _, file: file.touch() or 1)
        arguments = ["workbook", "--out", str(out)]
        assert main([*arguments, *(["--inside-secure-place"] if out.stem == "inside" else [])]) == 0
        return out.stat().st_mode & 0o777

    before = os.umask(0o022)
    try:
        assert [write(tmp_path / name) for name in ("public.xlsx", "inside.xlsx")] == [0o644, 0o600]
    finally:
        os.umask(before)
