"""Products with the model matrix of a design, without ever building it.

Columns of the full (over-parameterised) matrix, q in all: the intercept, one indicator for every level of every factor
of the model, and the standardised numeric columns. A fit works on the subset of columns that it can estimate.

Every product is one pass over blocks of rows that stay in the shared cache. Sums over the rows of a pattern come first
(`numpy.add.reduceat` over sorted runs), sums over levels are then taken over the few patterns. Matrix products are cut
into pieces small enough that the linear algebra library never divides them among threads, so results do not depend on
the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iapt_equity.statistics.algebra import piecewise_dot
from iapt_equity.statistics.design import BLOCK_ROWS, Block, Design, FloatArray, IntArray, complete_rows
from iapt_equity.statistics.errors import DesignError
from iapt_equity.statistics.sums import CodedRows, code_type, ones


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the full matrix: its term, its level (None if numeric or intercept) and whether a reference."""

    term: str
    level: str | None
    is_reference: bool


class ModelMatrix:
    """The model matrix of some terms of a design.

    Args:
        design: the coded rows.
        term_names: terms of the model, in any order; the columns follow the design's order, factors first.

    Raises:
        DesignError: a term that the design does not hold.
    """

    def __init__(self, design: Design, term_names: Sequence[str]) -> None:
        wanted = set(term_names)
        known = {factor.name for factor in design.factors} | {numeric.name for numeric in design.numerics}
        if wanted - known:
            raise DesignError(f"terms not in the design: {', '.join(sorted(wanted - known))}")
        self.design = design
        self.factor_positions = [i for i, factor in enumerate(design.factors) if factor.name in wanted]
        self.numeric_positions = [i for i, numeric in enumerate(design.numerics) if numeric.name in wanted]
        self.row_count = design.row_count
        self._segment()
        columns = [Column("intercept", None, False)]
        self.level_offsets: list[int] = []
        for position in self.factor_positions:
            factor = design.factors[position]
            self.level_offsets.append(len(columns))
            columns += [Column(factor.name, level, i == factor.reference) for i, level in enumerate(factor.levels)]
        self.numeric_offset = len(columns)
        columns += [Column(design.numerics[position].name, None, False) for position in self.numeric_positions]
        self.columns = tuple(columns)
        self.size = len(columns)
        self._blocks: tuple[Block, ...] | None = None

    def _segment(self) -> None:
        """Runs of rows with one pattern of this model's factors (those of the design, merged where they can be)."""
        design = self.design
        starts = design.pattern_starts
        last = max(self.factor_positions, default=-1)
        if last + 1 < len(design.factors):
            changed = np.zeros(len(starts) - 1, dtype=bool)
            changed[0] = True
            for position in range(last + 1):
                changed[1:] |= design.patterns[position, 1:] != design.patterns[position, :-1]
            kept = np.flatnonzero(changed)
            self.patterns = design.patterns[self.factor_positions][:, kept]
            self.starts = np.append(starts[:-1][kept], starts[-1])
            self._merged: IntArray | None = np.cumsum(changed) - 1
        else:
            self.patterns = design.patterns[self.factor_positions]
            self.starts = starts
            self._merged = None
        self.pattern_count = len(self.starts) - 1
        self._nest()

    def _nest(self) -> None:
        """Runs of patterns that share their first factors: sums over early factors need few terms then.

        `nested[i]` holds the levels of factors 0 to i in each run, and where these runs begin among those of
        `nested[i + 1]` (for the last factor: among the patterns; None where every run is one pattern).
        """
        self.nested: list[tuple[IntArray, IntArray | None]] = []
        finer = self.patterns
        for i in range(len(self.factor_positions) - 1, -1, -1):
            changed = np.ones(finer.shape[1], dtype=bool)
            changed[1:] = np.any(finer[: i + 1, 1:] != finer[: i + 1, :-1], axis=0)
            starts = np.flatnonzero(changed)
            whole = len(starts) == finer.shape[1]
            finer = finer[: i + 1] if whole else np.ascontiguousarray(finer[: i + 1, starts])
            self.nested.append((finer, None if whole else starts))
        self.nested.reverse()

    def nested_sums(self, by_pattern: FloatArray) -> list[FloatArray]:
        """Sums of pattern sums (P,) over the runs that share their first factors, one array for each factor."""
        sums: list[FloatArray] = []
        current = by_pattern
        for _, starts in reversed(self.nested):
            if starts is not None:
                current = np.add.reduceat(current, starts)
            sums.append(current)
        sums.reverse()
        return sums

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Blocks of rows with their runs of patterns."""
        if self._blocks is None:
            self._blocks = tuple(self._make_blocks())
        return self._blocks

    def _make_blocks(self) -> Iterator[Block]:
        for low in range(0, self.row_count, BLOCK_ROWS):
            high = min(low + BLOCK_ROWS, self.row_count)
            first = int(np.searchsorted(self.starts, low, side="right")) - 1
            last = int(np.searchsorted(self.starts, high, side="left"))
            starts = np.maximum(self.starts[first:last], low) - low
            yield Block(low, high, first, last, starts)

    def pattern_predictor(self, beta: FloatArray) -> FloatArray:
        """Intercept and factor part of the linear predictor for each pattern of the design; `beta` has shape (q,)."""
        result = np.full(self.pattern_count, beta[0])
        for i, position in enumerate(self.factor_positions):
            levels = len(self.design.factors[position].levels)
            offset = self.level_offsets[i]
            result += beta[offset : offset + levels][self.patterns[i]]
        return result if self._merged is None else result[self._merged]

    def predictor_block(
        self, block: Block, by_pattern: FloatArray, beta: FloatArray, work: FloatArray, eta: FloatArray
    ) -> None:
        """Linear predictor of the rows of a block into `eta`.

        Args:
            block: the rows, b of them.
            by_pattern: part of the predictor that is the same for all rows of a pattern (`pattern_predictor`).
            beta: coefficients in full columns, shape (q,).
            work: scratch of at least b numbers.
            eta: where the predictor goes, shape (b,).
        """
        # numpy.repeat would do without the pattern of each row, but holds the interpreter.
        np.take(by_pattern, self.design.pattern_of_row[block.low : block.high], out=eta, mode="clip")
        part = work[: block.high - block.low]
        for i, position in enumerate(self.numeric_positions):
            coefficient = beta[self.numeric_offset + i]
            if coefficient != 0.0:
                np.multiply(self.design.standardised[position, block.low : block.high], coefficient, out=part)
                eta += part

    def predict(self, beta: FloatArray, out: FloatArray | None = None) -> FloatArray:
        """Linear predictor of every row, shape (n,), into `out` where it is given."""
        by_pattern = self.pattern_predictor(beta)
        eta = np.empty(self.row_count) if out is None else out
        work = np.empty(min(BLOCK_ROWS, self.row_count))
        for block in self.blocks:
            self.predictor_block(block, by_pattern, beta, work, eta[block.low : block.high])
        return eta

    def transpose_times(self, weights: FloatArray | None) -> FloatArray:
        """X'v in full columns, shape (q,), for v of shape (n,); None stands for ones."""
        result = np.zeros(self.size)
        if weights is None:
            by_pattern = np.diff(self.starts).astype(np.float64)
        else:
            by_pattern = np.add.reduceat(weights, self.starts[:-1]) if self.pattern_count else np.zeros(0)
        for i, position in enumerate(self.numeric_positions):
            values = self.design.standardised[position]
            total = float(np.sum(values)) if weights is None else piecewise_dot(values, weights)
            result[self.numeric_offset + i] = total
        self.levels_from_patterns(by_pattern, result)
        return result

    def levels_from_patterns(self, by_pattern: FloatArray, result: FloatArray) -> None:
        """Fill the intercept and level entries of `result` (q,) with sums of pattern sums (P,)."""
        result[0] = float(np.sum(by_pattern))
        sums = self.nested_sums(by_pattern)
        for i, position in enumerate(self.factor_positions):
            levels = len(self.design.factors[position].levels)
            offset = self.level_offsets[i]
            codes = self.nested[i][0][i]
            result[offset : offset + levels] = np.bincount(codes, weights=sums[i], minlength=levels)

    def gram(self, weights: FloatArray | None) -> FloatArray:
        """X' diag(w) X in full columns, shape (q, q); None stands for weights of one."""
        accumulator = GramAccumulator(self)
        ones = np.ones(min(BLOCK_ROWS, self.row_count)) if weights is None else None
        for block in self.blocks:
            piece = ones[: block.high - block.low] if ones is not None else None
            if piece is None and weights is not None:
                piece = weights[block.low : block.high]
            assert piece is not None
            accumulator.add(block, piece)
        return accumulator.result()

    def _clusters(self) -> tuple[IntArray, int]:
        """Cluster of each row, shape (n,), and the number of clusters. Raises DesignError where there are none."""
        if self.design.cluster is None:
            raise DesignError("the design has no cluster")
        return self.design.cluster, len(self.design.cluster_labels)

    def cluster_sums(self, weights: FloatArray | None) -> FloatArray:
        """Sums over each cluster of w x, shape (clusters, q), for w of shape (n,); None stands for ones.

        Raises:
            DesignError: the design has no cluster.
        """
        cluster, count = self._clusters()
        result = np.zeros((count, self.size))
        self.coded_sums(lambda block: cluster[block.low : block.high], weights, result, self.factor_positions)
        return result

    def coded_sums(
        self,
        codes: Callable[[Block], NDArray[np.integer[Any]]],
        weights: FloatArray | None,
        result: FloatArray,
        factor_positions: Sequence[int],
    ) -> None:
        """Add to `result` (codes, q) the sums over the rows of each code of w x, block by block.

        Args:
            codes: gives the codes of the rows of a block.
            weights: w, shape (n,); None stands for ones.
            result: sums to add to, a row for each code.
            factor_positions: factors whose columns are wanted; the intercept and the numeric columns always are.
        """
        count = len(result)
        tables = []
        for position in factor_positions:
            levels = len(self.design.factors[position].levels)
            offset = self.level_offsets[self.factor_positions.index(position)]
            kind = code_type(count * levels)
            sums = np.zeros(count * levels)
            tables.append((offset, levels, self.design.patterns[position].astype(kind), sums))
        for block in self.blocks:
            rows = slice(block.low, block.high)
            code = codes(block).astype(code_type(count), copy=False)
            one = ones(block.high - block.low)
            pattern = self.design.pattern_of_row[rows]
            w = None if weights is None else weights[rows]
            coded = CodedRows(code, count, w)
            result[:, 0] += coded.sums(one)
            for i, position in enumerate(self.numeric_positions):
                result[:, self.numeric_offset + i] += coded.sums(self.design.standardised[position, rows])
            for _, levels, of_pattern, sums in tables:
                key = np.take(of_pattern, pattern, mode="clip")
                key += code.astype(key.dtype, copy=False) * key.dtype.type(levels)
                sums += CodedRows(key, count * levels, w).sums(one)
        for offset, levels, _, sums in tables:
            result[:, offset : offset + levels] += sums.reshape(count, levels)

    def cluster_totals(self, values: FloatArray | None) -> FloatArray:
        """Sums over each cluster of a vector of shape (n,), shape (clusters,); None stands for ones.

        Raises:
            DesignError: the design has no cluster.
        """
        cluster, count = self._clusters()
        result = np.zeros(count)
        for block in self.blocks:
            rows = slice(block.low, block.high)
            result += CodedRows(cluster[rows], count).sums(
                ones(block.high - block.low) if values is None else values[rows]
            )
        return result

    def trials(self, trials: FloatArray | None, complete_for: Sequence[str] | None = None) -> FloatArray | None:
        """Trials of each row, zero where a numeric term (of the model or `complete_for`) is missing; None: all one."""
        wanted = set(complete_for or ())
        positions = [
            i for i, numeric in enumerate(self.design.numerics) if i in self.numeric_positions or numeric.name in wanted
        ]
        complete = complete_rows(self.design, positions)
        if complete is None:
            return trials
        return complete.astype(np.float64) if trials is None else trials * complete


class GramAccumulator:
    """Accumulates X' diag(w) X block by block."""

    def __init__(self, matrix: ModelMatrix) -> None:
        self.matrix = matrix
        count = len(matrix.numeric_positions)
        self.by_pattern = np.zeros((1 + count, matrix.pattern_count))
        self.numeric = np.zeros((count, count))
        self._work = np.empty(min(BLOCK_ROWS, matrix.row_count))

    def add(self, block: Block, weights: FloatArray) -> None:
        """Add the rows of a block, `weights` of shape (rows of the block,)."""
        target = slice(block.first_pattern, block.last_pattern)
        self.by_pattern[0, target] += np.add.reduceat(weights, block.starts)
        length = block.high - block.low
        values = self.matrix.design.standardised
        for i, position in enumerate(self.matrix.numeric_positions):
            product = self._work[:length]
            np.multiply(values[position, block.low : block.high], weights, out=product)
            self.by_pattern[1 + i, target] += np.add.reduceat(product, block.starts)
            # Dot products, since a matrix product of so few columns spends its time on packing them.
            for j in range(i + 1):
                other = values[self.matrix.numeric_positions[j], block.low : block.high]
                self.numeric[i, j] += piecewise_dot(product, other)

    def result(self) -> FloatArray:
        """The matrix in full columns, shape (q, q)."""
        matrix = self.matrix
        size = matrix.size
        result = np.zeros((size, size))
        numeric_slice = slice(matrix.numeric_offset, size)
        result[numeric_slice, numeric_slice] = np.tril(self.numeric) + np.tril(self.numeric, -1).T
        row = np.zeros(size)
        matrix.levels_from_patterns(self.by_pattern[0], row)
        result[0, :] = row
        for i in range(len(matrix.numeric_positions)):
            matrix.levels_from_patterns(self.by_pattern[1 + i], row)
            result[matrix.numeric_offset + i, : matrix.numeric_offset] = row[: matrix.numeric_offset]
            result[: matrix.numeric_offset, matrix.numeric_offset + i] = row[: matrix.numeric_offset]
        result[:, 0] = result[0, :]
        counts = [len(matrix.design.factors[position].levels) for position in matrix.factor_positions]
        sums = matrix.nested_sums(self.by_pattern[0])
        for i, left_count in enumerate(counts):
            left = matrix.level_offsets[i]
            codes = matrix.nested[i][0]
            diagonal = np.arange(left, left + left_count)
            result[diagonal, diagonal] = result[0, diagonal]
            for j in range(i):
                right, right_count = matrix.level_offsets[j], counts[j]
                key: IntArray = codes[i] * right_count + codes[j]
                cell = np.bincount(key, weights=sums[i], minlength=left_count * right_count)
                cell = cell.reshape(left_count, right_count)
                result[left : left + left_count, right : right + right_count] = cell
                result[right : right + right_count, left : left + left_count] = cell.T
        return result
