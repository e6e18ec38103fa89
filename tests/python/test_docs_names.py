"""The documentation names models, seeds, files and folders that there are, and steps that follow one another."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PAGES = [
    page.relative_to(PROJECT).as_posix()
    for page in sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), *PROJECT.glob("benchmarks/**/*.md")])
]
MODELS = {file.stem: file for file in (*PROJECT.glob("models/**/*.sql"), *PROJECT.glob("python_models/**/*.py"))}
SEEDS = {file.stem for file in PROJECT.glob("seeds/**/*.csv")}

BACKTICKED = re.compile(r"`([^`\n]+)`")
MODEL = re.compile(r"(?:[a-z]+\.)?((?:int|stg|base|fct|py)_[a-z0-9_*]+)(?:\.[a-z0-9_]+)?")
"""A model, with its schema before it or a column after it."""
PATH = re.compile(r"(?:models|python_models|macros|seeds|src|tests|analyses|benchmarks|docs|\.ci)/[\w./*-]+")
SEED = re.compile(r"\bseeds?\s+((?:`\w+`(?:\s+\(`\w+`\))?(?:,\s+|\s+and\s+)?)+)")
"""A seed, or several in a row, each with a column of it in brackets."""
STEP = re.compile(r"^\d+\. `(\w+)`:", re.MULTILINE)
PLACEHOLDER = re.compile(r"<\w+>")
"""`int_checked_<entity>` stands for all models of that name, as `int_checked_*` does."""


def text_of(page: str) -> str:
    return (PROJECT / page).read_text(encoding="utf-8")


def named(page: str, kind: re.Pattern[str]) -> set[str]:
    """What is set in backticks on a page and looks like one of a kind as a whole, placeholders as `*`."""
    names = {PLACEHOLDER.sub("*", name) for name in BACKTICKED.findall(text_of(page))}
    return {name for name in names if kind.fullmatch(name)}


def is_model(name: str) -> bool:
    match = MODEL.fullmatch(name)
    assert match, name
    return any(fnmatchcase(model, match[1]) for model in MODELS)


@pytest.mark.parametrize("page", PAGES)
def test_models_that_a_page_names_exist(page: str) -> None:
    assert {name for name in named(page, MODEL) if not is_model(name)} == set()


@pytest.mark.parametrize("page", PAGES)
def test_files_and_folders_that_a_page_names_exist(page: str) -> None:
    assert {name for name in named(page, PATH) if not any(PROJECT.glob(name))} == set()


@pytest.mark.parametrize("page", PAGES)
def test_seeds_that_a_page_names_exist(page: str) -> None:
    listed = " ".join(SEED.findall(text_of(page)))
    names = set(re.findall(r"(?<!\()`(\w+)`", listed))
    assert names - SEEDS == set()


def test_pages_name_models_files_and_seeds() -> None:
    # What is read off the pages must not dry up unnoticed, or the tests above hold for nothing.
    names = {kind: {name for page in PAGES for name in named(page, kind)} for kind in (MODEL, PATH)}
    assert len(names[MODEL]) > 40
    assert len(names[PATH]) > 40
    assert not is_model("int_checked_nothing_of_the_kind")
    assert not is_model("marts.fct_nothing.is_recovered")


def test_every_room_of_the_house_is_on_the_page_of_architecture() -> None:
    rooms = {file.parent.relative_to(PROJECT).as_posix() for file in MODELS.values()}
    page = named("docs/architecture.md", PATH)
    # Rooms of quality are those of intermediate by other means: the page names them once.
    missing = {
        room for room in rooms if room not in page and not room.startswith(("models/quality/", "python_models/"))
    }
    assert missing == set()


def test_each_step_of_the_row_on_its_way_reads_the_one_before() -> None:
    steps = STEP.findall(text_of("docs/architecture.md"))
    assert len(steps) > 10
    for before, step in pairwise(steps):
        assert f"ref('{before}')" in MODELS[step].read_text(encoding="utf-8"), (before, step)
