"""The cards of the statistical models are those that the seeds give, and say all that a card must."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest

from iapt_equity.cli import main
from iapt_equity.model_cards import model_pages, read_models
from in_process import PROJECT

FOLDER = PROJECT / "docs" / "models"
PARTS = ("**Purpose.**", "## Sample", "## Terms", "## Method", "## Assumptions", "## Limits", "## Checks", "**Owner.**")


def test_the_cards_are_current() -> None:
    written = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.md")}
    assert written == model_pages(read_models(PROJECT)), "run `uv run iapt-equity model-cards`"


def test_every_kind_of_model_that_is_fitted_has_a_card() -> None:
    with (PROJECT / "seeds" / "regression" / "regression_outcomes.csv").open(encoding="utf-8") as file:
        outcomes = list(csv.DictReader(file))
    fitted = {(row["analysis"], row["family"], "single") for row in outcomes}
    fitted |= {(row["analysis"], row["family"], "multilevel") for row in outcomes if row["cluster_column"]}
    cards = {(card["analysis"], card["family"], card["levels"]) for card in read_models(PROJECT).cards}
    assert fitted <= cards


@pytest.mark.parametrize("card", [row["card"] for row in read_models(PROJECT).cards])
def test_a_card_says_what_it_must(card: str) -> None:
    page = (FOLDER / f"{card}.md").read_text(encoding="utf-8")
    assert [part for part in PARTS if part not in page] == []
    files = re.findall(r"`((?:tests|benchmarks)/[\w/.]+)`", page)
    assert files
    assert [file for file in files if not (PROJECT / file).exists()] == []


def test_the_command_writes_them(tmp_path: Path) -> None:
    assert main(["model-cards", "--project", str(PROJECT), "--out", str(tmp_path / "cards")]) == 0
    assert sorted(file.name for file in (tmp_path / "cards").iterdir()) == sorted(
        file.name for file in FOLDER.iterdir()
    )


def test_a_card_of_no_analysis_is_refused(tmp_path: Path) -> None:
    for folder in ("seeds/regression", "seeds/rules", "models"):
        (tmp_path / folder).mkdir(parents=True)
    for file in [*(PROJECT / "seeds" / "regression").glob("*.csv"), PROJECT / "seeds" / "rules" / "outcome_rules.csv"]:
        shutil.copy(file, tmp_path / file.relative_to(PROJECT))
    shutil.copy(PROJECT / "models" / "groups.yml", tmp_path / "models")
    seed = tmp_path / "seeds" / "regression" / "regression_model_cards.csv"
    seed.write_text(
        seed.read_text(encoding="utf-8").replace(",access,logistic,", ",absent,logistic,"), encoding="utf-8"
    )
    with pytest.raises(ValueError, match="regression_model_cards, access: no row of regression_terms"):
        read_models(tmp_path)
