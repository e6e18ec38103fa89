"""One linear program asked many questions: HiGHS keeps its last answer, from which the next is soon found.

scipy's HiGHS is used through scipy's own binding, which can start from where it was. `scipy.optimize.linprog` cannot,
and answers where the binding is not as it was (it is no public part of scipy), or does not end well.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from iapt_equity.disclosure.errors import DisclosureError
from iapt_equity.disclosure.primary import FloatArray

_BINDING = "scipy.optimize._highspy._core"


class Solver:
    """Values x with equal @ x = 0, at_most @ x <= limit and bounds that may change from question to question.

    Args:
        equal: shape (sums, variables).
        at_most: shape (rows, variables).
        limit: shape (rows,).
    """

    def __init__(self, equal: sparse.csr_array, at_most: sparse.csr_array, limit: FloatArray) -> None:
        self._equal, self._at_most, self._limit = equal, at_most, limit
        self._highs: Any = None
        self._is_warm = True

    def least(self, cost: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
        """Values of least cost, shape (variables,).

        Args:
            cost: shape (variables,).
            lower: shape (variables,).
            upper: shape (variables,); infinite where there is no end.

        Raises:
            DisclosureError: the solver gave no answer.
        """
        if self._is_warm:
            try:
                return self._ask(cost, lower, upper)
            except (ImportError, AttributeError, TypeError, ValueError):
                self._is_warm, self._highs = False, None
        return self._ask_anew(cost, lower, upper)

    def _ask(self, cost: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
        """By the binding, from the last answer where there is one.

        Raises:
            ValueError: it did not find the best answer.
        """
        core: Any = importlib.import_module(_BINDING)
        if self._highs is None:
            self._highs = core._Highs()
            self._highs.setOptionValue("output_flag", False)
            self._highs.setOptionValue("threads", 1)
            self._highs.setOptionValue("random_seed", 0)
            self._highs.passModel(self._model(core, cost, lower, upper))
        else:
            every = np.arange(len(cost), dtype=np.int32)
            self._highs.changeColsCost(len(cost), every, cost)
            self._highs.changeColsBounds(len(cost), every, lower, upper)
        self._highs.run()
        if self._highs.getModelStatus() != core.HighsModelStatus.kOptimal:
            raise ValueError
        return np.array(self._highs.getSolution().col_value, np.float64)

    def _model(self, core: Any, cost: FloatArray, lower: FloatArray, upper: FloatArray) -> Any:
        """The program in the form that the binding takes."""
        matrix = sparse.vstack([self._equal, self._at_most]).tocsc()
        sums, rows = self._equal.shape[0], self._at_most.shape[0]
        model = core.HighsLp()
        model.num_col_, model.num_row_ = len(cost), sums + rows
        model.col_cost_, model.col_lower_, model.col_upper_ = cost, lower, upper
        model.row_lower_ = np.concatenate([np.zeros(sums), np.full(rows, -np.inf)])
        model.row_upper_ = np.concatenate([np.zeros(sums), self._limit])
        model.a_matrix_.format_ = core.MatrixFormat.kColwise
        model.a_matrix_.num_col_, model.a_matrix_.num_row_ = len(cost), sums + rows
        model.a_matrix_.start_ = matrix.indptr.astype(np.int32)
        model.a_matrix_.index_ = matrix.indices.astype(np.int32)
        model.a_matrix_.value_ = matrix.data.astype(np.float64)
        return model

    def _ask_anew(self, cost: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
        """By scipy's public function, from nothing."""
        program: Any = linprog  # its stubs know dense matrices only
        relations: dict[str, Any] = {}
        if self._equal.shape[0]:
            relations |= {"A_eq": self._equal, "b_eq": np.zeros(self._equal.shape[0])}
        if self._at_most.shape[0]:
            relations |= {"A_ub": self._at_most, "b_ub": self._limit}
        answer = program(cost, bounds=np.stack([lower, upper], axis=1), method="highs-ds", **relations)
        if answer.x is None:
            raise DisclosureError(f"the solver gave no answer: {answer.message}")
        return np.asarray(answer.x, np.float64)
