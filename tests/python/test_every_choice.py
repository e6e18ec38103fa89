"""Every documented choice of every variable builds from nothing, as a user types it.

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

from iapt_equity.synthetic import generate
from in_process import PROJECT, failures, run_dbt

pytestmark = pytest.mark.slow

RULES = [
    "latest_valid",
    "latest_or_none",
    "most_frequent_or_none",
    "avoids_other",
    "as_referred",
    "as_reported",
]
CHOICES: dict[str, dict[str, Any]] = {
    **{rule: {"ethnicity_resolution": rule} for rule in RULES},
    "supplied": {"trusted_outcomes": "supplied"},
    "2021": {"use_ethnic_category_2021": True},
    "default_codes": {"ethnicity_default_threshold": 0.1},
    "narrow_window": {"window_start": "2017-07-01", "window_end": "2018-12-31", "follow_up_days": 60},
    "open_window": {"window_start": "unlimited", "window_end": "unlimited", "follow_up_days": 0},
    "window_after_the_data": {"window_start": "2030-01-01"},
    "unknown_as_no": {"unknown_outcomes": "as_no"},
    "recovery_of_all": {"recovery_out_of": "all"},
    "fifths_of_everyone": {"own_group_density_fifths": "everyone"},
    "missed_contacts": {"count_scores_of_missed_contacts": True},
    "labels": {
        "not_known_label": "unknown",
        "not_listed_label": "no such code",
        "unknown_ethnic_group": "Unknown",
        "minoritised_ethnic_groups": "Others",
        "all_ethnic_groups": "Everybody",
        "national_area_code": "E92000001",
        "unknown_area_code": "NONE",
    },
}


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


@pytest.mark.parametrize("choice", CHOICES)
def test_a_choice_builds_from_nothing(
    choice: str, small_set: Path, without_a_choice: dict[str, str], tmp_path: Path
) -> None:
    chosen = ["--selector", "core", "--vars", json.dumps(CHOICES[choice])]
    result = run_dbt(["build", *chosen, "--exclude-resource-type", "unit_test"], small_set, tmp_path)
    assert result.success, failures(result)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb"), read_only=True) as connection:
        row = connection.execute("select count(*), count(ethnic_category_code) from marts.fct_referrals").fetchone()
    assert row is not None
    assert row[0] > row[1] > 0
    models = compiled_models(tmp_path)
    assert models.keys() == without_a_choice.keys()
    changed = [name for name, sql in models.items() if sql != without_a_choice[name]]
    assert bool(changed) == (choice != "default_codes"), "quality asks for it, and is no part of the core"
    if not changed:
        return
    result = run_dbt(
        ["test", "--select", *(f"{name},test_type:unit" for name in changed), *chosen[2:]], small_set, tmp_path
    )
    assert result.success, failures(result)


def test_every_rule_of_the_variable_is_tried() -> None:
    text = (PROJECT / "macros" / "ethnicity_resolution.sql").read_text(encoding="utf-8")
    named = re.findall(r"'(\w+)'", text[text.index("[") : text.index("]")])
    assert sorted(named) == sorted([*RULES, "most_frequent_valid"])
