"""Other readings of the models beside the main ones: statsmodels on the rows, and seeds that do not fit together."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from iapt_equity.statistics import DesignError
from iapt_equity.statistics.programme import Inputs, run_alternatives_from_relations

TERMS = [
    (1, "ethnic_group", "code", None, "categorical", "A", "leave_out", None),
    (2, "age", "age", None, "numeric", None, "complete_case", 10),
    (3, "medication", "medication", None, "categorical", "none", "level", None),
    (4, "wait", "seen_date", "received_date", "numeric", None, "complete_case", 7),
]
TERM_COLUMNS = [
    "first_model",
    "term",
    "source_column",
    "since_column",
    "kind",
    "reference_level",
    "missing_policy",
    "unit",
]
BANDS = [("young", None, 29), ("middle", 30, 59), ("old", 60, None)]


def seeds() -> dict[str, list[dict[str, Any]]]:
    """A main analysis of four models, and three alternatives to it."""
    terms = [
        {"analysis": "outcome", "term_order": i, **dict(zip(TERM_COLUMNS, row, strict=True))}
        for i, row in enumerate(TERMS)
    ]
    outcome = {"analysis": "outcome", "outcome_order": 1, "outcome": "recovery", "outcome_column": "is_recovered",
               "family": "logistic", "source_model": "mart", "measure": "recovery",
               "cluster_column": "commissioner"}  # fmt: skip
    level = {"lowest_value": None, "highest_value": None, "recorded_level": None}
    return {
        "terms": terms,
        "outcomes": [outcome],
        "rules": [{"measure": "none", "rule_order": 1, "column_name": "code", "column_value": None,
                   "row_fate": "unknown"}],
        "settings": [{"setting": "minimum_count", "value": "10"}],
        "alternatives": [
            {"alternative": "alone", "analysis": "outcome", "fitted_models": "1 4"},
            {"alternative": "bands", "analysis": "outcome", "fitted_models": "4"},
            {"alternative": "taking", "analysis": "outcome", "fitted_models": "3"},
        ],
        "alternative_terms": [
            {"alternative": "alone", "analysis": "outcome", "term": "age", "treatment": "left_out",
             "reference_level": None},
            {"alternative": "alone", "analysis": "outcome", "term": "medication", "treatment": "left_out",
             "reference_level": None},
            {"alternative": "bands", "analysis": "outcome", "term": "age", "treatment": "in_levels",
             "reference_level": "middle"},
            {"alternative": "taking", "analysis": "outcome", "term": "medication", "treatment": "in_levels",
             "reference_level": "not taking"},
        ],
        "levels": [
            *({"alternative": "bands", "term": "age", **level, "level": name, "lowest_value": low,
               "highest_value": high}
              for name, low, high in BANDS),
            *({"alternative": "taking", "term": "medication", **level, "level": name, "recorded_level": recorded}
              for name, recorded in (("not taking", "none"), ("not taking", "prescribed"), ("taking", "taken"))),
        ],
    }  # fmt: skip


def people(rows: int = 4000) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "code": rng.choice(["A", "B", "C", None], rows, p=[0.6, 0.2, 0.1, 0.1]),
            "age": np.where(rng.random(rows) < 0.05, np.nan, rng.integers(18, 90, rows)),
            "medication": rng.choice(["none", "prescribed", "taken", None], rows, p=[0.4, 0.1, 0.4, 0.1]),
            "received_date": pd.Timestamp("2016-01-01"),
            "commissioner": "X",
        }
    )
    frame["seen_date"] = frame["received_date"] + pd.to_timedelta(rng.integers(0, 60, rows), unit="D")
    frame.loc[rng.random(rows) < 0.1, "seen_date"] = pd.NaT
    # A bend in age, which a straight line hides.
    eta = -0.4 * (frame["code"] == "B") + 0.6 * (frame["age"].between(30, 59)) - 0.3 * (frame["medication"] == "taken")
    frame["is_recovered"] = rng.random(rows) < 1 / (1 + np.exp(-eta))
    return frame


def run(frame: pd.DataFrame, given: dict[str, list[dict[str, Any]]]) -> dict[tuple[str, str], dict[str, Any]]:
    connection = duckdb.connect()
    relations = {}
    for name, rows in {**given, "mart": frame}.items():
        table = pd.DataFrame(rows)
        connection.register(f"{name}_frame", table)
        connection.execute(f"create table {name} as select * from {name}_frame")
        relations[name] = connection.table(name)
    result = run_alternatives_from_relations(
        Inputs(
            **{name: relations[name] for name in ("terms", "outcomes", "rules", "settings")},
            marts={"mart": relations["mart"]},
        ),
        [relations[name] for name in ("alternatives", "alternative_terms", "levels")],
    )
    return {(row["alternative"], row["model"]): row for row in result.to_pylist()}


def expected(rows: pd.DataFrame, more: dict[str, Any]) -> Any:
    matrix = pd.DataFrame({"intercept": 1.0, **{code: (rows["code"] == code) * 1.0 for code in "BC"}})
    family = sm.families.Binomial()
    return sm.GLM(rows["is_recovered"].astype(float), matrix.assign(**more), family=family).fit(tol=1e-14)


def test_alternatives_are_the_fits_that_they_say() -> None:
    frame = people()
    found = run(frame, seeds())
    assert [*found] == [("alone", "model_1"), ("alone", "model_4"), ("bands", "model_4"), ("taking", "model_3")]
    known = frame[frame["code"].notna()]
    wait = (known["seen_date"] - known["received_date"]).dt.days / 7
    complete = known[known["seen_date"].notna()]
    aged, of_age = complete[complete["age"].notna()], known[known["age"].notna()]
    recorded = {"prescribed": "prescribed", "taken": "taken", "unknown": None}
    levels = {name: lambda rows, value=value: (rows["medication"].isna() if value is None
                                               else rows["medication"] == value) * 1.0
              for name, value in recorded.items()}  # fmt: skip
    cases = {
        ("alone", "model_1"): (known, {}),
        ("alone", "model_4"): (complete, {"wait": wait[complete.index]}),
        ("bands", "model_4"): (
            aged,
            {
                "young": (aged["age"] < 30) * 1.0,
                "old": (aged["age"] > 59) * 1.0,
                "wait": wait[aged.index],
                **{name: level(aged) for name, level in levels.items()},
            },
        ),
        ("taking", "model_3"): (
            of_age,
            {"age": of_age["age"] / 10, "taken": levels["taken"](of_age), "unknown": levels["unknown"](of_age)},
        ),
    }
    for key, (rows, more) in cases.items():
        oracle, row = expected(rows, more), found[key]
        assert row["observation_count"] == len(rows), key
        contrasts = {one["level"]: one for one in row["estimates"] if one["term"] == "ethnic_group"}
        for code in "BC":
            assert contrasts[code]["estimate"] == pytest.approx(oracle.params[code], abs=1e-9), key
            assert contrasts[code]["standard_error"] == pytest.approx(oracle.bse[code], rel=1e-7), key
    estimates = {(one["term"], one["level"]): one for one in found["bands", "model_4"]["estimates"]}
    oracle = expected(*cases["bands", "model_4"])
    for band in ("young", "old"):
        assert estimates["age", band]["estimate"] == pytest.approx(oracle.params[band], abs=1e-9)
        assert estimates["age", band]["reference_level"] == "middle"
    medication = [one["level"] for one in found["taking", "model_3"]["estimates"] if one["term"] == "medication"]
    assert medication == ["taking", "not known"]
    # The wait alone against ethnic group alone, on the rows whose wait is known.
    (change,) = (one for one in found["alone", "model_4"]["coefficient_changes"] if one["level"] == "B")
    assert change["smaller_estimate"] == pytest.approx(expected(complete, {}).params["B"], abs=1e-9)


@pytest.mark.parametrize(
    ("seed", "position", "changed", "words"),
    [
        ("alternatives", 0, {"analysis": "absent"}, "no analysis 'absent'"),
        ("alternative_terms", 0, {"term": "absent"}, "no term absent"),
        ("alternative_terms", 0, {"treatment": "absent"}, "not a treatment"),
        ("levels", 0, {"highest_value": 20}, "values in no band"),
        ("levels", slice(3, 6), None, "no level of 'medication'"),
    ],
)
def test_seeds_that_do_not_fit_together_are_refused(
    seed: str, position: Any, changed: dict[str, Any] | None, words: str
) -> None:
    given = seeds()
    if changed is None:
        del given[seed][position]
    else:
        given[seed][position] |= changed
    with pytest.raises(DesignError, match=words):
        run(people(500), given)
