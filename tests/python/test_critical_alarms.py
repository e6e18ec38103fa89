"""Where half of a provider's or a column's rows are lost, a build publishes nothing, and one line says which."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from iapt_equity.synthetic import generate
from in_process import WITHOUT_TESTS, failures, joined, run_dbt
from test_window import Row, change, months
from warehouses import SEED

pytestmark = pytest.mark.slow

BUILD = (
    *("build", "--indirect-selection", "empty"),
    *("--select", "+fct_referrals", "+input_alarms", "input_alarms_critical", "input_alarms_warning"),
)
"""The referrals and the alarms, with the two tests that read the alarms."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alarms") / "data"
    generate(folder, 800, SEED, years="2017-18:2017-18", file_format="csv", progress=False)
    return joined(folder)


@pytest.fixture(scope="module")
def last_good(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a build of the set as it is."""
    work = tmp_path_factory.mktemp("good")
    assert failures(run_dbt(list(BUILD), data, work)) == []
    return work


@pytest.fixture(scope="module")
def largest(data: Path) -> str:
    """The provider with most contacts."""
    of_submission, counts = months(data), Counter[str]()
    for path in (data / "v2_1" / "IDS201CareContact").glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as handle:
            counts.update(of_submission[row["UniqueSubmissionID"]][0] for row in csv.DictReader(handle))
    provider, count = counts.most_common(1)[0]
    assert count > 250
    return provider


def refused_dates(row: Row) -> Row:
    return {**row, "CareContDate": "not a date"}


def orphans(row: Row) -> Row:
    return {**row, "ServiceRequestId": row["ServiceRequestId"] + "X"}


Spoil = Callable[[Row], Row]


def spoilt(data: Path, target: Path, spoil: Spoil, provider: str, every: int) -> Path:
    """The set with one of so many contacts of a provider left as it was, the others spoilt."""
    of_submission = months(data)
    seen = Counter[str]()

    def keep(table: str, row: Row) -> Row:
        sender = of_submission[row["UniqueSubmissionID"]][0]
        if table != "IDS201CareContact" or sender != provider:
            return row
        seen[sender] += 1
        return spoil(row) if seen[sender] % every else row

    return change(data, target, keep)


@pytest.mark.parametrize(
    ("spoil", "problem"), [(refused_dates, "rows refused"), (orphans, "rows whose parent is missing")]
)
def test_nothing_is_published_and_one_line_says_which(
    data: Path, last_good: Path, largest: str, tmp_path: Path, spoil: Spoil, problem: str
) -> None:
    for file in last_good.glob("*.duckdb"):
        shutil.copy(file, tmp_path)
    warehouse = tmp_path / "warehouse.duckdb"
    good = warehouse.read_bytes()
    bad = spoilt(data, tmp_path / "bad", spoil, largest, 4)
    log = tmp_path / "logs" / "dbt.log"
    result = run_dbt(list(BUILD), bad, tmp_path)
    assert [name.split(":")[0] for name in failures(result)] == ["input_alarms_critical"]
    said = log.read_text(encoding="utf-8").splitlines()
    wanted = f"CRITICAL: provider {largest}, IDS201CareContact: "
    named = [text for text in said if wanted in text and text.endswith(problem)]
    assert len(named) == 1, "\n".join(text for text in said if "CRITICAL" in text)
    assert [text for text in said if "Not published: 1 nodes failed" in text] != []
    assert warehouse.read_bytes() == good
    # Nor is it by the build of another part, or by one that leaves tests out: the alarm is still there.
    log.unlink()
    result = run_dbt(["build", *WITHOUT_TESTS, "--select", "missing_months"], bad, tmp_path)
    assert not result.success
    said = log.read_text(encoding="utf-8").splitlines()
    assert len([text for text in said if "NOT PUBLISHED: too many rows" in text]) >= 1
    assert warehouse.read_bytes() == good
    # Mended, it is published again.
    assert failures(run_dbt(list(BUILD), data, tmp_path)) == []
    assert warehouse.stat().st_size > 0


def test_a_share_below_the_critical_one_is_published_with_a_warning(data: Path, largest: str, tmp_path: Path) -> None:
    """One contact in three of a provider: above the share that warns, below half."""
    of_submission = months(data)
    seen = Counter[str]()

    def keep(table: str, row: Row) -> Row:
        if table != "IDS201CareContact" or of_submission[row["UniqueSubmissionID"]][0] != largest:
            return row
        seen[largest] += 1
        return row if seen[largest] % 3 else refused_dates(row)

    assert failures(run_dbt(list(BUILD), change(data, tmp_path / "data", keep), tmp_path)) == []
    said = (tmp_path / "logs" / "dbt.log").read_text(encoding="utf-8")
    assert f"Look first: provider {largest}, IDS201CareContact: " in said
    assert (tmp_path / "warehouse.duckdb").exists()
