"""Pools of code texts: each coded column is an array of positions in a pool, so no text is handled row by row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from iapt_equity.synthetic.arrays import BoolArray, Int32Array


class Pool:
    """Texts sent for a set of codes: the plain ones first, then their strayed variants.

    A strayed variant carries a space before or after it, or has lost its leading zero, or gained one.
    """

    def __init__(self, codes: Sequence[str | None], *, zeros: bool = False, lower: bool = False) -> None:
        """Build the pool.

        Args:
            codes: the plain texts; None is sent as null.
            zeros: whether a zero in front may be lost or gained.
            lower: whether a strayed text may be in lower case.
        """
        self.size = len(codes)
        self._kinds = 2 + int(zeros) + int(lower)
        texts: list[str | None] = list(codes)
        texts += [None if code is None else f" {code}" for code in codes]
        texts += [None if code is None else f"{code} " for code in codes]
        if zeros:
            texts += [None if code is None else code[1:] if code.startswith("0") else f"0{code}" for code in codes]
        if lower:
            texts += [None if code is None else code.lower() for code in codes]
        self.texts = pa.array(texts, pa.string())

    def stray(self, plain: npt.NDArray[np.integer], rate: float, rng: np.random.Generator) -> Int32Array:
        """Positions with some of them moved to a strayed variant, same shape as `plain`.

        Args:
            plain: positions of plain texts.
            rate: share to be moved, above zero.
            rng: source of the draws: one number a row.
        """
        uniform = rng.random(len(plain))
        kind = np.where(uniform < rate, 1 + np.floor(uniform / rate * self._kinds), 0).astype(np.int32)
        return (plain + kind * self.size).astype(np.int32)

    def column(self, positions: npt.NDArray[np.integer]) -> pa.Array:
        """Arrow column of the texts; a position below zero is null."""
        return indexed(positions, self.texts)


def indexed(positions: npt.NDArray[np.integer], texts: pa.Array, *, distinct: bool = False) -> pa.Array:
    """Dictionary-encoded column; a position below zero is null, and so is one whose text is null.

    Args:
        positions: position in `texts` of each row.
        texts: texts to choose from.
        distinct: whether the texts are known to be distinct and not null. Otherwise they are made so first: the Parquet
            writer does not write the same bytes every time for a dictionary that repeats a value.
    """
    positions = positions.astype(np.int32, copy=False)
    if not distinct:
        encoded = texts.dictionary_encode()
        place = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
        positions = np.where(positions < 0, np.int32(-1), place[positions])
        texts = encoded.dictionary
    mask = positions < 0
    indices = pa.array(positions, mask=mask) if mask.any() else pa.array(positions)
    return pa.DictionaryArray.from_arrays(indices, texts)


def constant(text: str | None, count: int) -> pa.Array:
    """Column that holds one text throughout."""
    if text is None:
        return pa.nulls(count, pa.string())
    return indexed(np.zeros(count, dtype=np.int32), pa.array([text]))


def dates(days: Int32Array, missing: BoolArray | None = None) -> pa.Array:
    """Date column from days since 1 January 1970."""
    return pa.array(days.astype(np.int32, copy=False), mask=missing).cast(pa.date32())


def numbered(prefix: str, numbers: npt.NDArray[np.integer]) -> pa.Array:
    """Text column of a prefix and a number."""
    return pc.binary_join_element_wise(pa.scalar(prefix), pa.array(numbers).cast(pa.string()), "")
