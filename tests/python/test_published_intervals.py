"""The interval macros against statsmodels, on a grid of counts from tiny to national."""

from __future__ import annotations

import itertools
import math

import duckdb
import jinja2
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from in_process import PROJECT, default_of

COUNTS = [(0, 1), (1, 1), (0, 7), (1, 7), (6, 7), (7, 7), (3, 40), (20, 40), (361, 999), (999, 1000), (488157, 1234803)]
PAIRS = list(itertools.product(COUNTS, COUNTS))
CLOSE = 1e-12


def evaluate(expressions: dict[str, str], counts: list[tuple[int | None, ...]], names: list[str]) -> list[list[float]]:
    """Evaluate macro calls on rows of counts, as the warehouse would: integers in a DuckDB table."""
    environment = jinja2.Environment()
    environment.globals["var"] = default_of
    source = "".join(
        (PROJECT / "macros" / f"{name}.sql").read_text(encoding="utf-8")
        for name in ("checked_variables", "wilson_interval", "joined_interval", "rate_comparison")
    )
    calls = ", ".join(f"{{{{ {call} }}}} as {name}" for name, call in expressions.items())
    select = environment.from_string(source + f"select {calls} from counts order by number").render()
    connection = duckdb.connect()
    connection.execute(f"create table counts (number integer, {', '.join(f'{name} bigint' for name in names)})")
    marks = ", ".join("?" for _ in range(len(names) + 1))
    connection.executemany(f"insert into counts values ({marks})", [[i, *row] for i, row in enumerate(counts)])
    return [list(row) for row in connection.execute(select).fetchall()]


def test_wilson_interval_equals_statsmodels() -> None:
    got = evaluate(
        {"low": "wilson_interval_low('x', 'n')", "high": "wilson_interval_high('x', 'n')"}, COUNTS, ["x", "n"]
    )
    for (numerator, denominator), (low, high) in zip(COUNTS, got, strict=True):
        expected = proportion_confint(numerator, denominator, alpha=0.05, method="wilson")
        assert (low, high) == pytest.approx(expected, abs=CLOSE)
        assert 0 <= low <= numerator / denominator <= high <= 1


def test_intervals_stay_exact_at_the_ends() -> None:
    got = evaluate(
        {"low": "wilson_interval_low('x', 'n')", "high": "wilson_interval_high('x', 'n')"},
        [(0, n) for n in range(1, 200)] + [(n, n) for n in range(1, 200)],
        ["x", "n"],
    )
    assert {low for low, _ in got[:199]} == {0.0}
    assert {high for _, high in got[199:]} == {1.0}


@pytest.mark.parametrize("row", [(None, 5, 1, 2), (1, None, 1, 2), (0, 0, 1, 2), (6, 5, 1, 2), (-1, 5, 1, 2)])
def test_no_interval_and_no_comparison_without_a_rate(row: tuple[int | None, ...]) -> None:
    names = ["x", "n", "c", "m"]
    pair = "'x', 'n', 'c', 'm'"
    swapped = "'c', 'm', 'x', 'n'"
    kinds = ["risk_difference", "risk_ratio"]
    calls = [
        f"{kind}{end}({arguments})" for kind in kinds for end in ("", "_low", "_high") for arguments in (pair, swapped)
    ]
    calls += ["rate('x', 'n')", "wilson_interval_low('x', 'n')", "wilson_interval_high('x', 'n')"]
    got = evaluate({f"v{index}": call for index, call in enumerate(calls)}, [row], names)
    assert set(got[0]) == {None}


def test_difference_and_its_newcombe_interval_equal_statsmodels() -> None:
    arguments = "'x', 'n', 'c', 'm'"
    got = evaluate(
        {name: f"{name}({arguments})" for name in ("risk_difference", "risk_difference_low", "risk_difference_high")},
        [(*one, *other) for one, other in PAIRS],
        ["x", "n", "c", "m"],
    )
    for ((x, n), (c, m)), (difference, low, high) in zip(PAIRS, got, strict=True):
        assert difference == pytest.approx(x / n - c / m, abs=CLOSE)
        expected = confint_proportions_2indep(x, n, c, m, method="newcomb", compare="diff", correction=False)
        assert (low, high) == pytest.approx(expected, abs=CLOSE)


def test_ratio_and_its_log_interval_equal_statsmodels() -> None:
    arguments = "'x', 'n', 'c', 'm'"
    got = evaluate(
        {name: f"{name}({arguments})" for name in ("risk_ratio", "risk_ratio_low", "risk_ratio_high")},
        [(*one, *other) for one, other in PAIRS],
        ["x", "n", "c", "m"],
    )
    for ((x, n), (c, m)), (ratio, low, high) in zip(PAIRS, got, strict=True):
        if c == 0:
            assert (ratio, low, high) == (None, None, None)
        elif x == 0:
            assert (ratio, low, high) == (0, None, None)
        else:
            assert ratio == pytest.approx((x / n) / (c / m), rel=CLOSE)
            expected = confint_proportions_2indep(x, n, c, m, method="log", compare="ratio")
            assert (low, high) == pytest.approx(expected, rel=1e-10)
            assert not math.isnan(low)
