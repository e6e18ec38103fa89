"""Small drawings as inline SVG, for pages that are made by the hundred; colours are those of the page's style.

Sizes are in units of the drawing; each is as wide as a narrow screen, so that nothing needs to be enlarged there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from iapt_equity.report.figures import MINUS, Bar, BarPanel, Dot, DotPanel, Line, LinePanel, Panel, rounded

WIDTH = 300
EDGE = 8
ROW = 35
BLOCK = 8
TOP = 26
FOOT = 36
BAND = 14
BELOW = 13
"""Where the band of a row begins, close below its words, so that nobody takes it for that of the next row."""


def number(value: float, decimals: int = 0, suffix: str = "") -> str:
    """Return a number of an axis or a label, with a typographic minus."""
    exact = rounded(value, decimals)
    return f"{MINUS if exact < 0 else ''}{abs(exact):,.{decimals}f}{suffix}"


def place(value: float, domain: tuple[float, float], start: float, end: float) -> float:
    """Return where a value stands between two places, kept between them."""
    share = (value - domain[0]) / (domain[1] - domain[0])
    return start + (end - start) * min(max(share, 0.0), 1.0)


def ticks(domain: tuple[float, float], most: int = 5) -> list[float]:
    """Return round marks of an axis, at most so many."""
    span = domain[1] - domain[0]
    steps = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000)
    step = next((step for step in steps if span / step <= most - 1 + 1e-9), span)
    first = -(-domain[0] // step)
    count = int((domain[1] - first * step) / step + 1e-9) + 1
    return [round((first + place) * step, 6) for place in range(count)]


def _text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}"{where}{style}>{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def _axis(domain: tuple[float, float], start: float, end: float, tops: Sequence[float], suffix: str) -> Iterator[str]:
    """Marks in the band of each row, below its words, so that no line runs through them; numbers at the foot."""
    marks = ticks(domain)
    decimals = 0 if all(float(mark).is_integer() for mark in marks) else 2 if marks[1] - marks[0] < 0.1 else 1
    foot = tops[-1] + BAND
    for mark in marks:
        x = place(mark, domain, start, end)
        yield f'<path d="{_bands(x, tops)}" class="g"/>'
        anchor = "start" if x < start + 10 else "end" if x > end - 10 else "middle"
        yield _text(
            x + {"start": -EDGE / 2, "end": EDGE / 2}.get(anchor, 0),
            foot + 14,
            number(mark, decimals, suffix),
            anchor,
            "m",
        )


def _bands(x: float, tops: Sequence[float]) -> str:
    return "".join(f"M{x:.1f} {top:.1f}v{BAND}" for top in tops)


def _dots(panel: DotPanel) -> tuple[list[str], float]:
    start, end = float(EDGE), float(WIDTH - EDGE)
    tops, y = [], float(TOP if panel.reference is not None else TOP / 3)
    for dot in panel.dots:
        y += BLOCK if dot.begins_block else 0
        tops.append(y)
        y += ROW
    bands = [top + BELOW for top in tops]
    drawn = list(_axis(panel.domain, start, end, bands, panel.suffix))
    if panel.reference is not None:
        x = place(panel.reference, panel.domain, start, end)
        drawn.append(f'<path d="M{x:.1f} {TOP - 8}V{TOP - 2}{_bands(x, bands)}" class="r"/>')
        drawn.append(_reference_label(panel.reference_label, x, start, end))
    for dot, top in zip(panel.dots, tops, strict=True):
        drawn += _dot(dot, panel, top, start, end)
    foot = bands[-1] + BAND
    drawn.append(_text((start + end) / 2, foot + 29, panel.unit, "middle", "m"))
    return drawn, foot + FOOT


def _reference_label(words: str, x: float, start: float, end: float) -> str:
    """Where the reference line begins; near an end of the axis the label begins or ends there, to stay inside."""
    share = (x - start) / (end - start)
    anchor = "start" if share < 0.3 else "end" if share > 0.7 else "middle"
    return _text(x, TOP - 12.0, words, anchor, "b")


def _dot(dot: Dot, panel: DotPanel, y: float, start: float, end: float) -> Iterator[str]:
    """A row: the label and the number above, the dot and its interval below."""
    yield _text(start, y + 10, dot.label)
    if dot.value is None or dot.marker:
        yield _text(end, y + 10, dot.marker or "[x]", "end", "m")
        return
    yield _text(end, y + 10, number(dot.value, panel.decimals, panel.suffix), "end")
    at = y + BELOW + BAND / 2
    if dot.low is not None and dot.high is not None:
        low, high = (place(limit, panel.domain, start, end) for limit in (dot.low, dot.high))
        yield _line(low, at, high, at, "i")
        if dot.low < panel.domain[0]:
            yield f'<path d="M{start - 2:.1f} {at:.1f}l6 -4v8z" class="f"/>'
        if dot.high > panel.domain[1]:
            yield f'<path d="M{end + 2:.1f} {at:.1f}l-6 -4v8z" class="f"/>'
    if dot.second is not None:
        yield f'<circle cx="{place(dot.second, panel.domain, start, end):.1f}" cy="{at:.1f}" r="4" class="h"/>'
    yield f'<circle cx="{place(dot.value, panel.domain, start, end):.1f}" cy="{at:.1f}" r="4.4" class="f"/>'


def _bars(panel: BarPanel) -> tuple[list[str], float]:
    start, end = float(EDGE), float(WIDTH - EDGE)
    has_reference = any(bar.reference is not None for bar in panel.bars)
    tops = [(TOP if has_reference else TOP / 3) + at * float(ROW) for at in range(len(panel.bars))]
    drawn = list(_axis((0, panel.top), start, end, [top + BELOW for top in tops], panel.suffix))
    for bar, top in zip(panel.bars, tops, strict=True):
        drawn += _bar(bar, panel, top, start, end)
    first = next((bar.reference for bar in panel.bars if bar.reference is not None), None)
    if first is not None:
        x = place(first, (0, panel.top), start, end)
        drawn.append(_reference_label(f"Dark line: {panel.reference_label}", x, start, end))
    foot = tops[-1] + BELOW + BAND
    drawn.append(_text((start + end) / 2, foot + 29, panel.unit, "middle", "m"))
    return drawn, foot + FOOT


def _bar(bar: Bar, panel: BarPanel, y: float, start: float, end: float) -> Iterator[str]:
    yield _text(start, y + 10, bar.label)
    if bar.value is None or bar.marker:
        yield _text(end, y + 10, bar.marker or "[x]", "end", "m")
    else:
        length = place(bar.value, (0, panel.top), start, end) - start
        yield f'<rect x="{start:.1f}" y="{y + BELOW + 1.5:.1f}" width="{length:.1f}" height="11" class="f"/>'
        yield _text(end, y + 10, number(bar.value, 0, panel.suffix), "end")
    if bar.reference is not None:
        x = place(bar.reference, (0, panel.top), start, end)
        yield _line(x, y + BELOW, x, y + BELOW + BAND, "r")


def _lines(panel: LinePanel) -> tuple[list[str], float]:
    start, end, top, foot = 36.0, WIDTH - 122.0, 12.0, 150.0
    marks = ticks(panel.domain, 6)
    decimals = 0 if all(float(mark).is_integer() for mark in marks) else 1
    drawn = []
    for mark in marks:
        y = place(mark, panel.domain, foot, top)
        drawn += [
            _line(start, y, end, y, "g"),
            _text(start - 5, y + 4, number(mark, decimals, panel.suffix), "end", "m"),
        ]
    across = [start + 12 + (end - start - 20) * at / max(len(panel.periods) - 1, 1) for at in range(len(panel.periods))]
    every = max(1, -(-(len(panel.periods) - 1) // 2))
    for at, (x, period) in enumerate(zip(across, panel.periods, strict=True)):
        if (len(panel.periods) - 1 - at) % every == 0:
            drawn.append(_text(x, foot + 16, period.replace("-", "\N{EN DASH}"), "middle", "m"))
    labels = []
    for line in sorted(panel.lines, key=lambda line: not line.is_reference):
        drawn += _path(line, panel, across, foot, top)
        known = [at for at, value in enumerate(line.values) if value is not None]
        if known and (last := line.values[known[-1]]) is not None:
            # Beside the last year the figure of an earlier one would be taken for it.
            x = end + 4 if known[-1] == len(panel.periods) - 1 else across[known[-1]] + 9
            labels.append((place(last, panel.domain, foot, top), x, line, last))
    drawn += _line_labels(labels, panel)
    return drawn, foot + 26.0


def _path(line: Line, panel: LinePanel, across: list[float], foot: float, top: float) -> Iterator[str]:
    path, is_down = [], False
    points = []
    near = (None, *line.values), (*line.values[1:], None)
    alone = {x for x, before, after in zip(across, *near, strict=False) if before is None and after is None}
    for x, value, marker in zip(across, line.values, line.markers, strict=True):
        if value is None:
            is_down = False
            if marker and not line.is_reference:
                yield _text(x, foot - 4, marker, "middle", "m")
            continue
        y = place(value, panel.domain, foot, top)
        path.append(f"{'L' if is_down else 'M'}{x:.1f} {y:.1f}")
        points.append((x, y))
        is_down = True
    if path:
        yield f'<path d="{"".join(path)}" class="{"rl" if line.is_reference else "l"}"/>'
    if line.is_reference:
        # A year between two that are hidden has no line.
        yield from (_line(x - 6, y, x + 6, y, "r") for x, y in points if x in alone)
    else:
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" class="f"/>' for x, y in points)


def _line_labels(labels: list[tuple[float, float, Line, float]], panel: LinePanel) -> Iterator[str]:
    """Labels at the ends of their lines, moved apart where they would meet."""
    before = -100.0
    for y, x, line, last in sorted(labels, key=lambda label: label[:2]):
        before = max(y, before + 15)
        words = f"{line.label} {number(last, 0, panel.suffix)}"
        yield _text(x, before + 4, words, "start", "b" if line.is_reference else "a")


def svg(panel: Panel, name: str) -> str:
    """Return a panel as inline SVG with a title and a description.

    Args:
        panel: What is drawn.
        name: A name that no other drawing of the page has.
    """
    if isinstance(panel, DotPanel):
        drawn, height = _dots(panel)
    elif isinstance(panel, BarPanel):
        drawn, height = _bars(panel)
    else:
        drawn, height = _lines(panel)
    return framed("".join(drawn), WIDTH, height, panel, name)


def described(panel: Panel) -> str:
    """Say in words what kind of drawing it is and where its numbers stand."""
    if isinstance(panel, DotPanel):
        line = f", beside a line for {panel.reference_label}" if panel.reference is not None else ""
        return f"Dots with {panel.interval}, {len(panel.dots)} rows{line}. All numbers stand in the table with it."
    if isinstance(panel, BarPanel):
        return f"Bars from zero with a mark for {panel.reference_label}. All numbers stand in the table with it."
    names = " and ".join(line.label for line in panel.lines)
    return f"Lines for {names}, {panel.periods[0]} to {panel.periods[-1]}. All numbers stand in the table with it."


def framed(inner: str, width: float, height: float, panel: Panel, name: str) -> str:
    """Return a drawing with its size, title and description."""
    return (
        f'<svg class="chart" viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(panel.heading)}</title><desc id="{name}-d">{escape(described(panel))}</desc>'
        f"{inner}</svg>"
    )
