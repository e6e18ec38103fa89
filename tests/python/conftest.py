"""Warehouses are built once for all tests and processes, and the project is parsed once in each of them.

The tests look and change nothing.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from hand_made import hand_made
from in_process import SHIPPED, parsed, share_parsed
from warehouses import (
    CROSSING,
    EXPECTATIONS,
    OTHER_PARTS,
    WHOLE,
    Warehouse,
    build,
    built_once,
    generated,
    write_reference,
)

FIRST = (
    # One process parses the project and builds a warehouse that others look at; the other needs neither at first.
    "test_quarantine",
    "test_synthetic_calibration",
    "test_synthetic_arrivals",
    "test_descriptions",
    # The longest, that neither process ends with one of them while the other waits.
    "test_new_month",
    "test_which_files",
    "test_shared_numbers",
    "test_window",
    "test_critical_alarms",
    "test_dirty_corpus",
    "test_extremes",
    "test_stops",
    "test_partition_folders",
    "test_warehouse_file",
    "test_values",
    "test_truth",
    "test_inputs",
    "test_working_folders",
    "test_left_values",
    "test_published_bad_labels",
    "test_loaded_twice",
    "test_whole_build",
    "test_report_site",
    "test_quality_in_the_build",
    "test_rule_lineage",
    "test_published_warehouse",
    "test_quality_ethnicity_suite",
)
"""The modules that run first, in this order; the others follow by name."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts long modules first: processes take modules in this order."""
    place = {module: number for number, module in enumerate(FIRST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(FIRST)))


@pytest.fixture(scope="session", autouse=True)
def _parsed_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The processes share what they parse."""
    share_parsed(common_folder(tmp_path_factory) / "parsed_project")


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

    def make(work: Path) -> Warehouse:
        data = hand_made().write(work / "data")
        write_reference(data)
        return build(data, work, *EXPECTATIONS, "+fct_referrals", "+fct_episodes")

    return built_once(common_folder(tmp_path_factory) / "hand_made", make)


@pytest.fixture(scope="session")
def whole_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """5,000 referrals of version 2.1 and the published counts shipped: every table for readers, regressions too."""
    return built_once(
        common_folder(tmp_path_factory) / "whole",
        lambda work: generated(work, 5_000, *WHOLE, published=SHIPPED, experience=True),
    )


@pytest.fixture(scope="session")
def spoilt_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Both changes of version, submissions as they really arrive, and a row spoilt for every ten good ones.

    All marts on raw data, with the data tests of the models: dirt must not break a key that they rest on.
    """
    others = ("--exclude", *OTHER_PARTS, "uncertain_rules", "--exclude-resource-type", "unit_test")
    return built_once(
        common_folder(tmp_path_factory) / "spoilt",
        lambda work: generated(work, 3_000, *others, dirt=0.1, experience=True, **CROSSING),
    )


def common_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The temporary folder that all processes of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
