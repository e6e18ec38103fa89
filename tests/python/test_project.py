"""What the project promises of itself: grains, keys, contracts, no clock, pins that agree."""

from __future__ import annotations

import re
import statistics
import tomllib
from typing import Any

import pytest

from in_process import PROJECT

UNIQUENESS = ("unique", "unique_combination")
CLOCK_OR_CHANCE = re.compile(
    r"\b(current_date|current_timestamp|now\(|today\(|random\(|uuid\(|get_current_t)", re.IGNORECASE
)

Node = dict[str, Any]


def nodes(manifest: dict[str, dict[str, Node]], *kinds: str) -> list[Node]:
    found = [node for node in manifest["nodes"].values() if node["resource_type"] in kinds]
    assert found
    return found


def test_every_model_and_seed_says_its_grain_and_source(manifest: dict[str, dict[str, Node]]) -> None:
    models = [
        node["unique_id"] for node in nodes(manifest, "model") if "one row per" not in node["description"].lower()
    ]
    seeds = [
        node["unique_id"]
        for node in nodes(manifest, "seed")
        if "ource" not in node["description"] and "source" not in node["columns"]
    ]
    assert models + seeds == []


def test_every_mart_has_an_enforced_contract_and_a_tested_key(manifest: dict[str, dict[str, Node]]) -> None:
    keyed = {
        parent
        for node in nodes(manifest, "test")
        if (node.get("test_metadata") or {}).get("name") in UNIQUENESS
        for parent in node["depends_on"]["nodes"]
    }
    # Singular tests of a key select the rows that share it.
    keyed |= {
        parent
        for node in nodes(manifest, "test")
        if "test_metadata" not in node and "having count(*) > 1" in node["raw_code"].lower()
        for parent in node["depends_on"]["nodes"]
    }
    schemas = ("marts", "quality", "regression", "publication")
    public = [node for node in nodes(manifest, "model") if node["schema"] in schemas]
    assert {node["name"] for node in public} >= {
        *("fct_referrals", "fct_episodes", "access_rates", "outcome_rates", "published_outcomes"),
        *("benchmark_report_table_4", "benchmark_report_table_5", "ethnicity_recording", "ethnicity_expectations"),
        *("estimates", "fits"),
    }
    assert [node["name"] for node in public if not node["contract"]["enforced"]] == []
    assert [node["name"] for node in public if node["access"] != "public"] == []
    assert [node["name"] for node in public if node["unique_id"] not in keyed] == []
    internal = [node for node in nodes(manifest, "model") if node not in public]
    assert [node["name"] for node in internal if node["access"] == "public"] == []


def test_only_staging_reads_sources(manifest: dict[str, dict[str, Node]]) -> None:
    readers = [
        node["unique_id"]
        for node in nodes(manifest, "model")
        if any(parent.startswith("source.") for parent in node["depends_on"]["nodes"])
        and not node["original_file_path"].replace("\\", "/").startswith("models/staging/")
    ]
    assert readers == []


def test_models_are_short_and_know_no_clock(manifest: dict[str, dict[str, Node]]) -> None:
    files = sorted(PROJECT.glob("models/**/*.sql"))
    code = {file: re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL) for file in files}
    assert [file.name for file, text in code.items() if CLOCK_OR_CHANCE.search(text)] == []
    # The house style spends a line on every bracket and gap; a rule's length is in the lines that say something.
    lengths = [
        sum(1 for line in text.splitlines() if line.strip() not in ("", "),", ")", "with", "select", "("))
        for text in code.values()
    ]
    assert statistics.median(lengths) < 30
    assert max(lengths) < 130


def test_clinical_rules_have_unit_tests(manifest: dict[str, dict[str, Node]]) -> None:
    tested = {node["model"] for node in manifest["unit_tests"].values()}
    rules = {
        *("int_submissions", "int_ethnicity_codes", "int_patients", "int_service_requests", "int_referrals_people"),
        *("int_contacts", "int_internet_therapy_sessions", "int_referral_contact_counts", "int_courses_of_treatment"),
        *("int_referrals_financial_year", "int_scores_valid", "int_first_and_last_scores", "int_problem_descriptor"),
        *("int_episode_scores", "int_episode_outcomes", "int_trusted_outcomes"),
        *("int_episodes_dropped_out", "int_episodes_attendance", "int_episodes_waits", "int_employment_status"),
        *("int_long_term_condition", "int_psychotropic_medication", "int_outcome_counts", "int_access_counts"),
        *("int_rate_counts", "int_rates", "int_person_ethnicity_rules", "int_version_bridges", "int_provider_bridges"),
        *("int_referral_bridges", "int_reused_service_request_months", "int_supplied_outcomes"),
        *("int_trusted_contact_counts", "int_derivation_comparisons", "base_v1_5__files", "base_v1_5__ages"),
        *("stg_v1_5__activity_scores", "stg_v1_5__care_contacts", "stg_v1_5__care_activities"),
    }
    assert rules - tested == set()


def test_analyses_compile(manifest: dict[str, dict[str, Node]]) -> None:
    assert len(nodes(manifest, "analysis")) == 25


LOCKS = ("requirements.lock", "requirements-spark.lock")
"""What everybody needs, and what the extra `spark` needs beyond it."""


def locked_versions() -> set[str]:
    pin = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\]+))?")
    pins = set()
    for line in "".join((PROJECT / name).read_text(encoding="utf-8") for name in LOCKS).splitlines():
        if found := pin.match(line):
            name, version, marker = found.groups()
            pins.add(f"{name}=={version}" + (f" ; {marker.strip()}" if marker else ""))
    return pins


def test_the_lock_and_the_constraints_agree() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    constraints = project["tool"]["uv"]["constraint-dependencies"]
    assert len(constraints) > 80
    assert set(constraints) == locked_versions()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_hashes_and_no_addresses(name: str) -> None:
    text = (PROJECT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_every_direct_dependency_is_pinned() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    names = [re.split(r"[<>=\[ ;]", need)[0] for need in project["project"]["dependencies"]]
    names += [re.split(r"[<>=\[ ;]", need)[0] for need in project["project"]["optional-dependencies"]["spark"]]
    names += [re.split(r"[<>=\[ ;]", need)[0] for group in project["dependency-groups"].values() for need in group]
    pinned = {pin.split("==")[0] for pin in locked_versions()}
    assert set(names) - pinned == set()


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").rglob("*.md"))]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []
