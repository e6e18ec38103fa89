"""The worked questions have answers: on a small set and, in the words that they quote, on the demo set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from in_process import PROJECT, run_dbt
from warehouses import Warehouse
from worked_answers import ANSWERS

DEMO = PROJECT / "iapt_equity.duckdb"
"""What the first build of the README makes, which `.ci/run` does before these tests."""
DEMO_REFERRALS = 100_000
FILES = sorted((PROJECT / "analyses").glob("*.sql"))


@pytest.fixture(scope="module")
def questions(whole_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The SQL of each, as a reader asks it: of the warehouse file, not of the build file."""
    work = tmp_path_factory.mktemp("questions")
    assert run_dbt(["compile", "--select", "resource_type:analysis"], whole_warehouse.data, work).success
    folder = work / "target" / "compiled" / "iapt_equity" / "analyses"
    return {
        file.stem: file.read_text(encoding="utf-8").replace('"warehouse_build".', "") for file in folder.glob("*.sql")
    }


@pytest.fixture(scope="module")
def demo() -> Iterator[duckdb.DuckDBPyConnection]:
    """The whole warehouse of the demo set, if it is the last that was built here."""
    if not DEMO.exists():
        pytest.skip("the demo set has not been built here: uv run dbt build")
    with duckdb.connect(str(DEMO), read_only=True) as connection:
        (referrals, areas) = connection.execute(
            "select (select count(*) from marts.fct_referrals), (select count(*) from marts.access_rates "
            "where area_name like 'Fictional%')"
        ).fetchall()[0]
        (fits,) = connection.execute("select count(*) from duckdb_tables() where table_name = 'fits'").fetchall()[0]
        if referrals != DEMO_REFERRALS or not areas or not fits:
            pytest.skip("the warehouse here is not the whole one of the demo set: uv run dbt build")
        yield connection


def words_of(name: str) -> str:
    """The header of an analysis, lines joined."""
    head, _, _ = (PROJECT / "analyses" / f"{name}.sql").read_text(encoding="utf-8").partition("#}")
    return " ".join(head.split())


def test_there_are_25_questions_with_an_answer_each() -> None:
    assert len(FILES) == 25
    assert [name for name, _, _ in ANSWERS] == sorted(file.stem for file in FILES)
    assert [file.stem for file in FILES if not words_of(file.stem).startswith("{# Question: ")] == []


def test_every_question_has_an_answer_on_a_small_set(questions: dict[str, str], whole_warehouse: Warehouse) -> None:
    assert questions.keys() == {file.stem for file in FILES}
    # The board that the answers are of is one of the demo set.
    ((board,),) = whole_warehouse.rows(
        "select max_by(area_code, denominator_count) from marts.pooled_rates "
        "where area_level = 'icb' and ethnic_classification = 'total' and measure = 'recovery'"
    )
    asked = {name: sql.replace("'QZ8'", f"'{board}'") for name, sql in questions.items()}
    answers: dict[str, list[tuple[Any, ...]]] = {name: whole_warehouse.rows(sql) for name, sql in asked.items()}
    assert {name for name, rows in answers.items() if not rows} == set()
    assert len(answers["who_is_lost_on_the_way"]) == 17
    # Every group but White British, over the published years.
    assert len(answers["gap_to_white_british_by_year"]) == 15
    # One row an outcome and group: a second group without a gap, as of two rates of nothing, is no second reference.
    rows = [row[:2] for row in answers["unknown_outcomes"]]
    assert len(rows) == len(set(rows)) > 50
    # One row a group: what no ethnicity is known of stands in several classifications.
    for name in ("who_waits_longer_in_my_icb", "who_is_still_waiting_too_long"):
        groups = [row[0] for row in answers[name]]
        assert len(groups) == len(set(groups)), name


def test_cochran_s_q_is_that_of_a_hand_calculation(questions: dict[str, str]) -> None:
    """Three boards with gaps of -10, 0 and 4 points, standard errors of 2, 4 and 4 points.

    Weights 1/4, 1/16 and 1/16 (a point squared): the common gap is (-10 * 4 + 0 + 4) / 6 = -6 points, and
    Q = 16 / 4 + 36 / 16 + 100 / 16 = 12.5 on 2 degrees of freedom; (12.5 - 2) / 12.5 = 84%.
    """
    z = 1.959963984540054
    with duckdb.connect() as connection:
        connection.execute(
            "create schema marts; create table marts.pooled_rates (area_level varchar, ethnic_group varchar, "
            "measure varchar, difference_to_white_british double, difference_low double, difference_high double)"
        )
        for gap, error in ((-0.10, 0.02), (0.0, 0.04), (0.04, 0.04)):
            row = ["icb", "Minoritised ethnic groups", "recovery", gap, gap - z * error, gap + z * error]
            connection.execute("insert into marts.pooled_rates values (?, ?, ?, ?, ?, ?)", row)
        answer = connection.execute(questions["do_boards_differ_more_than_chance"]).fetchall()
    assert answer == [(3, -6.0, 12.5, 2, 84.0)]


@pytest.mark.parametrize(("name", "words", "query"), ANSWERS, ids=[name for name, _, _ in ANSWERS])
def test_the_words_are_true_of_the_demo_set(
    name: str, words: str, query: str, questions: dict[str, str], demo: duckdb.DuckDBPyConnection
) -> None:
    (figures,) = demo.execute(f"with answer as ({questions[name]}) {query}").fetchall()
    assert words.format(*figures) in words_of(name)
