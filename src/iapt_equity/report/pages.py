"""What a page of the site is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from iapt_equity.report.figures import Figure


@dataclass(frozen=True)
class Page:
    """A page.

    Attributes:
        path: Where it stands in the site.
        title: Its heading.
        template: What writes it.
        figures: What it shows.
        context: What its template needs beside the figures.
        label: What the menu calls it; a page without one is in no menu.
        is_in_foot: Whether it stands in the menu at the foot.
    """

    path: str
    title: str
    template: str
    figures: tuple[Figure, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    label: str = ""
    is_in_foot: bool = False

    @property
    def root(self) -> str:
        """The way from the page to the first page's folder."""
        return "../" * self.path.count("/")
