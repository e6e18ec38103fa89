"""Figures as files for slides: SVG and PNG by Altair, with the data beside them.

The pages draw the same panels as inline SVG (:mod:`iapt_equity.report.drawing`), which takes the colours of the page
and costs a hundredth of the time; a file must stand alone, so its colours and fonts are fixed here.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from iapt_equity.report.areas import LEVELS, area_figures
from iapt_equity.report.drawing import number
from iapt_equity.report.figures import BarPanel, DotPanel, Figure, LinePanel, Panel
from iapt_equity.report.site import Site, england_figures, figure_csv
from iapt_equity.report.source import Source
from iapt_equity.whole_folders import whole_folder

ACCENT, INK, MUTED, GRID = "#0b5c8a", "#16191d", "#525c66", "#d8dde1"
FONT = "DejaVu Sans"
"""A font that the renderer brings along, so that a file looks the same wherever it is made."""
PIXELS = 2.0
WRAP = 90
ORIGINS = {"published": "Published statistics", "printed": "Printed in the report"}


def write_figures(source: Source, out: Path, project: Path, areas: bool = False) -> int:
    """Write every figure that is drawn, and a list of them.

    Args:
        source: Where the figures come from.
        out: Folder to write, new, empty or written by this program before.
        project: Folder of ``dbt_project.yml``.
        areas: Write those of every area too.

    Returns:
        Number of figures.

    Raises:
        InputError: If the folder holds something else.
    """
    import vl_convert

    site = Site.of(source, project)
    figures = england_figures(site)
    if areas:
        for area in site.areas:
            figures += area_figures(area, site.everywhere, site.periods, site.words)
    drawn = [figure for figure in figures if any(part.panel for part in figure.parts)]
    with (
        whole_folder(out, "figures") as folder,
        (folder / "figures.csv").open("w", encoding="utf-8", newline="") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["figure", "title", "area", "kind", "period", "source"])
        for figure in drawn:
            kind = origin_of(figure, source)
            writer.writerow([figure.name, figure.title, figure.place, kind, figure.period, figure.source])
            (folder / f"{figure.name}.csv").write_text(figure_csv(figure), encoding="utf-8", newline="\n")
            svg = vl_convert.vegalite_to_svg(chart(figure, source).to_dict())
            (folder / f"{figure.name}.svg").write_text(svg, encoding="utf-8", newline="\n")
            (folder / f"{figure.name}.png").write_bytes(vl_convert.svg_to_png(svg, scale=PIXELS))
    return len(drawn)


def origin_of(figure: Figure, source: Source) -> str:
    """Say in words whether the numbers of a figure are real; its source says whether anything protects them."""
    if figure.origin in ORIGINS:
        return ORIGINS[figure.origin]
    return "Synthetic data" if source.is_synthetic else "Data of the warehouse"


def chart(figure: Figure, source: Source) -> Any:
    """Return a figure as an Altair chart: its panels side by side, under a title that says where they come from."""
    import altair as alt

    panels = [part.panel for part in figure.parts if part.panel is not None]
    charts = [_panel(panel) for panel in panels]
    facts = [" · ".join(word for word in (origin_of(figure, source), figure.period, figure.people) if word)]
    place = "" if figure.place in ("England", LEVELS["national"]) else f", {figure.place}"
    title = alt.TitleParams(
        figure.title + place, subtitle=[*facts, *_wrapped(f"Source: {figure.source}")], anchor="start", offset=14
    )
    return (
        alt.concat(*charts, columns=2, title=title, spacing=24)
        .configure(font=FONT, padding=16, background="white")
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=INK,
            titleColor=MUTED,
            titleFontWeight="normal",
            gridColor=GRID,
            domainColor=GRID,
            tickColor=GRID,
            labelLimit=260,
        )
        .configure_title(color=INK, subtitleColor=MUTED, fontSize=15, subtitleFontSize=11)
    )


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > WRAP:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _panel(panel: Panel) -> Any:
    if isinstance(panel, DotPanel):
        return _dots(panel)
    return _bars(panel) if isinstance(panel, BarPanel) else _lines(panel)


def _titled(layers: Sequence[Any], heading: str, width: int, height: int) -> Any:
    import altair as alt

    title = alt.TitleParams(heading, anchor="start", fontSize=12)
    return alt.layer(*layers).properties(width=width, height=height, title=title)


def _dots(panel: DotPanel) -> Any:
    import altair as alt

    order = [dot.label for dot in panel.dots]
    rows = [
        {
            "label": dot.label,
            "value": None if dot.marker else dot.value,
            "low": None if dot.low is None or dot.marker else max(dot.low, panel.domain[0]),
            "high": None if dot.high is None or dot.marker else min(dot.high, panel.domain[1]),
            "second": dot.second,
            "text": dot.marker or ("[x]" if dot.value is None else number(dot.value, panel.decimals, panel.suffix)),
        }
        for dot in panel.dots
    ]
    base = alt.Chart(alt.InlineData(values=rows))
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False))
    # What lies beyond the axis stands at its end, and its words say where it is.
    scale = alt.Scale(domain=list(panel.domain), nice=False, zero=False, clamp=True)
    axis = alt.Axis(tickCount=5, title=panel.unit)
    layers = [
        base.mark_rule(color=ACCENT, strokeWidth=2).encode(y=y, x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q"),
        base.transform_filter("isValid(datum.second)")
        .mark_point(color=ACCENT, fill="white", size=55, opacity=1)
        .encode(y=y, x=alt.X("second:Q", scale=scale, axis=axis)),
        base.transform_filter("isValid(datum.value)")
        .mark_circle(color=ACCENT, size=65, opacity=1)
        .encode(y=y, x=alt.X("value:Q", scale=scale, axis=axis)),
        base.mark_text(align="left", color=INK, fontSize=11, dx=8).encode(y=y, x=alt.value(300), text="text:N"),
    ]
    if panel.reference is not None:
        line = alt.Chart(alt.InlineData(values=[{"at": panel.reference, "text": panel.reference_label}]))
        at = alt.X("at:Q", scale=scale, axis=axis)
        layers.append(line.mark_rule(color=INK, strokeWidth=2).encode(x=at))
        words = line.mark_text(baseline="bottom", dy=-4, fontWeight="bold", color=INK, fontSize=11)
        layers.append(words.encode(x=at, y=alt.value(0), text="text:N"))
    return _titled(layers, panel.heading, 300, 20 * len(order))


def _bars(panel: BarPanel) -> Any:
    import altair as alt

    order = [bar.label for bar in panel.bars]
    rows = [
        {
            "label": bar.label,
            "value": None if bar.marker else bar.value,
            "reference": bar.reference,
            "text": bar.marker or ("[x]" if bar.value is None else number(bar.value, 0, panel.suffix)),
        }
        for bar in panel.bars
    ]
    base = alt.Chart(alt.InlineData(values=rows))
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False))
    scale = alt.Scale(domain=[0, panel.top], nice=False)
    axis = alt.Axis(tickCount=5, title=f"{panel.unit}. Dark line: {panel.reference_label}")
    layers = [
        base.mark_bar(color=ACCENT, size=13).encode(y=y, x=alt.X("value:Q", scale=scale, axis=axis)),
        base.mark_tick(color=INK, thickness=3, size=22).encode(y=y, x=alt.X("reference:Q", scale=scale, axis=axis)),
        base.mark_text(align="left", color=INK, fontSize=11, dx=8).encode(y=y, x=alt.value(300), text="text:N"),
    ]
    return _titled(layers, panel.heading, 300, 26 * len(order))


def _lines(panel: LinePanel) -> Any:
    import altair as alt

    scale = alt.Scale(domain=list(panel.domain), nice=False, zero=False)
    y_axis = alt.Axis(tickCount=5, title=panel.unit)
    x = alt.X("period:O", sort=list(panel.periods), title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))
    layers = []
    for line in sorted(panel.lines, key=lambda line: not line.is_reference):
        pairs = zip(panel.periods, line.values, strict=True)
        rows = [{"period": period, "value": value} for period, value in pairs]
        base = alt.Chart(alt.InlineData(values=rows))
        y = alt.Y("value:Q", scale=scale, axis=y_axis)
        colour = INK if line.is_reference else ACCENT
        dash = [5, 3] if line.is_reference else [1, 0]
        layers.append(base.mark_line(color=colour, strokeDash=dash, strokeWidth=2).encode(x=x, y=y))
        if not line.is_reference:
            layers.append(base.mark_circle(color=colour, size=35, opacity=1).encode(x=x, y=y))
        known = [(period, value) for period, value in zip(panel.periods, line.values, strict=True) if value is not None]
        named = [
            {"period": period, "value": value, "text": f"{line.label} {number(value, 0, panel.suffix)}"}
            for period, value in known[-1:]
        ]
        shift = -6 if _is_above(line.values, panel, line.is_reference) else 6
        words = alt.Chart(alt.InlineData(values=named)).mark_text(
            align="left", dx=8, dy=shift, color=colour, fontWeight="bold", fontSize=11
        )
        layers.append(words.encode(x=x, y=y, text="text:N"))
    return _titled(layers, panel.heading, 330, 170)


def _is_above(values: Sequence[float | None], panel: LinePanel, is_reference: bool) -> bool:
    """Say whether a line ends above the other, so that the two labels do not meet."""
    own = next((value for value in reversed(values) if value is not None), 0.0)
    others = [line.values for line in panel.lines if line.is_reference is not is_reference]
    other = next((value for line in others for value in reversed(line) if value is not None), 0.0)
    return own > other or (own == other and is_reference)
