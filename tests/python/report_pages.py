"""Reads the pages of a site as a browser would: links, headings, tables, drawings."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}


@dataclass
class ReadTable:
    """A table: its caption, the headings of its columns, and its rows as texts."""

    caption: str = ""
    headings: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    cells: list[tuple[str, str | None]] = field(default_factory=list)


class PageReader(HTMLParser):
    """What a page holds."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.language = ""
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.identifiers: list[str] = []
        self.headings: list[tuple[int, str]] = []
        self.tables: list[ReadTable] = []
        self.drawings: list[set[str]] = []
        self.elements: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self._kept: str | None = None
        self.feed(file.read_text(encoding="utf-8"))
        assert self._open == [], f"{file}: not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append(tag)
        if tag not in VOID:
            self._open.append(tag)
        if given.get("id"):
            self.identifiers.append(str(given["id"]))
        if tag == "html":
            self.language = given.get("lang") or ""
        if tag == "a":
            self.links.append(given.get("href") or "")
        elif given.get("href") or given.get("src"):
            self.loaded.append(str(given.get("href") or given.get("src")))
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append((int(tag[1]), ""))
        if tag == "table":
            self.tables.append(ReadTable())
        if tag == "tr" and "tbody" in self._open:
            self.tables[-1].rows.append([])
        if tag in {"th", "td"}:
            self.tables[-1].cells.append((tag, given.get("scope")))
            if "tbody" in self._open:
                self.tables[-1].rows[-1].append("")
            else:
                self.tables[-1].headings.append("")
        if tag == "svg":
            self.drawings.append({f"role={given.get('role')}"})
        if tag in {"title", "desc"} and self.drawings and "svg" in self._open:
            self.drawings[-1].add(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"{tag} is closed out of order"

    def handle_data(self, data: str) -> None:
        self.text += data
        if "caption" in self._open:
            self.tables[-1].caption += data
        elif self._open and self._open[-1] in {"th", "td"}:
            if "tbody" in self._open:
                self.tables[-1].rows[-1][-1] += data
            else:
                self.tables[-1].headings[-1] += data
        if self.headings and {"h1", "h2", "h3", "h4"} & set(self._open):
            level, words = self.headings[-1]
            self.headings[-1] = (level, words + data)
