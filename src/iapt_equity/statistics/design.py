"""The design: rows coded once, sorted into a canonical order, shared by every model of a programme.

Categorical columns are never expanded into indicator columns. The rows are sorted by the pattern of their factor
levels, in the order in which the terms enter the models, so that the rows of one pattern lie together for the full
model and for every smaller one. What a fit needs of the factors is then a sum over runs of rows (one sum a pattern,
and patterns are few), and only the numeric columns are read row by row.

The order of the rows is a function of their content alone (factor pattern, then a 64-bit hash of the whole row), so
the same rows in any order, from any number of threads, give the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from iapt_equity.statistics.errors import DesignError
from iapt_equity.statistics.sums import CodedRows, ones

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

Kind = Literal["categorical", "numeric"]
MissingPolicy = Literal["level", "complete_case", "refuse"]

#: Label of the level that stands for a missing value of a categorical term.
NOT_KNOWN = "not known"
#: Largest number of distinct packed keys; beyond it the design falls back to sorting on several keys.
_PACK_LIMIT = 2**62
#: Bits of a pattern that leave enough of a word for the hash of the row.
_PATTERN_BITS = 28
#: Rows of a block: vectors long enough for threads not to wait for the interpreter, short enough for the shared cache.
BLOCK_ROWS = 262_144


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a model.

    Args:
        name: name of the column and of the term in the results.
        kind: 'categorical' (one coefficient a level, less the reference) or 'numeric' (one coefficient).
        reference: reference level of a categorical term; None takes the first level in sort order.
        unit: size of the step that a numeric coefficient describes, in the units of the column (10 for "ten years").
        missing: 'level' (categorical: an explicit level), 'complete_case' (rows left out, counted) or 'refuse'.
        levels: levels in order, or None to take those in the data, sorted.
    """

    name: str
    kind: Kind
    reference: str | None = None
    unit: float = 1.0
    missing: MissingPolicy = "complete_case"
    levels: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """A coded categorical term: level labels in order and the position of the reference level."""

    name: str
    levels: tuple[str, ...]
    reference: int
    not_known_count: int = 0


@dataclass(frozen=True, slots=True)
class Numeric:
    """A coded numeric term: stored as (value - centre) / scale; `unit` is the step reported."""

    name: str
    unit: float
    centre: float
    scale: float
    missing_count: int
    missing: BoolArray | None = None


@dataclass(frozen=True, slots=True)
class OutcomeData:
    """One outcome over the rows (or collapsed units) of a design.

    Attributes:
        name: name of the outcome.
        total: sum of the outcome over the trials of each row, shape (n,), zero where no trial.
        trials: number of trials (or weight) of each row, shape (n,); None means one for each row.
        sum_of_squares: sum over all trials of the squared outcome (needed by linear models on collapsed units).
        excluded_count: rows outside the outcome's sample.
        observation_count: rows inside the sample (before weights).
        is_binary: whether every value is 0 or 1.
    """

    name: str
    total: FloatArray
    trials: FloatArray | None
    sum_of_squares: float
    excluded_count: int
    observation_count: int
    is_binary: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A run of rows [low, high) and the runs of equal patterns within it."""

    low: int
    high: int
    first_pattern: int
    last_pattern: int
    starts: IntArray


@dataclass(frozen=True, slots=True)
class ClusterRun:
    """A stretch of rows [low, high) put in the order of their clusters, so that sums over clusters are sums over runs.

    Attributes:
        low, high: the rows.
        order: rows of the stretch in the order of their clusters, counted from `low`, shape (high - low,).
        cluster: cluster of each row in that order.
        present: clusters that have rows in the stretch, ascending.
        starts: where the run of each of them begins.
    """

    low: int
    high: int
    order: IntArray
    cluster: IntArray
    present: IntArray
    starts: IntArray


class Scratch:
    """Vectors of the length of a design that one fit after the other works in.

    A fit of millions of rows that takes fresh memory for every intermediate vector spends a quarter of its time in the
    operating system, which must clear each page before it hands it over.
    """

    def __init__(self, length: int) -> None:
        self._length = length
        self._free: list[FloatArray] = []

    @contextmanager
    def borrow(self, count: int) -> Iterator[list[FloatArray]]:
        """So many vectors of shape (n,) with any content, for the time of a `with` block; safe among threads."""
        vectors: list[FloatArray] = []
        while len(vectors) < count:
            try:
                vectors.append(self._free.pop())
            except IndexError:
                vectors.append(np.empty(self._length))
        try:
            yield vectors
        finally:
            self._free.extend(vectors)


@dataclass(frozen=True, slots=True)
class Design:
    """Rows coded for fitting. Build it with `build_design`.

    Attributes:
        row_count: number of rows or collapsed units, n.
        factors: coded categorical terms, in the order in which rows are sorted.
        patterns: level of each factor in each pattern, shape (number of factors, number of patterns).
        pattern_starts: first row of each pattern, shape (number of patterns + 1,).
        numerics: coded numeric terms.
        standardised: standardised numeric columns, shape (number of numerics, n), zero where missing.
        cluster: cluster of each row, shape (n,), or None.
        cluster_labels: label of each cluster.
        outcomes: outcomes by name.
        terms: the terms by name, as given.
        fingerprint: order-independent hash of the rows (128 bits, hexadecimal).
        order: position that each row had when it was given, None for collapsed units.
        cluster_runs: the rows in the order of their clusters, stretch by stretch; empty without a cluster.
        pattern_of_row: pattern of each row, shape (n,).
        scratch: vectors of shape (n,) to work in.
    """

    row_count: int
    factors: tuple[Factor, ...]
    patterns: IntArray
    pattern_starts: IntArray
    numerics: tuple[Numeric, ...]
    standardised: FloatArray
    cluster: IntArray | None
    cluster_labels: tuple[str, ...]
    outcomes: Mapping[str, OutcomeData]
    terms: Mapping[str, Term]
    fingerprint: str
    order: IntArray | None = field(default=None, repr=False)
    cluster_runs: tuple[ClusterRun, ...] = field(default=(), repr=False)
    pattern_of_row: IntArray = field(init=False, repr=False)
    scratch: Scratch = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lengths = np.diff(self.pattern_starts)
        object.__setattr__(self, "pattern_of_row", np.repeat(np.arange(len(lengths)), lengths))
        object.__setattr__(self, "scratch", Scratch(self.row_count))

    def factor_index(self, name: str) -> int:
        """Position of a categorical term. Raises DesignError where there is none of that name."""
        for position, factor in enumerate(self.factors):
            if factor.name == name:
                return position
        raise DesignError(f"no categorical term {name!r} in the design")


def cluster_runs(cluster: IntArray, count: int) -> tuple[ClusterRun, ...]:
    """Put the rows of each stretch in the order of their clusters, equal clusters in the order of the rows.

    Args:
        cluster: cluster of each row, shape (n,).
        count: number of clusters.
    """
    length = max(BLOCK_ROWS, 2 * count)
    codes = cluster.astype(np.uint16) if count <= 2**16 else cluster  # numpy sorts 16-bit keys by radix
    runs = []
    for low in range(0, len(cluster), length):
        high = min(low + length, len(cluster))
        order = np.argsort(codes[low:high], kind="stable")
        ordered = cluster[low:high][order]
        changed = np.ones(high - low, dtype=bool)
        changed[1:] = ordered[1:] != ordered[:-1]
        starts = np.flatnonzero(changed)
        runs.append(ClusterRun(low, high, order, ordered, ordered[starts], starts))
    return tuple(runs)


def _mix(values: NDArray[np.uint64], salt: int) -> NDArray[np.uint64]:
    """Mix 64-bit words in place (finaliser of splitmix64: Steele, Lea and Flood 2014)."""
    values += np.uint64((0x9E3779B97F4A7C15 * (2 * salt + 1)) & 0xFFFFFFFFFFFFFFFF)
    values ^= values >> np.uint64(30)
    values *= np.uint64(0xBF58476D1CE4E5B9)
    values ^= values >> np.uint64(27)
    values *= np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    return values


def _hash_rows(columns: Sequence[NDArray[Any]], row_count: int, threads: int) -> NDArray[np.uint64]:
    """64-bit hash of each row over the bits of every column, in the order of the columns."""
    stretches = [slice(low, low + BLOCK_ROWS) for low in range(0, row_count, BLOCK_ROWS)]
    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(lambda rows: _hash_stretch(columns, rows), stretches)))


def _hash_stretch(columns: Sequence[NDArray[Any]], rows: slice) -> NDArray[np.uint64]:
    digest = np.zeros(len(columns[0][rows]), dtype=np.uint64)
    for position, whole in enumerate(columns):
        column = whole[rows]
        if column.dtype == np.float64:
            words = (column + 0.0).view(np.uint64)  # + 0.0 turns -0.0 into 0.0
        else:
            words = column.astype(np.int64).view(np.uint64)
        digest ^= words
        _mix(digest, position + 1)
    return digest


def encode_levels(values: Any, term: Term) -> tuple[NDArray[np.int32], tuple[str, ...], int]:
    """Code a categorical column.

    Args:
        values: a numpy array, pandas Series or Categorical, pyarrow (dictionary) array, or a pair (codes, labels) with
            code -1 for a missing value; length n.
        term: the term; its `levels`, if given, fix the levels and their order.

    Returns:
        Codes of shape (n,), level labels, and the number of missing values (coded as the level 'not known').

    Raises:
        DesignError: a value outside the levels given, or missing values where the term refuses them.
    """
    codes, labels = _raw_codes(values)
    wanted = term.levels if term.levels is not None else tuple(sorted(set(labels) - {NOT_KNOWN}))
    missing_count = int(np.count_nonzero(codes < 0))
    if missing_count and term.missing == "refuse":
        raise DesignError(f"column {term.name!r}: {missing_count} missing values")
    has_not_known = missing_count > 0 or NOT_KNOWN in labels
    if has_not_known and NOT_KNOWN not in wanted:
        wanted = (*wanted, NOT_KNOWN)
    position = {label: index for index, label in enumerate(wanted)}
    unknown = [label for label in labels if label not in position]
    if unknown:
        present = np.bincount(codes[codes >= 0], minlength=len(labels))
        outside = sum(int(present[index]) for index, label in enumerate(labels) if label not in position)
        if outside:
            raise DesignError(f"column {term.name!r}: {outside} values outside the levels of the term")
    lookup = np.full(len(labels) + 1, position.get(NOT_KNOWN, -1), dtype=np.int32)
    for index, label in enumerate(labels):
        lookup[index] = position.get(label, -1)
    recoded = np.take(lookup, codes, mode="wrap")  # code -1 reads the last cell of the table
    return recoded, wanted, int(np.count_nonzero(recoded == position.get(NOT_KNOWN, -2)))


def _raw_codes(values: Any) -> tuple[NDArray[np.integer[Any]], tuple[str, ...]]:
    if isinstance(values, tuple) and len(values) == 2:
        codes = np.asarray(values[0])
        if codes.dtype.kind != "i":
            codes = codes.astype(np.int64)
        if len(codes) and not -1 <= int(codes.min()) <= int(codes.max()) < len(values[1]):
            raise DesignError("a code stands for no label")
        return codes, tuple(str(label) for label in values[1])
    if hasattr(values, "dictionary_encode") or hasattr(values, "dictionary"):  # pyarrow
        encoded = values if hasattr(values, "dictionary") else values.dictionary_encode()
        if hasattr(encoded, "combine_chunks"):
            encoded = encoded.combine_chunks()
        codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return np.asarray(codes, dtype=np.int64), tuple(str(label) for label in encoded.dictionary.to_pylist())
    import pandas as pd

    categorical = pd.Categorical(values)
    return np.asarray(categorical.codes, dtype=np.int64), tuple(str(label) for label in categorical.categories)


def _check_finite(name: str, values: FloatArray, policy: str) -> BoolArray | None:
    """Missing mask of a numeric column (None if none is missing); infinities are refused, as are refused NaNs."""
    infinite = int(np.count_nonzero(np.isinf(values)))
    if infinite:
        raise DesignError(f"column {name!r}: {infinite} infinite values")
    missing = np.isnan(values)
    count = int(np.count_nonzero(missing))
    if count == 0:
        return None
    if policy == "refuse":
        raise DesignError(f"column {name!r}: {count} missing values")
    return missing


def build_design(
    columns: Mapping[str, Any],
    terms: Sequence[Term],
    outcomes: Mapping[str, Any],
    samples: Mapping[str, Any] | None = None,
    cluster: Any | None = None,
    weights: Any | None = None,
    threads: int = 1,
) -> Design:
    """Code and sort rows into a design.

    Args:
        columns: the columns that the terms name, each of length n.
        terms: the terms of the largest model, in the order in which they enter.
        outcomes: outcome values by name, each of length n; 0 and 1 (or booleans) for logistic models.
        samples: for some outcomes, a boolean array of length n: which rows belong to the outcome's sample.
        cluster: cluster label of each row (a random intercept or robust errors need it), length n, none missing.
        weights: frequency weights, length n, finite and not negative.
        threads: columns are coded and sorted by so many threads; the design does not depend on it.

    Returns:
        The design.

    Raises:
        DesignError: unequal lengths, an unknown column, infinite values, missing values where they are refused.
    """
    _check_terms(columns, terms)
    row_count = _common_length(columns, [term.name for term in terms], outcomes)
    coded = _code_columns(columns, terms, threads)
    cluster_codes, cluster_labels = _code_cluster(cluster)
    weight_values = _check_weights(weights, row_count)
    outcome_values, masks = _check_outcomes(outcomes, samples, row_count)
    hashed: list[NDArray[Any]] = [*coded.codes, *coded.raw]
    hashed += [values for values in (cluster_codes, weight_values) if values is not None]
    for name in outcome_values:
        hashed += [outcome_values[name], masks[name]]
    digest = _hash_rows(hashed, row_count, threads)
    fingerprint = _fingerprint(digest, coded.factors, coded.numerics, cluster_labels, list(outcome_values))
    order = _canonical_order(coded.codes, coded.factors, digest)
    del digest, hashed

    rows = _sort_rows(coded, outcome_values, masks, weight_values, order, threads)
    ordered_cluster = None if cluster_codes is None else cluster_codes[order].astype(np.int64)
    return Design(
        row_count=row_count,
        factors=tuple(coded.factors),
        patterns=rows.patterns,
        pattern_starts=rows.starts,
        numerics=rows.numerics,
        standardised=rows.standardised,
        cluster=ordered_cluster,
        cluster_labels=cluster_labels,
        outcomes=rows.outcomes,
        terms={term.name: term for term in terms},
        fingerprint=fingerprint,
        order=order,
        cluster_runs=() if ordered_cluster is None else cluster_runs(ordered_cluster, len(cluster_labels)),
    )


@dataclass(frozen=True, slots=True)
class _Sorted:
    """What the rows hold in the order of the design; fields as in Design."""

    patterns: IntArray
    starts: IntArray
    numerics: tuple[Numeric, ...]
    standardised: FloatArray
    outcomes: dict[str, OutcomeData]


def _sort_rows(
    coded: _Coded,
    outcomes: dict[str, FloatArray],
    masks: dict[str, BoolArray],
    weights: FloatArray | None,
    order: IntArray,
    threads: int,
) -> _Sorted:
    """Bring the columns into an order. What is sorted is taken out of what was given, to bound memory."""
    matrix = np.empty((len(coded.raw), len(order)), dtype=np.float64)
    sorted_weights = None if weights is None else weights[order]

    def sort_numeric(position: int) -> Numeric:
        numeric = coded.numerics[position]
        np.take(coded.raw[position], order, out=matrix[position], mode="clip")
        coded.raw[position] = matrix[position]
        missing = None if numeric.missing is None else numeric.missing[order]
        return _standardise(numeric, matrix[position], missing)

    def sort_outcome(name: str) -> OutcomeData:
        values, mask = outcomes.pop(name), masks.pop(name)
        return _outcome(name, values[order], mask[order], sorted_weights)

    names_of_outcomes = list(outcomes)
    with ThreadPoolExecutor(threads) as pool:
        table, starts = _pattern_table(list(pool.map(lambda code: code[order], coded.codes)), len(order))
        coded.codes.clear()
        numerics = tuple(pool.map(sort_numeric, range(len(coded.numerics))))
        data = dict(zip(names_of_outcomes, pool.map(sort_outcome, names_of_outcomes), strict=True))
    return _Sorted(table, starts, numerics, matrix, data)


def _check_terms(columns: Mapping[str, Any], terms: Sequence[Term]) -> None:
    if not terms:
        raise DesignError("a design needs at least one term")
    names = [term.name for term in terms]
    if len(set(names)) != len(names):
        raise DesignError("two terms have the same name")
    absent = [name for name in names if name not in columns]
    if absent:
        raise DesignError(f"columns not given: {', '.join(absent)}")


@dataclass(frozen=True, slots=True)
class _Coded:
    """Columns of the terms in the order of the rows as given, each list in the order of the terms."""

    factors: list[Factor]
    codes: list[NDArray[np.int32]]
    numerics: list[Numeric]
    raw: list[FloatArray]
    """Values of the numeric terms, as given."""


def _code_columns(columns: Mapping[str, Any], terms: Sequence[Term], threads: int) -> _Coded:
    def code(term: Term) -> tuple[Factor | Numeric, NDArray[Any]]:
        if term.kind == "numeric":
            values = np.asarray(columns[term.name], dtype=np.float64)
            missing = _check_finite(term.name, values, term.missing)
            count = 0 if missing is None else int(np.count_nonzero(missing))
            return Numeric(term.name, term.unit, 0.0, 1.0, count, missing), values
        coded, levels, not_known = encode_levels(columns[term.name], term)
        reference = 0
        if term.reference is not None:
            if term.reference not in levels:
                raise DesignError(f"term {term.name!r}: reference level {term.reference!r} is not a level")
            reference = levels.index(term.reference)
        return Factor(term.name, levels, reference, not_known), coded

    found = _Coded([], [], [], [])
    with ThreadPoolExecutor(threads) as pool:
        for described, values in pool.map(code, terms):
            if isinstance(described, Factor):
                found.factors.append(described)
                found.codes.append(values)
            else:
                found.numerics.append(described)
                found.raw.append(values)
    return found


def _code_cluster(cluster: Any | None) -> tuple[NDArray[np.int32] | None, tuple[str, ...]]:
    """Cluster code of each row and the labels; nothing where there is no cluster."""
    if cluster is None:
        return None, ()
    codes, labels, unknown = encode_levels(cluster, Term("cluster", "categorical", missing="refuse"))
    if unknown and NOT_KNOWN not in labels:
        raise DesignError(f"cluster: {unknown} missing values")
    return codes, labels


def _check_weights(weights: Any | None, row_count: int) -> FloatArray | None:
    if weights is None:
        return None
    values = np.array(weights, dtype=np.float64)
    if values.shape != (row_count,):
        raise DesignError("weights: not one for each row")
    bad = int(np.count_nonzero(~np.isfinite(values) | (values < 0)))
    if bad:
        raise DesignError(f"weights: {bad} values missing, infinite or negative")
    return values


def _check_outcomes(
    outcomes: Mapping[str, Any], samples: Mapping[str, Any] | None, row_count: int
) -> tuple[dict[str, FloatArray], dict[str, BoolArray]]:
    """Values (zero outside the sample) and sample of each outcome, each of shape (n,)."""
    found: dict[str, FloatArray] = {}
    masks: dict[str, BoolArray] = {}
    for name, given in outcomes.items():
        values = np.array(given, dtype=np.float64)
        mask = np.ones(row_count, dtype=bool) if not samples or name not in samples else np.array(samples[name], bool)
        if values.shape != (row_count,) or mask.shape != (row_count,):
            raise DesignError(f"outcome {name!r}: not one value for each row")
        bad = int(np.count_nonzero(~np.isfinite(values[mask])))
        if bad:
            raise DesignError(f"outcome {name!r}: {bad} missing or infinite values inside its sample")
        values[~mask] = 0.0
        found[name], masks[name] = values, mask
    return found, masks


def _common_length(columns: Mapping[str, Any], names: Sequence[str], outcomes: Mapping[str, Any]) -> int:
    lengths = {}
    for name in names:
        column = columns[name]
        lengths[name] = len(column[0]) if isinstance(column, tuple) else len(column)
    for name, values in outcomes.items():
        lengths[name] = len(values)
    distinct = set(lengths.values())
    if len(distinct) != 1:
        raise DesignError("columns differ in length: " + ", ".join(f"{n} {c}" for n, c in lengths.items()))
    (row_count,) = distinct
    if row_count == 0:
        raise DesignError("no rows")
    return row_count


def _canonical_order(
    codes: Sequence[NDArray[np.int32]], factors: Sequence[Factor], digest: NDArray[np.uint64]
) -> IntArray:
    """Order of the rows by factor pattern (first factor slowest), then by hash."""
    size = 1
    for factor in factors:
        size *= len(factor.levels)
    if size <= _PACK_LIMIT:
        key = np.zeros(len(digest), dtype=np.int64)
        for code, factor in zip(codes, factors, strict=True):
            key *= len(factor.levels)
            key += code
        bits = max(size - 1, 1).bit_length()
        if bits <= _PATTERN_BITS:
            # One sort: the pattern in the upper bits, as much of the hash as there is room for in the lower ones.
            packed = key.view(np.uint64) << np.uint64(64 - bits)
            packed |= digest >> np.uint64(bits)
            order = np.argsort(packed, kind="stable")
            packed, digest_in_order = packed[order], digest[order]
            unsettled = (packed[1:] == packed[:-1]) & (digest_in_order[1:] < digest_in_order[:-1])
            if not np.any(unsettled):
                return order
        by_hash = np.argsort(digest, kind="stable")
        return by_hash[np.argsort(key[by_hash], kind="stable")]
    order = np.argsort(digest, kind="stable")
    for code in reversed(codes):
        order = order[np.argsort(code[order], kind="stable")]
    return order


def _pattern_table(codes: Sequence[NDArray[Any]], row_count: int) -> tuple[IntArray, IntArray]:
    """Runs of equal factor levels: level table (F, P) and first rows (P + 1)."""
    if not codes:
        return np.zeros((0, 1), dtype=np.int64), np.array([0, row_count], dtype=np.int64)
    changed = np.zeros(row_count, dtype=bool)
    changed[0] = True
    for code in codes:
        changed[1:] |= code[1:] != code[:-1]
    starts = np.flatnonzero(changed)
    table = np.stack([code[starts] for code in codes]).astype(np.int64)
    return table, np.append(starts, row_count).astype(np.int64)


def _standardise(numeric: Numeric, values: FloatArray, missing: BoolArray | None) -> Numeric:
    """Centre and scale a column in place. Missing values become zero (such rows carry no trial)."""
    if missing is not None:
        values[missing] = 0.0
    present = values.shape[0] - (0 if missing is None else int(np.count_nonzero(missing)))
    centre = float(np.sum(values)) / max(present, 1)
    values -= centre
    if missing is not None:
        values[missing] = 0.0
    scale = float(np.sqrt(np.sum(values * values) / max(present, 1)))
    # A column that is constant up to rounding keeps its scale: it is then seen as collinear with the intercept.
    if scale <= 1e-12 * max(abs(centre), 1e-300):
        values[:] = 0.0
        scale = 1.0
    values /= scale
    return replace(numeric, centre=centre, scale=scale, missing=missing)


def _outcome(name: str, values: FloatArray, mask: BoolArray, weights: FloatArray | None) -> OutcomeData:
    observed = int(np.count_nonzero(mask))
    is_binary = bool(np.all((values == 0.0) | (values == 1.0)))
    if weights is None:
        trials = None if observed == len(mask) else mask.astype(np.float64)
        squares = float(np.sum(values * values))
        return OutcomeData(name, values, trials, squares, len(mask) - observed, observed, is_binary)
    trials = weights * mask
    squares = float(np.sum(trials * values * values))
    return OutcomeData(name, values * trials, trials, squares, len(mask) - observed, observed, is_binary)


def _fingerprint(
    digest: NDArray[np.uint64],
    factors: Sequence[Factor],
    numerics: Sequence[Numeric],
    cluster_labels: Sequence[str],
    outcomes: Sequence[str],
) -> str:
    """Order-independent hash: sums of two independent mixings of the row hashes, and the labels."""
    first = int(np.sum(_mix(digest.copy(), 101), dtype=np.uint64))
    second = int(np.sum(_mix(digest.copy(), 211), dtype=np.uint64))
    text = repr(
        (
            len(digest),
            first,
            second,
            [(factor.name, factor.levels) for factor in factors],
            [numeric.name for numeric in numerics],
            list(cluster_labels),
            list(outcomes),
        )
    )
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def collapse(
    design: Design,
    term_names: Sequence[str],
    by_cluster: bool,
    worthwhile: float = 0.5,
    complete_for: Sequence[str] | None = None,
) -> Design | None:
    """Collapse rows that agree in every column of a model into one unit with its number of trials and events.

    Exact: nothing is binned. Numeric columns take part when they hold whole numbers over a short range.

    Args:
        design: the rows.
        term_names: the terms of the model.
        by_cluster: keep clusters apart (needed by multilevel models and robust errors).
        worthwhile: give up where more than this share of the rows would remain.
        complete_for: terms on which a row must be complete, where these are more than the model's own.

    Returns:
        The collapsed design (rows with a missing numeric term of the model left out), or None where it does not pay.

    Raises:
        DesignError: clusters are to be kept apart and the design has none.
    """
    wanted = set(term_names)
    factor_positions = [i for i, factor in enumerate(design.factors) if factor.name in wanted]
    numeric_positions = [i for i, numeric in enumerate(design.numerics) if numeric.name in wanted]
    needed = wanted | set(complete_for or ())
    keep = complete_rows(design, [i for i, numeric in enumerate(design.numerics) if numeric.name in needed])
    if by_cluster and design.cluster is None:
        raise DesignError("the design has no cluster")
    parts = _Parts.of(design, factor_positions, numeric_positions, by_cluster)
    if parts is None or _is_diverse(design, parts):
        return None
    key = parts.keys(design, keep)
    if key is None or len(key) == 0:
        return None
    unique, first, inverse = _distinct(key, parts.size)
    if len(unique) > worthwhile * design.row_count:
        return None
    rows = first if keep is None else np.flatnonzero(keep)[first]
    codes = [np.take(design.patterns[position], design.pattern_of_row[rows]) for position in factor_positions]
    table, starts = _pattern_table(codes, len(unique))
    outcomes = {
        name: _collapse_outcome(outcome, keep, inverse, len(unique)) for name, outcome in design.outcomes.items()
    }
    cluster = design.cluster[rows] if by_cluster and design.cluster is not None else None
    return replace(
        design,
        row_count=len(unique),
        factors=tuple(design.factors[position] for position in factor_positions),
        patterns=table,
        pattern_starts=starts,
        numerics=tuple(replace(design.numerics[position], missing=None) for position in numeric_positions),
        standardised=np.ascontiguousarray(design.standardised[np.array(numeric_positions, dtype=np.int64)][:, rows]),
        cluster=cluster,
        outcomes=outcomes,
        order=None,
        cluster_runs=() if cluster is None else cluster_runs(cluster, len(design.cluster_labels)),
    )


def _collapse_outcome(outcome: OutcomeData, keep: BoolArray | None, inverse: IntArray, size: int) -> OutcomeData:
    """An outcome summed over units; `inverse` is the unit of each row that is kept."""
    total = outcome.total if keep is None else outcome.total[keep]
    if outcome.trials is None:
        trials = _weighted_counts(inverse, None, size)
        squares = float(np.sum(total * total))
        observed = len(inverse)
    else:
        weight = outcome.trials if keep is None else outcome.trials[keep]
        trials = _weighted_counts(inverse, weight, size)
        # total = weight * value, so weight * value^2 = total^2 / weight
        with np.errstate(invalid="ignore", divide="ignore"):
            squares = float(np.sum(np.where(weight > 0, total * total / weight, 0.0)))
        observed = int(np.count_nonzero(weight))
    return replace(
        outcome,
        total=_weighted_counts(inverse, total, size),
        trials=trials,
        sum_of_squares=squares,
        observation_count=observed,
    )


def _weighted_counts(codes: IntArray, weights: FloatArray | None, size: int) -> FloatArray:
    """Sum of the weights (None: of ones) at each code, as doubles (so that no count can overflow)."""
    result = np.zeros(size)
    rows = max(BLOCK_ROWS, size)
    for low in range(0, len(codes), rows):
        code = codes[low : low + rows]
        result += CodedRows(code, size).sums(ones(len(code)) if weights is None else weights[low : low + rows])
    return result


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the key of a row is packed from: levels of factors, whole numbers from their least, the cluster."""

    factors: tuple[tuple[IntArray, int], ...]
    numerics: tuple[tuple[int, int, int], ...]
    cluster_count: int
    size: int

    @classmethod
    def of(
        cls, design: Design, factor_positions: Sequence[int], numeric_positions: Sequence[int], by_cluster: bool
    ) -> _Parts | None:
        """None where a key would not fit into 64 bits."""
        factors = tuple((design.patterns[i], len(design.factors[i].levels)) for i in factor_positions)
        numerics = []
        for position in numeric_positions:
            # A missing value stands at the mean, so the ends are those of the values that are there.
            values, numeric = design.standardised[position], design.numerics[position]
            ends = [float(np.rint(end * numeric.scale + numeric.centre)) for end in (values.min(), values.max())]
            if not ends[1] - ends[0] < _PACK_LIMIT:
                return None
            numerics.append((position, int(ends[0]), int(ends[1]) - int(ends[0]) + 1))
        clusters = max(len(design.cluster_labels), 1) if by_cluster else 1
        size = clusters
        for levels in (*(levels for _, levels in factors), *(levels for _, _, levels in numerics)):
            size *= max(levels, 1)
        return cls(factors, tuple(numerics), clusters if by_cluster else 0, size) if size <= _PACK_LIMIT else None

    def key(self, design: Design, rows: slice, keep: BoolArray | None) -> IntArray | None:
        """Keys of some rows; None where a number on a row to be kept is not whole. Other rows get any key."""
        pattern = design.pattern_of_row[rows]
        key = np.zeros(len(pattern), dtype=np.int64)
        for levels_of_patterns, levels in self.factors:
            key *= levels
            key += np.take(levels_of_patterns, pattern, mode="clip")
        for position, low, levels in self.numerics:
            numeric = design.numerics[position]
            whole = design.standardised[position, rows] * numeric.scale
            whole += numeric.centre
            rounded = np.rint(whole)
            whole -= rounded
            is_whole = np.abs(whole) < 1e-6 * np.maximum(1.0, np.abs(rounded))
            if not np.all(is_whole if keep is None else is_whole | ~keep[rows]):
                return None
            rounded -= low
            key *= levels
            key += rounded.astype(np.int64)
        if self.cluster_count:
            assert design.cluster is not None
            key *= self.cluster_count
            key += design.cluster[rows]
        return key

    def keys(self, design: Design, keep: BoolArray | None) -> IntArray | None:
        """Keys of the rows to be kept, in their order; None as in `key`."""
        result = np.empty(design.row_count, dtype=np.int64)
        for low in range(0, design.row_count, BLOCK_ROWS):
            key = self.key(design, slice(low, low + BLOCK_ROWS), keep)
            if key is None:
                return None
            result[low : low + BLOCK_ROWS] = key
        return result if keep is None else result[keep]


def _is_diverse(design: Design, parts: _Parts) -> bool:
    """Whether so few of 20,000 evenly spaced rows are alike that collapsing would not be worth the sort of all rows.

    Fewer than one repeat in fifty: what stays apart among spaced rows says little, so only this much is believed.
    """
    if parts.size <= 2000:
        return False
    sample = parts.key(design, slice(None, None, max(1, design.row_count // 20_000)), np.zeros(design.row_count, bool))
    return sample is not None and len(np.unique(sample)) > 0.98 * len(sample)


def _distinct(key: IntArray, size: int) -> tuple[IntArray, IntArray, IntArray]:
    """Distinct keys in order, the first row of each, and for each row the position of its key.

    Where the keys are few for so many rows a table takes the place of a sort.
    """
    if size > len(key):
        unique, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        return unique, first, inverse
    place = np.full(size, -1, dtype=np.int64)
    place[key[::-1]] = np.arange(len(key) - 1, -1, -1)  # of equal keys the last written, which is the first row, stays
    unique = np.flatnonzero(place >= 0)
    first = place[unique]
    place[unique] = np.arange(len(unique))
    return unique, first, np.take(place, key)


def complete_rows(design: Design, numeric_positions: Sequence[int]) -> BoolArray | None:
    """Rows on which every numeric term of a model is known, or None where all are."""
    missing: BoolArray | None = None
    for position in numeric_positions:
        mask = design.numerics[position].missing
        if mask is not None:
            missing = mask if missing is None else missing | mask
    return None if missing is None else ~missing
