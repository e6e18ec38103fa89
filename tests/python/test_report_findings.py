"""Every sentence of the report that the data answer: borne out where it is planted, refuted where it is reversed.

The models are run on tables made for one sentence at a time. What must come out follows from what was planted, not from
the models: a sentence whose verdict does not turn with the data would be no finding.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest
import yaml

PROJECT = Path(__file__).parents[2]
SEEDS = PROJECT / "seeds" / "report"
MODELS = PROJECT / "models" / "marts" / "findings"
STEPS = (
    "int_finding_first_years",
    "int_finding_asked_figures",
    "int_finding_moves",
    "int_finding_gaps",
    "int_finding_estimates",
    "int_finding_estimate_changes",
    "int_finding_comparisons",
)
MARTS = ("report_finding_figures", "report_findings")
FIGURES = """create or replace table int_finding_figures (
    data_source varchar, period varchar, start_year integer, measure varchar, unit varchar, ethnic_group varchar,
    figure double, figure_low double, figure_high double, people_count bigint)"""
ESTIMATES = """create or replace table estimates (
    outcome varchar, model varchar, estimator varchar, term varchar, level varchar, level_label varchar,
    estimate double, confidence_low double, confidence_high double, observation_count bigint,
    estimate_status varchar)"""
PREDICTIONS = """create or replace table predicted_probabilities (
    outcome varchar, model varchar, estimator varchar, term varchar, level varchar, level_label varchar,
    difference double, observation_count bigint, population varchar default 'observed')"""
VARIANCES = """create or replace table variance_components (
    outcome varchar, model varchar, estimator varchar, icc double, icc_low double, icc_high double,
    is_singular boolean)"""
REVERSED = {
    "higher": "lower",
    "lower": "higher",
    "narrower": "wider",
    "falling behind": "catching up",
    "smaller": "larger",
    "not higher": "higher",
    "not lower": "lower",
    "similar": "higher",
    "equal": "unequal",
}
"""What is planted against a sentence."""
LATER = {"higher": 0.6, "lower": 0.4, "not higher": 0.4, "similar": 0.5}
"""Figure of the later year, where that of the earlier is 0.5."""
GAPS = {
    "narrower": (-0.10, -0.05),
    "wider": (-0.05, -0.10),
    "falling behind": (-0.05, -0.10),
    "catching up": (-0.1, 0.0),
}
"""Gap of the earlier and of the later year."""
EFFECTS = {"higher": 0.5, "lower": -0.5, "similar": 0.0, "not lower": 0.5, "not higher": -0.5}


def statements() -> list[dict[str, str]]:
    with (SEEDS / "report_statements.csv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["comparison"] != "not in these data"]


def rendered(name: str) -> str:
    """The SQL of a model whose parents stand under their own names."""
    (path,) = MODELS.rglob(f"{name}.sql")
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    # A macro of the project that the models call stands before them.
    macros = (PROJECT / "macros" / "joined_interval.sql").read_text(encoding="utf-8")
    template = jinja2.Environment(autoescape=False).from_string(macros + path.read_text(encoding="utf-8"))
    return template.render(ref=lambda table: table, var=lambda key: project["vars"][key], config=lambda **_: "")


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """The seeds, empty parents and views of the models. Every sentence asks for measures of its own name."""
    described = yaml.safe_load((SEEDS / "_report__seeds.yml").read_text(encoding="utf-8"))["seeds"]
    with duckdb.connect() as connection:
        for seed in described:
            types = ", ".join(f"'{column}': '{kind}'" for column, kind in seed["config"]["column_types"].items())
            file = SEEDS / f"{seed['name']}.csv"
            connection.execute(
                f"create table {seed['name']} as from read_csv('{file}', header = true, columns = {{{types}}})"
            )
        connection.execute(
            "create table int_finding_questions as select * replace (finding_id || ' ' || measure as measure) "
            f"from ({rendered('int_finding_questions')})"
        )
        for table in (FIGURES, ESTIMATES, PREDICTIONS, VARIANCES):
            connection.execute(table)
        for name in (*STEPS, *MARTS):
            connection.execute(f"create view {name} as {rendered(name)}")
        yield connection


@dataclass
class Planter:
    """Plants one sentence, or what speaks against it, with intervals of a given half width."""

    connection: duckdb.DuckDBPyConnection
    statement: dict[str, str]
    planted: str
    half_width: float = 0.004
    figures: dict[tuple[int, str, str], list[Any]] = field(default_factory=dict)
    estimates: list[list[Any]] = field(default_factory=list)
    predictions: list[list[Any]] = field(default_factory=list)
    variances: list[list[Any]] = field(default_factory=list)

    def plant(self) -> None:
        cursor = self.connection.execute(
            "select * from int_finding_questions where finding_id = ?", [self.statement["finding_id"]]
        )
        names = [column[0] for column in cursor.description or []]
        plant = {
            "between groups": self._groups,
            "over time": self._years,
            "gap over time": self._gaps,
            "printed value": self._printed,
            "printed gap": self._printed,
            "adjusted gap": self._effects,
            "effect of a factor": self._effects,
            "change by model": self._changes,
            "change by estimator": self._changes,
            "change of prediction": self._changes,
            "clustering": self._variances,
        }[self.statement["comparison"]]
        for row in cursor.fetchall():
            plant(dict(zip(names, row, strict=True)))
        self._insert("int_finding_figures", [*self.figures.values()])
        self._insert("estimates", self.estimates)
        self._insert("variance_components", self.variances)
        self._insert(
            "predicted_probabilities (outcome, model, estimator, term, level, level_label, difference, "
            "observation_count)",
            self.predictions,
        )

    def _insert(self, table: str, rows: list[list[Any]]) -> None:
        if rows:
            places = ", ".join(f"({', '.join('?' for _ in row)})" for row in rows)
            self.connection.execute(f"insert into {table} values {places}", [value for row in rows for value in row])

    def _figure(self, question: dict[str, Any], group: str, year: int, figure: float) -> None:
        period = f"{year}-{(year + 1) % 100:02d}"
        row = ["raw_data", period, year, question["measure"], "share", group, figure]
        self.figures[(year, question["measure"], group)] = [
            *row,
            figure - self.half_width,
            figure + self.half_width,
            5000,
        ]

    def _year(self) -> int:
        baseline = self.statement["baseline"]
        return int(baseline[:4]) if baseline[:1].isdigit() else 2015

    def _groups(self, question: dict[str, Any]) -> None:
        if question["ethnic_group"] != question["comparator"]:
            self._figure(question, question["ethnic_group"], self._year(), LATER[self.planted])
            self._figure(question, question["comparator"], self._year(), 0.5)

    def _years(self, question: dict[str, Any]) -> None:
        self._figure(question, question["ethnic_group"], self._year(), 0.5)
        self._figure(question, question["ethnic_group"], self._year() + 1, LATER[self.planted])

    def _gaps(self, question: dict[str, Any]) -> None:
        for year, gap in zip((self._year(), self._year() + 1), GAPS[self.planted], strict=True):
            self._figure(question, question["comparator"], year, 0.5)
            self._figure(question, question["ethnic_group"], year, 0.5 + gap)

    def _printed(self, question: dict[str, Any]) -> None:
        middle = (float(self.statement["printed_low"]) + float(self.statement["printed_high"])) / 2
        figure = middle if self.planted == "equal" else 0.5 * middle
        year = int((self.statement["first_year"] or "2015")[:4])
        if question["comparator"]:
            self._figure(question, question["comparator"], year, 0.5)
            figure = 0.5 - figure
        self._figure(question, question["ethnic_group"], year, figure)

    def _estimator(self, kind: str | None, outcome: str) -> str:
        family = "linear" if outcome.endswith("proportion_of_sessions_attended") else "logistic"
        return f"{family}_multilevel" if kind == "multilevel" else family

    def _estimate(self, question: dict[str, Any], model: str, kind: str, estimate: float) -> None:
        term = question["term"] or "ethnic_group"
        label = question["term_level"] if question["term"] else question["ethnic_group"]
        row = [question["measure"], model, self._estimator(kind, question["measure"]), term, label, label, estimate]
        if self.statement["comparison"] == "change of prediction":
            self.predictions.append([*row, 5000])
        else:
            self.estimates.append([*row, estimate - self.half_width, estimate + self.half_width, 5000, "estimated"])

    def _effects(self, question: dict[str, Any]) -> None:
        self._estimate(question, question["fitted_model"], question["estimator"], EFFECTS[self.planted])

    def _changes(self, question: dict[str, Any]) -> None:
        earlier, later = {
            "smaller": (-0.5, -0.1),
            "larger": (-0.1, -0.5),
            "higher": (0.1, 0.5),
            "lower": (0.5, 0.1),
            "similar": (0.3, 0.3),
        }[self.planted]
        before = (
            question["baseline_model"] or question["fitted_model"],
            question["baseline_estimator"] or question["estimator"],
        )
        self._estimate(question, question["fitted_model"], question["estimator"], later)
        self._estimate(question, *before, earlier)

    def _variances(self, question: dict[str, Any]) -> None:
        middle = (float(self.statement["printed_low"]) + float(self.statement["printed_high"])) / 2
        icc = middle if self.planted == "equal" else 2 * middle + 0.02
        estimator = self._estimator("multilevel", question["measure"])
        low, high = icc - self.half_width, icc + self.half_width
        self.variances.append([question["measure"], question["fitted_model"], estimator, icc, low, high, False])


def verdicts(
    connection: duckdb.DuckDBPyConnection, planted: Callable[[str], str], half_width: float = 0.004
) -> dict[str, str]:
    """Plant every sentence anew; its verdict, of the last period where it is about more than one."""
    for table in (FIGURES, ESTIMATES, PREDICTIONS, VARIANCES):
        connection.execute(table)
    for statement in statements():
        Planter(connection, statement, planted(statement["direction"]), half_width).plant()
    return dict(connection.execute("select finding_id, verdict from report_findings order by period").fetchall())


@pytest.fixture(scope="module")
def borne_out(database: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return verdicts(database, lambda direction: direction)


@pytest.fixture(scope="module")
def turned_round(database: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return verdicts(database, lambda direction: REVERSED[direction])


@pytest.fixture(scope="module")
def drowned(database: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return verdicts(database, lambda direction: direction, half_width=0.8)


@pytest.mark.parametrize("finding", [row["finding_id"] for row in statements()])
def test_a_planted_finding_holds_and_its_reverse_does_not(
    borne_out: dict[str, str], turned_round: dict[str, str], finding: str
) -> None:
    assert (borne_out[finding], turned_round[finding]) == ("holds", "does not hold")


@pytest.mark.parametrize(
    "finding",
    [row["finding_id"] for row in statements() if row["comparison"] in ("between groups", "over time", "adjusted gap")],
)
def test_what_drowns_in_chance_cannot_be_told(drowned: dict[str, str], finding: str) -> None:
    assert drowned[finding] == "cannot be told"


def test_every_group_and_measure_of_a_statement_is_one_that_there_is() -> None:
    def column(path: str, name: str) -> set[str]:
        with (PROJECT / path).open(encoding="utf-8", newline="") as lines:
            return {row[name] for row in csv.DictReader(lines)}

    groups = column("seeds/ethnicity/ethnic_categories.csv", "ethnic_group") | {"total", "not_stated"}
    groups |= column("seeds/ethnicity/ethnic_categories.csv", "high_level_ethnic_group")
    sets: dict[str, set[str]] = {}
    with (SEEDS / "report_statement_sets.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            sets.setdefault(row["set_name"], set()).add(row["member"])
    named = {row[role] for row in statements() for role in ("groups", "comparators")} - {""}
    members = {member for name in named for member in sets.get(name, {name})}
    assert members - groups == set()
    used = named | {row[role] for row in statements() for role in ("measures", "models", "baseline_models")}
    assert set(sets) - used == set(), "sets that no statement names"
