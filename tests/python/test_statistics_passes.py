"""What the estimators are built from: sums by a code, the order of the rows, blocks, collapsing, lent vectors."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import duckdb
import numpy as np
import pandas as pd
import pytest

from iapt_equity.statistics import (
    DesignError,
    Fit,
    Term,
    average_adjusted_predictions,
    build_design,
    coefficient_changes,
    collapse,
    fit_linear,
    fit_linear_multilevel,
    fit_logistic,
    fit_logistic_multilevel,
)
from iapt_equity.statistics.design import Factor, Scratch, _canonical_order, _distinct
from iapt_equity.statistics.loading import _read_columns
from iapt_equity.statistics.predictions import AdjustedPrediction
from iapt_equity.statistics.sums import CodedRows, code_type
from statistics_support import TERMS, design_of, simulate
from test_statistics_single import errors, estimates

NAMES = tuple(term.name for term in TERMS)
#: Modules that go through the rows in blocks, each with its own name for the length of a block.
BLOCKWISE = ("design", "matrix", "single", "multilevel", "comparison")


@pytest.mark.parametrize("kind", [np.int8, np.int32, np.int64])
def test_sums_by_a_code_are_those_of_a_count(kind: type[np.integer]) -> None:
    rng = np.random.default_rng(1)
    codes, weights, values = rng.integers(0, 30, 5000).astype(kind), rng.random(5000), rng.normal(size=5000)
    np.testing.assert_array_equal(CodedRows(codes, 40).sums(values), np.bincount(codes, values, 40))
    found = CodedRows(codes, 40, weights).sums(values)
    np.testing.assert_allclose(found, np.bincount(codes, weights * values, 40), atol=1e-12)
    assert np.all(found[30:] == 0.0)


def test_codes_too_many_for_32_bits_take_64() -> None:
    assert code_type(2**31 - 1) is np.int32
    assert code_type(2**31) is np.int64


@pytest.mark.parametrize("hashes", [2**64 - 1, 2**40, 1000])
@pytest.mark.parametrize("levels", [(16, 40), (3,), (2000, 3000, 4000, 5000, 6000, 7000)])
def test_order_is_by_pattern_then_by_the_whole_hash(hashes: int, levels: tuple[int, ...]) -> None:
    """Also where rows agree in that part of the hash which fits beside the pattern, and with many factors."""
    rng = np.random.default_rng(2)
    digest = rng.integers(0, hashes, 20_000, dtype=np.uint64)
    codes = [rng.integers(0, count, 20_000).astype(np.int32) for count in levels]
    factors = [Factor(str(i), tuple(map(str, range(count))), 0) for i, count in enumerate(levels)]
    expected = np.lexsort((digest, *reversed(codes)))
    np.testing.assert_array_equal(_canonical_order(codes, factors, digest), expected)


def fits() -> list[tuple[Fit, list[AdjustedPrediction]]]:
    """Fits of every kind with their predictions, on rows with missing values, a sample and clusters."""
    frame = simulate(6000, seed=3, clusters=40).frame
    frame.loc[frame.index % 50 == 0, "score"] = np.nan
    data = build_design(
        {term.name: frame[term.name].to_numpy() for term in TERMS}, TERMS,
        {"happened": frame["happened"].to_numpy(), "amount": frame["amount"].to_numpy()},
        {"happened": (frame["age"] > 20).to_numpy()}, frame["cluster"].astype(str).to_numpy(),
    )  # fmt: skip
    robust = [fit_logistic(data, "happened", NAMES, robust=True), fit_linear(data, "amount", NAMES, robust=True)]
    plain = [fit_logistic(data, "happened", NAMES), fit_linear(data, "amount", NAMES)]
    units = collapse(data, ["group", "sex"], by_cluster=True)
    assert units is not None
    multilevel = [
        fit_logistic_multilevel(data, "happened", NAMES), fit_linear_multilevel(data, "amount", NAMES),
        fit_logistic_multilevel(data, "happened", NAMES, quadrature_nodes=5),
        fit_logistic_multilevel(units, "happened", ["group", "sex"]),
    ]  # fmt: skip
    found = [*plain, *robust, *multilevel]
    return [(fit, average_adjusted_predictions(fit, "group")) for fit in found]


def test_length_of_the_blocks_changes_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows in one block against rows in blocks that end inside patterns and clusters."""
    whole = fits()
    for module in BLOCKWISE:
        monkeypatch.setattr(f"iapt_equity.statistics.{module}.BLOCK_ROWS", 257)
    for (one, expected), (many, found) in zip(whole, fits(), strict=True):
        assert len(many.matrix.blocks) > 1
        np.testing.assert_allclose(estimates(many), estimates(one), atol=1e-10)
        np.testing.assert_allclose(errors(many), errors(one), rtol=1e-8)
        assert many.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-12)
        for name in ("prediction", "standard_error"):
            np.testing.assert_allclose(
                [getattr(p, name) for p in found], [getattr(p, name) for p in expected], rtol=1e-7
            )


@pytest.mark.parametrize("outcome", ["happened", "amount"])
def test_changes_of_coefficients_by_blocks(monkeypatch: pytest.MonkeyPatch, outcome: str) -> None:
    data = simulate(3000).design
    fitter = fit_logistic if outcome == "happened" else fit_linear
    smaller, larger = fitter(data, outcome, ["group"]), fitter(data, outcome, NAMES)
    expected = coefficient_changes(smaller, larger, "group")
    for module in BLOCKWISE:
        monkeypatch.setattr(f"iapt_equity.statistics.{module}.BLOCK_ROWS", 311)
    smaller, larger = fitter(data, outcome, ["group"]), fitter(data, outcome, NAMES)
    found = coefficient_changes(smaller, larger, "group")
    assert [c.level for c in found] == list("BCDE")
    np.testing.assert_allclose([c.standard_error for c in found], [c.standard_error for c in expected], rtol=1e-9)


def test_distinct_keys_by_table_and_by_sort() -> None:
    rng = np.random.default_rng(4)
    key = rng.integers(0, 300, 4000)
    for size in (300, 10**12):  # a table, then a sort
        unique, first, inverse = _distinct(key, size)
        np.testing.assert_array_equal(unique, np.unique(key))
        np.testing.assert_array_equal(first, [np.flatnonzero(key == value)[0] for value in unique])
        np.testing.assert_array_equal(unique[inverse], key)


def test_collapse_gives_up_where_hardly_any_rows_are_alike_and_not_before() -> None:
    rng = np.random.default_rng(5)
    rows = 30_000
    frame = pd.DataFrame({"group": rng.choice(list("AB"), rows), "wide": rng.permutation(rows) * 1.0})
    frame["narrow"] = frame["wide"] // 100
    frame["happened"] = rng.random(rows) < 0.5
    terms = (Term("group", "categorical"), Term("wide", "numeric"), Term("narrow", "numeric"))
    data = design_of(frame, terms)
    assert collapse(data, ["group", "wide"], by_cluster=False) is None
    assert collapse(data, ["group", "wide"], by_cluster=False, worthwhile=1.0) is None
    units = collapse(data, ["group", "narrow"], by_cluster=False)
    assert units is not None
    assert units.row_count == len(frame.groupby(["group", "narrow"]))
    assert fit_logistic(units, "happened", ["group", "narrow"]).observation_count == rows


def test_codes_without_a_label_are_refused() -> None:
    with pytest.raises(DesignError, match="no label"):
        build_design({"x": (np.array([0, 2]), ["a", "b"])}, [Term("x", "categorical")], {"y": [0, 1]})


def test_no_two_fits_work_in_the_same_vector() -> None:
    scratch = Scratch(100)

    def work(number: int) -> bool:
        with scratch.borrow(3) as vectors:
            for vector in vectors:
                vector[:] = number
            return all(bool(np.all(vector == number)) for vector in vectors) and len({*map(id, vectors)}) == 3

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(500)))
    with scratch.borrow(1) as (first,):
        kept = first
    with scratch.borrow(1) as (again,):
        assert again is kept  # handed on, not made anew


def test_columns_are_read_as_they_are_stored() -> None:
    numbers = duckdb.sql(
        "select (range % 7 - 1)::smallint as code, range::integer as wide, (range % 3)::utinyint as state, "
        "case when range % 5 = 0 then 'nan'::double else range / 8 end as value from range(1200000) order by range"
    )
    columns = _read_columns(numbers, 1_200_000)  # more than one batch
    rows = np.arange(1_200_000)
    assert [column.dtype.str[1:] for column in columns.values()] == ["i2", "i4", "u1", "f8"]
    np.testing.assert_array_equal(columns["code"], rows % 7 - 1)
    np.testing.assert_array_equal(columns["wide"], rows)
    np.testing.assert_array_equal(columns["state"], rows % 3)
    np.testing.assert_array_equal(columns["value"], np.where(rows % 5 == 0, np.nan, rows / 8))
    with pytest.raises(DesignError, match="'code': 1 nulls"):
        _read_columns(duckdb.sql("select unnest([1, null]::smallint[]) as code"), 2)
    with pytest.raises(DesignError, match="rows changed"):
        _read_columns(numbers, 1_200_001)


def test_rows_do_not_pass_through_pandas() -> None:
    program = (
        "import sys, duckdb\n"
        "from iapt_equity.statistics.loading import _read_columns\n"
        "_read_columns(duckdb.sql('select range::double as value from range(9)'), 9)\n"
        "assert 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
