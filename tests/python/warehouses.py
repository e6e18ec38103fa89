"""Warehouses over raw data sets, with what the oracle and the generator's truth say of the same rows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

import oracle
from iapt_equity.synthetic import generate
from in_process import PROJECT, WITHOUT_TESTS, failures, run_dbt

SEED = 20160401

# Columns of the warehouse that no written rule defines: names of the sources of thresholds.
NOT_IN_THE_RULES = {"fct_referrals": set(), "fct_episodes": {"anxiety_threshold_source_status"}}
# What the generator calls otherwise, knows beyond the data, or says in codes where the warehouse has labels.
TRUTH_ONLY = {"referral_id", "is_clean", "underlying_ethnic_category_code", "service_request_id"}
KNOWN_OF_COURSES = {"phq9_first", "gad7_first", "psychotropic_medication", "employment_status"}
KNOWN_OF_COURSES |= {"has_long_term_condition"}
"""What the truth knows of finished courses alone: the oracle reads it of the other referrals."""
TRUTH_CODES = {"psychotropic_medication_code", "employment_status_code"}
CROSSING = {"years": "2019-20:2022-23", "version": "by_date", "messy": True}
"""Both changes of version in one data set, and submissions as they really arrive."""

WHOLE = (*WITHOUT_TESTS, "--select", "fqn:*")
"""Every table, those of the publication too."""

FACTS = (*WITHOUT_TESTS, "--select", "+fct_referrals", "+fct_episodes")
"""Both fact tables and all before them."""

STATISTICS = tuple(f"path:{folder}/regression" for folder in ("models", "python_models", "seeds", "tests"))
"""The regressions, as selectors.yml has them."""
PUBLISHED = tuple(
    f"path:{folder}/published" for folder in ("models/staging", "models/intermediate", "models/marts", "seeds", "tests")
)
"""The published statistics, as selectors.yml has them."""

COMPARISON = "path:models/marts/comparison"
"""The published counts beside those of the raw data, which needs both."""

CONTEXT = tuple(f"path:{folder}/context" for folder in ("models/marts", "python_models", "seeds", "tests"))
"""What the report says beside its analysis, as selectors.yml has it."""

FINDINGS = ("path:models/marts/findings", "path:seeds/report", "path:tests/findings")
"""The report, sentence by sentence, as selectors.yml has it."""

PUBLICATION = tuple(f"path:{folder}/publication" for folder in ("models", "python_models", "seeds", "tests"))
"""What may leave, as selectors.yml has it."""

IN_THE_DICTIONARY = "models/intermediate/published/int_published_monthly_definitions.sql"
"""The words of a seed, which the dictionary of terms is made of."""

OTHER_PARTS = (
    *(
        folder
        for folder in (*STATISTICS, *PUBLISHED, COMPARISON, *CONTEXT, *FINDINGS, *PUBLICATION)
        if not folder.startswith("path:seeds/") and folder != f"path:{Path(IN_THE_DICTIONARY).parent.as_posix()}"
    ),
    *(
        f"path:{file.relative_to(PROJECT).as_posix()}"
        for file in sorted((PROJECT / IN_THE_DICTIONARY).parent.glob("*.sql"))
        if file != PROJECT / IN_THE_DICTIONARY
    ),
)
"""What a build of the raw data leaves out. What the dictionary of terms is made of stays: seeds, and one model."""

# The marts that the expectations look at and all before them, and of the tests only the two that read the verdicts.
EXPECTATIONS = (
    *("--indirect-selection", "empty", "--select", "+ethnicity_expectations", "+ethnicity_conflicts"),
    *("+ethnicity_by_person", "+ethnicity_census_comparison"),
    *("ethnicity_expectations_critical", "ethnicity_expectations_warning"),
)


@dataclass(frozen=True)
class Warehouse:
    """A built warehouse beside the raw data; tables, and what the oracle makes of the data, are read when asked for."""

    data: Path
    work: Path
    statuses: dict[str, str]
    """What became of each node of the build, by name."""

    @property
    def file(self) -> Path:
        """What readers open."""
        return self.work / "warehouse.duckdb"

    @property
    def build_file(self) -> Path:
        """What the build works in, with the tables on the way."""
        return self.work / "warehouse_build.duckdb"

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(query, parameters).fetchall()

    def frame(self, table: str) -> pd.DataFrame:
        """A table, with its schema in the name."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.sql(f"from {table}").df()

    @cached_property
    def referrals(self) -> pd.DataFrame:
        return self.frame("marts.fct_referrals")

    @cached_property
    def episodes(self) -> pd.DataFrame:
        return self.frame("marts.fct_episodes")

    @cached_property
    def expected(self) -> oracle.Expected:
        return oracle.expected_tables(self.data, self.data / "reference")

    def table(self, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The table in the warehouse and in the oracle."""
        if name == "fct_referrals":
            return self.referrals, self.expected.referrals
        return self.episodes, self.expected.episodes


def write_reference(data: Path) -> None:
    """The reference folder of a hand-made data set: one area."""
    (data / "reference").mkdir()
    (data / "reference" / "deprivation.csv").write_text("lsoa_code,imd_decile\nZ01000001,3\n", encoding="utf-8")


def build(data: Path, work: Path, *arguments: str, published: Path | None = None) -> Warehouse:
    """Builds a part of the warehouse over a data set; without arguments the core, without its tests."""
    result = run_dbt(["build", *(arguments or ("--selector", "core", *WITHOUT_TESTS))], data, work, published)
    assert result.success, failures(result)
    return Warehouse(data, work, {node.node.name: node.status.value for node in result.result.results})


def generated(work: Path, referrals: int, *arguments: str, published: Path | None = None, **options: Any) -> Warehouse:
    """Builds a part of the warehouse over a synthetic data set."""
    data = work / "data"
    generate(data, **{"referrals": referrals, "seed": SEED, "progress": False, **options})
    return build(data, work, *arguments, published=published)


def built_once(work: Path, make: Callable[[Path], Warehouse]) -> Warehouse:
    """The warehouse of a folder: the first process that asks for it builds it, the others wait for that one.

    Args:
        work: The folder, the same for all processes; it must not be there before the first asks.
        make: Builds the warehouse in the folder that it is given.
    """
    note = work / "built.json"
    try:
        work.mkdir()
    except FileExistsError:
        while not note.exists():
            time.sleep(0.2)
        data, statuses = json.loads(note.read_text(encoding="utf-8"))
        assert statuses, f"{work.name} could not be built: the process that tried says why"
        return Warehouse(Path(data), work, statuses)
    built = None
    try:
        built = make(work)
    finally:
        # Moved into its place whole, so that no process reads half of it.
        said = [str(built.data), built.statuses] if built else ["", {}]
        (work / "note.json").write_text(json.dumps(said), encoding="utf-8")
        (work / "note.json").rename(note)
    return built


def check_against_oracle(warehouse: Warehouse, name: str) -> None:
    actual, expected = warehouse.table(name)
    columns = [column for column in actual.columns if column != "referral_id"]
    unknown = set(columns) - set(expected.columns)
    assert unknown == NOT_IN_THE_RULES[name], "columns that the oracle does not know"
    wrong = oracle.differences(actual, expected, [column for column in columns if column not in unknown])
    assert wrong == {}, f"{name}: rows that differ from the oracle, of {len(expected)}"


def check_against_truth(warehouse: Warehouse, name: str) -> None:
    actual, _ = warehouse.table(name)
    truth = pd.read_parquet(warehouse.data / "truth" / "referrals.parquet")
    clean = truth[truth["is_clean"]]
    assert len(clean) > 0.97 * len(truth)
    # Nothing but what the data cannot tell is called unclean, and no referral is lost or made up.
    assert set(warehouse.referrals["referral_id"]) == set(truth["referral_id"])
    clean = clean.assign(
        psychotropic_medication=clean["psychotropic_medication_code"].map(oracle.MEDICATION).fillna(oracle.NOT_KNOWN),
        employment_status=clean["employment_status_code"].map(oracle.EMPLOYMENT).fillna(oracle.NOT_KNOWN),
    )
    clean = typed(clean)
    finished = clean[clean["is_finished_course"].astype(bool)]
    unclean = truth.loc[~truth["is_clean"], "referral_id"]
    actual = actual[~actual["referral_id"].isin(unclean)]
    columns = [column for column in clean.columns if column in actual.columns and column != "referral_id"]
    if name == "fct_referrals":
        of_courses = [column for column in columns if column in KNOWN_OF_COURSES]
        is_finished = actual["referral_id"].isin(finished["referral_id"])
        wrong = oracle.differences(actual[is_finished], finished, of_courses)
        assert wrong == {}, f"{name}: rows that differ from the truth, of {len(finished)} clean finished courses"
        columns = [column for column in columns if column not in KNOWN_OF_COURSES]
    else:
        clean = finished
    missed = set(clean.columns) - set(warehouse.referrals.columns) - set(warehouse.episodes.columns)
    assert missed <= TRUTH_ONLY | TRUTH_CODES, "truths that are not compared"
    wrong = oracle.differences(actual, clean, columns)
    assert wrong == {}, f"{name}: rows that differ from the truth, of {len(clean)} clean ones"


def typed(truth: pd.DataFrame) -> pd.DataFrame:
    """Dates and nullable booleans of the truth file in the types that the comparison expects."""
    changed = {}
    for column in truth.columns:
        if column.endswith("_date"):
            changed[column] = pd.to_datetime(truth[column])
        elif column.startswith(("is_", "has_")):
            changed[column] = truth[column].astype("boolean")
    return truth.assign(**changed)
