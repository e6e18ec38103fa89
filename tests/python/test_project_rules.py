"""The rules of the project that the linter of its models cannot ask, and the list of exceptions to either kind.

Each rule returns what breaks it. An exception needs a reason, and a resource that would break the rule without it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
EXCEPTIONS = Path(__file__).with_name("project_rules_exceptions.csv")
PAGE = PROJECT / "docs" / "project_rules.md"
LEAVES = 3
"""So many tables at the end of the flow, read from one model, are one table that was split."""

Node = dict[str, Any]


class Project:
    """The parsed project, and who reads whom."""

    def __init__(self, manifest: dict[str, dict[str, Node]]) -> None:
        self.models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
        self.data_tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
        self.unit_tests = list(manifest["unit_tests"].values())
        self.sources = list(manifest["sources"].values())
        self.readers: dict[str, set[str]] = defaultdict(set)
        for key, node in self.models.items():
            for parent in node["depends_on"]["nodes"]:
                self.readers[parent].add(key)

    def tested(self) -> set[str]:
        """Models with a data test or a unit test."""
        found = {node["depends_on"]["nodes"][0] for node in self.unit_tests}
        for node in self.data_tests:
            found.update([node["attached_node"]] if node.get("attached_node") else node["depends_on"]["nodes"])
        return found


def view_without_test(project: Project) -> set[str]:
    """Views without a test of their own that no tested model reads."""
    tested = project.tested()
    return {
        node["name"]
        for key, node in project.models.items()
        if node["config"]["materialized"] == "view" and not tested & {key, *project.readers[key]}
    }


def model_fanout(project: Project) -> set[str]:
    """Models from which several tables at the end of the flow are read off."""
    return {
        node["name"]
        for key, node in project.models.items()
        if sum(not project.readers[reader] for reader in project.readers[key]) >= LEAVES
    }


def generic_test_in_another_folder(project: Project) -> set[str]:
    """Models whose tests are written in the YAML of another folder."""
    folders = {key: PurePosixPath(folder_of(node)) for key, node in project.models.items()}
    return {
        project.models[node["attached_node"]]["name"]
        for node in [*project.data_tests, *attached(project.unit_tests)]
        if node.get("attached_node") in folders and folders[node["attached_node"]] != PurePosixPath(folder_of(node))
    }


def source_in_another_folder(project: Project) -> set[str]:
    """Sources that are defined in another folder than that of the models that read them."""
    return {
        f"{node['source_name']}.{node['name']}"
        for node in project.sources
        if {folder_of(project.models[reader]) for reader in project.readers[node["unique_id"]]} != {folder_of(node)}
    }


def version_without_freshness(project: Project) -> set[str]:
    """Versions of the data set of which no table says how old it is."""
    versions: dict[str, bool] = {}
    for node in project.sources:
        if node["source_name"].startswith("mds_"):
            asks = bool(((node.get("freshness") or {}).get("warn_after") or {}).get("count"))
            versions[node["source_name"]] = versions.get(node["source_name"], False) or asks
    assert versions
    return {version for version, asks in versions.items() if not asks}


RULES: dict[str, Callable[[Project], set[str]]] = {
    rule.__name__: rule
    for rule in (
        view_without_test,
        model_fanout,
        generic_test_in_another_folder,
        source_in_another_folder,
        version_without_freshness,
    )
}


def folder_of(node: Node) -> str:
    return str(PurePosixPath(node["original_file_path"].replace("\\", "/")).parent)


def attached(unit_tests: list[Node]) -> list[Node]:
    return [{**node, "attached_node": node["depends_on"]["nodes"][0]} for node in unit_tests]


@pytest.fixture(scope="module")
def project(manifest: dict[str, dict[str, Node]]) -> Project:
    return Project(manifest)


@pytest.fixture(scope="module")
def exceptions() -> list[dict[str, str]]:
    with EXCEPTIONS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def linter_rules() -> set[str]:
    configured = yaml.safe_load((PROJECT / "dbt-bouncer.yml").read_text(encoding="utf-8"))
    return {check["name"] for check in configured["manifest_checks"]}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_rule_holds_but_for_its_exceptions(rule: str, project: Project, exceptions: list[dict[str, str]]) -> None:
    found = RULES[rule](project)
    excused = {row["resource"] for row in exceptions if row["rule"] == rule}
    broken = {name for name in found if not any(fnmatchcase(name, pattern) for pattern in excused)}
    idle = {pattern for pattern in excused if not any(fnmatchcase(name, pattern) for name in found)}
    assert (broken, idle) == (set(), set())


def test_every_exception_is_to_a_rule_once_and_has_a_reason(exceptions: list[dict[str, str]]) -> None:
    assert {row["rule"] for row in exceptions} <= RULES.keys() | linter_rules()
    assert [row for row in exceptions if len(row["reason"]) < 25] == []
    assert [row for row in exceptions if row["resource"].strip("*?") == ""] == []
    assert [key for key, n in Counter((row["rule"], row["resource"]) for row in exceptions).items() if n > 1] == []


def test_the_page_names_29_rules_and_what_holds_each() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(number) for number, _, _ in rows] == list(range(1, 30))
    known = linter_rules() | RULES.keys()
    for _, rule, held_by in rows:
        named = set(re.findall(r"`(\w+)`", held_by))
        assert named, rule
        assert named <= known, rule


def test_pre_commit_and_the_list_of_linters_agree() -> None:
    hooks = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    listed = re.search(r"^linters=\((.+)\)$", (PROJECT / ".ci" / "lint").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed is not None
    assert [hook["id"] for hook in hooks] == listed.group(1).split()
    assert [hook["entry"] for hook in hooks] == [f".ci/lint {hook['id']}" for hook in hooks]


def test_every_decision_is_listed_says_what_a_number_does_and_shows_no_command() -> None:
    pages = sorted((PROJECT / "docs" / "decisions").glob("*.md"))
    texts = {page.name: page.read_text(encoding="utf-8") for page in pages}
    index = texts.pop("README.md")
    assert set(re.findall(r"^\| \[.+?\]\((\w+\.md)\)", index, re.MULTILINE)) == texts.keys()
    parts = ("## Options\n", "## Choice\n", "**What would change it.**", "**Where.**", "**What your number does.**")
    assert [name for name, text in texts.items() if not all(part in text for part in parts)] == []
    assert [name for name, text in texts.items() if "```" in text or len(text.splitlines()) > 40] == []


def test_decisions_name_models_that_there_are(project: Project) -> None:
    names = {node["name"] for node in project.models.values()}
    text = "".join(page.read_text(encoding="utf-8") for page in (PROJECT / "docs" / "decisions").glob("*.md"))
    named = set(re.findall(r"`(?:marts|quality|regression)\.(\w+)", text)) | set(re.findall(r"`(int_\w+)`", text))
    assert len(named) > 10
    assert named - names == set()
