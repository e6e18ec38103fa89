"""The rooms of the house stand in the order of the flow, and the way through them is short."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOMS = (
    "models/staging/input_files",
    "models/staging/v1_5",
    "models/staging/v2",
    "models/staging/reference",
    "models/staging/published",
    "models/staging/releases",
    "models/staging/last_release",
    "models/intermediate/submissions",
    "models/intermediate/records",
    "models/intermediate/alarms",
    "models/intermediate/people",
    "models/intermediate/referrals",
    "models/intermediate/contacts",
    "models/intermediate/courses",
    "models/intermediate/scores",
    "models/intermediate/episodes",
    "models/intermediate/experience",
    "models/intermediate/published",
    "models/intermediate/accounting",
    "models/intermediate/ethnicity",
    "models/intermediate/derivations",
    "models/marts",
    "models/marts/rates/steps",
    "models/marts/rates",
    "models/marts/submissions",
    "models/marts/revisions/steps",
    "models/marts/revisions",
    "models/marts/summary/steps",
    "models/marts/summary",
    "models/marts/published",
    "models/marts/comparison/steps",
    "models/marts/comparison",
    "models/quality/alarms",
    "models/quality/accounting",
    "models/quality/ethnicity/steps",
    "models/quality/ethnicity",
    "models/quality/derivations",
    "python_models/regression",
    "models/regression",
    "models/marts/findings/steps",
    "models/marts/findings",
    "models/marts/context",
    "models/publication",
)
"""Folders in the order of the flow: a model reads its own and those that stand before it, none that stands after."""
SAME_ROOM = {
    "python_models/ethnicity": "models/quality/ethnicity",
    "models/marts/context/steps": "models/marts/context",
    "models/regression/steps": "models/regression",
    "python_models/context": "models/marts/context",
    "models/publication/steps": "models/publication",
    "python_models/publication": "models/publication",
}
"""A Python model cannot lie among SQL models; these read marts and are read by others of their room. Steps towards a
table that read another table of the room."""
LONGEST_PATH = 30
"""Models between a source and a table for readers, both ends counted."""
FROM_READERS = (
    *("models/marts/findings/steps", "models/marts/findings", "models/marts/context"),
    *("models/marts/summary/steps", "models/marts/summary", "models/publication"),
    *("models/marts/revisions/steps", "models/marts/revisions"),
)
"""Rooms that read nothing but seeds and tables for readers: their own way is counted from these."""
LAST_RELEASE = {"stg_last_release__figure_revisions", "stg_last_release__released_figures"}
NO_FIGURES = {
    "models/publication": {"int_areas", "int_ethnic_classifications", "stg_releases__counts"},
    "models/marts/revisions/steps": {"int_areas", "stg_last_release__used_submissions"},
    "models/marts/revisions": {*LAST_RELEASE, "stg_last_release__used_submissions"},
}
"""What some may read beside: which areas and groups lie within which, and tables for readers of earlier releases."""
LONGEST_WAY_FROM_READERS = 9

Models = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def models(manifest: dict[str, Models]) -> Models:
    """The models of the manifest, enabled ones alone, by their identifier."""
    return {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}


def room(model: dict[str, Any]) -> str:
    folder = Path(model["original_file_path"]).parent.as_posix()
    return SAME_ROOM.get(folder, folder)


def parents(models: Models, key: str) -> list[str]:
    return [parent for parent in models[key]["depends_on"]["nodes"] if parent in models]


def test_every_model_stands_in_a_known_room_and_no_room_is_empty(models: Models) -> None:
    assert {room(model) for model in models.values()} == set(ROOMS)


def test_no_room_reads_one_that_stands_after_it(models: Models) -> None:
    backwards = [
        f"{model['name']} in {room(model)} reads {models[parent]['name']} in {room(models[parent])}"
        for key, model in models.items()
        for parent in parents(models, key)
        if ROOMS.index(room(models[parent])) > ROOMS.index(room(model))
    ]
    assert backwards == []


def longest_path(models: Models, rooms: set[str]) -> list[str]:
    """The longest way to a table for readers that stays within rooms."""

    @cache
    def longest(key: str) -> tuple[str, ...]:
        within = [parent for parent in parents(models, key) if room(models[parent]) in rooms]
        return (*max((longest(parent) for parent in within), key=len, default=()), models[key]["name"])

    ends = [key for key, model in models.items() if model["access"] == "public" and room(model) in rooms]
    return list(max((longest(key) for key in ends), key=len))


def test_the_longest_path_to_a_table_for_readers_is_short(models: Models) -> None:
    path = longest_path(models, set(ROOMS) - set(FROM_READERS))
    assert len(path) <= LONGEST_PATH, f"{len(path)} of {len(models)} models: {' > '.join(path)}"


def test_findings_stand_on_tables_for_readers_and_are_not_far_from_them(models: Models) -> None:
    hidden = [
        f"{model['name']} reads {models[parent]['name']}"
        for key, model in models.items()
        for parent in parents(models, key)
        if room(model) in FROM_READERS and room(models[parent]) not in FROM_READERS
        if models[parent]["access"] != "public"
        if models[parent]["name"] not in NO_FIGURES.get(room(model), set())
    ]
    assert hidden == []
    path = longest_path(models, set(FROM_READERS))
    assert len(path) <= LONGEST_WAY_FROM_READERS, " > ".join(path)
