"""Every documented choice of every variable builds from nothing, as a user types it, several in one build.

Of the unit tests those run under a choice whose model reads otherwise under it: the others are word for word those of
the build without a choice, which runs them all.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from iapt_equity.synthetic import generate
from in_process import PROJECT, failures, run_dbt

pytestmark = pytest.mark.slow

RULES = {
    **dict.fromkeys(
        ("latest_valid", "latest_or_none", "most_frequent_or_none", "avoids_other"),
        ("int_person_ethnicity",),
    ),
    "as_referred": ("int_patients",),
    "as_reported": ("int_referrals_people", "int_episodes_people"),
}
LABELS = {
    "not_known_label": "unknown",
    "not_listed_label": "no such code",
    "unknown_ethnic_group": "Unknown",
    "minoritised_ethnic_groups": "Others",
    "all_ethnic_groups": "Everybody",
    "national_area_code": "E92000001",
    "unknown_area_code": "NONE",
}
OTHERS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "supplied": ({"trusted_outcomes": "supplied"}, ("int_trusted_outcomes", "int_trusted_contact_counts")),
    "2021": ({"use_ethnic_category_2021": True}, ("int_ethnicity_codes",)),
    # No model of the core asks for it, but for those of quality.
    "default_codes": ({"ethnicity_default_threshold": 0.1}, ()),
    "narrow_window": (
        {"window_start": "2017-07-01", "window_end": "2018-12-31", "follow_up_days": 60},
        ("int_provider_windows", "int_follow_up_days"),
    ),
    "open_window": (
        {"window_start": "unlimited", "window_end": "unlimited", "follow_up_days": 0},
        ("int_referral_windows", "int_follow_up_days"),
    ),
    "window_after_the_data": ({"window_start": "2030-01-01"}, ("int_provider_windows",)),
    "unknown_as_no": ({"unknown_outcomes": "as_no"}, ("int_outcome_rules",)),
    "recovery_of_all": ({"recovery_out_of": "all"}, ("int_outcome_rules",)),
    "fifths_of_everyone": ({"own_group_density_fifths": "everyone"}, ("int_own_group_density_fifths",)),
    "missed_contacts": ({"count_scores_of_missed_contacts": True}, ("int_scores_valid", "int_scores")),
    "labels": (LABELS, ("int_ethnic_classifications", "int_areas")),
    "every_level_crossed": (
        {"crossed_area_levels": ["national", "region", "icb", "commissioner", "provider"]},
        ("int_access_counts", "int_outcome_counts", "int_waiting_counts"),
    ),
}
CHOICES = {**{rule: ({"ethnicity_resolution": rule}, models) for rule, models in RULES.items()}, **OTHERS}
"""Variables of each choice, and models whose SQL it changes."""
BUILDS = (
    ("latest_valid", "supplied", "2021"),
    ("latest_or_none", "narrow_window", "unknown_as_no"),
    ("most_frequent_or_none", "open_window", "recovery_of_all"),
    ("avoids_other", "missed_contacts", "default_codes"),
    ("as_referred", "labels", "fifths_of_everyone"),
    ("as_reported", "window_after_the_data"),
    ("every_level_crossed",),
)
"""Choices that are built together: each changes other models."""


@pytest.fixture(scope="module")
def small_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("choices") / "data"
    generate(data, referrals=400, seed=5, years="2017-18:2018-19", progress=False, derived=True, messy=True)
    return data


@pytest.fixture(scope="module")
def without_a_choice(small_set: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The SQL of each model where nothing is chosen."""
    work = tmp_path_factory.mktemp("compiled")
    result = run_dbt(["compile", "--selector", "core"], small_set, work)
    assert result.success, failures(result)
    return compiled_models(work)


def compiled_models(work: Path) -> dict[str, str]:
    folder = work / "target" / "compiled" / "iapt_equity" / "models"
    return {file.stem: file.read_text(encoding="utf-8") for file in folder.rglob("*.sql")}


@pytest.mark.parametrize("choices", BUILDS, ids=" and ".join)
def test_choices_build_from_nothing(
    choices: tuple[str, ...], small_set: Path, without_a_choice: dict[str, str], tmp_path: Path
) -> None:
    variables = json.dumps({name: value for choice in choices for name, value in CHOICES[choice][0].items()})
    chosen = ["--selector", "core", "--vars", variables]
    result = run_dbt(["build", *chosen, "--exclude-resource-type", "unit_test"], small_set, tmp_path)
    assert result.success, failures(result)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
        row = connection.execute("select count(*), count(ethnic_category_code) from marts.fct_referrals").fetchone()
    assert row is not None
    assert row[0] > row[1] > 0
    models = compiled_models(tmp_path)
    assert models.keys() == without_a_choice.keys()
    changed = {name for name, sql in models.items() if sql != without_a_choice[name]}
    assert changed >= {name for choice in choices for name in CHOICES[choice][1]}
    result = run_dbt(
        ["test", "--select", *(f"{name},test_type:unit" for name in sorted(changed)), *chosen[2:]], small_set, tmp_path
    )
    assert result.success, failures(result)


def test_every_choice_is_built_once() -> None:
    assert sorted(choice for choices in BUILDS for choice in choices) == sorted(CHOICES)


def test_every_variable_is_tried() -> None:
    """But for those that no model of the core asks for, or that are a number alone."""
    variables = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    tried = {name for chosen, _ in CHOICES.values() for name in chosen}
    assert set(variables) - tried == {"disclosure_profile", "confidence_z", "published_schemas"}


def test_every_rule_of_the_variable_is_tried() -> None:
    text = (PROJECT / "macros" / "ethnicity_resolution.sql").read_text(encoding="utf-8")
    named = re.findall(r"'(\w+)'", text[text.index("[") : text.index("]")])
    assert sorted(named) == sorted([*RULES, "most_frequent_valid"])
