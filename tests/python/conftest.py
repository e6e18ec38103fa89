"""The project is parsed once and warehouses are built once for all tests; the tests look and change nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hand_made import hand_made
from in_process import WITHOUT_TESTS, parsed
from warehouses import CROSSING, EXPECTATIONS, PUBLISHED, STATISTICS, Warehouse, build, generated, write_reference


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, Any]]]:
    """The parsed project, as dbt writes it: kinds of nodes, and each node by its identifier."""
    file = tmp_path_factory.mktemp("parsed") / "manifest.json"
    parsed().write(str(file))
    manifest: dict[str, dict[str, dict[str, Any]]] = json.loads(file.read_text(encoding="utf-8"))
    return manifest


@pytest.fixture(scope="session")
def hand_made_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The hand-made cases: both fact tables, and the quality marts with the verdicts on them."""
    work = tmp_path_factory.mktemp("hand_made")
    data = hand_made().write(work / "data")
    write_reference(data)
    return build(data, work, *EXPECTATIONS, "+fct_referrals", "+fct_episodes")


@pytest.fixture(scope="session")
def whole_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """5,000 referrals of version 2.1: every table for readers, regressions too."""
    return generated(tmp_path_factory.mktemp("whole"), 5_000, *WITHOUT_TESTS)


@pytest.fixture(scope="session")
def spoilt_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Both changes of version, submissions as they really arrive, and a row spoilt for every ten good ones.

    All marts on raw data, with the data tests of the models: dirt must not break a key that they rest on.
    """
    others = ("--exclude", *STATISTICS, "uncertain_rules", *PUBLISHED, "--exclude-resource-type", "unit_test")
    return generated(tmp_path_factory.mktemp("spoilt"), 3_000, *others, dirt=0.1, **CROSSING)
