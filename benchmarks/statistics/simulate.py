"""Simulated episodes of the report's size and shape, with planted coefficients and commissioner effects.

Own data of the benchmarks and of some tests: nothing here is read by the warehouse. Group sizes follow the ranges that
the report prints (1,570,994 finished courses; 195 commissioners of 698 to 47,073 episodes), all else is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

GROUPS = "ABCDEFGHJKLMNPRS"
GROUP_SHARES = np.array(
    [0.822, 0.010, 0.046, 0.010, 0.004, 0.007, 0.010, 0.022, 0.018, 0.006, 0.012, 0.012, 0.010, 0.006, 0.003, 0.012]
)
YEARS = ("2015-16", "2016-17", "2017-18", "2018-19")
GENDERS = ("female", "male", "indeterminate", "not known")
MEDICATION = ("prescribed and taking", "prescribed but not taking", "not prescribed", "not known")
EMPLOYMENT = (
    "employed", "unemployed and seeking work", "student", "long-term sick or disabled", "homemaker",
    "not working or seeking work", "unpaid voluntary work", "retired", "not known",
)  # fmt: skip
OUTCOMES = (
    "is_recovered", "is_reliably_improved", "is_reliably_recovered", "is_reliably_deteriorated", "is_dropped_out",
)  # fmt: skip
#: Standard deviation of the commissioner effect, log odds scale: ICC near 1%, and 16% for dropout.
SIGMA = {
    "is_recovered": 0.2, "is_reliably_improved": 0.18, "is_reliably_recovered": 0.17,
    "is_reliably_deteriorated": 0.18, "is_dropped_out": 0.8,
}  # fmt: skip
INTERCEPT = {
    "is_recovered": 0.15, "is_reliably_improved": 0.7, "is_reliably_recovered": 0.05,
    "is_reliably_deteriorated": -2.7, "is_dropped_out": -1.4,
}  # fmt: skip
SIGN = {
    "is_recovered": 1.0, "is_reliably_improved": 0.8, "is_reliably_recovered": 1.0,
    "is_reliably_deteriorated": -0.7, "is_dropped_out": -0.9,
}  # fmt: skip
#: Planted log odds ratio of each group against A, for recovery; other outcomes take it times their sign.
_EFFECTS = [0.0, -0.02, -0.05, -0.2, -0.12, -0.1, -0.15, -0.02, -0.2, -0.25, -0.15, -0.03, -0.05, -0.08, 0.1, -0.2]
ETHNIC_EFFECT = dict(zip(GROUPS, _EFFECTS, strict=True))
ATTENDANCE_SIGMA, ATTENDANCE_RESIDUAL = 0.026, 0.145


@dataclass(frozen=True)
class Simulated:
    """Columns by name (text columns as code and label pairs) and the planted commissioner effects by outcome."""

    columns: dict[str, Any]
    effects: dict[str, np.ndarray]


def commissioner_shares(count: int, rng: np.random.Generator) -> np.ndarray:
    """Shares of the rows by commissioner, skewed like 698 to 47,073 of 1.57 million."""
    share = np.clip(rng.lognormal(0.0, 0.62, count), 698 / 8056, 47073 / 8056)
    return np.asarray(share / share.sum())


# Long because it is one list of draws, whose order is part of the data set.
def simulate(rows: int, seed: int = 20, commissioners: int = 195, part: int = 0) -> Simulated:
    """Simulate `rows` finished courses. Parts of one seed share their commissioners and the effects of these."""
    shared = np.random.default_rng([seed, 0])
    shares = commissioner_shares(commissioners, shared)
    effects = {name: shared.normal(0.0, SIGMA[name], commissioners) for name in OUTCOMES}
    effects["proportion_attended"] = shared.normal(0.0, ATTENDANCE_SIGMA, commissioners)
    rng = np.random.default_rng([seed, 1, part])
    ethnic = rng.choice(16, rows, p=GROUP_SHARES / GROUP_SHARES.sum()).astype(np.int8)
    commissioner = rng.choice(commissioners, rows, p=shares).astype(np.int16)
    minority = ethnic > 2
    age = np.clip(np.rint(rng.gamma(6.0, 6.2, rows) + 16 - 3 * minority), 16, 95)
    gender = rng.choice(4, rows, p=[0.64, 0.345, 0.005, 0.01]).astype(np.int8)
    year = rng.choice(4, rows, p=[0.22, 0.24, 0.26, 0.28]).astype(np.int8)
    phq9 = np.clip(np.rint(rng.normal(15.0 + 0.8 * minority, 5.8, rows)), 0, 27)
    gad7 = np.clip(np.rint(0.45 * (phq9 - 15) + rng.normal(13.5, 3.9, rows)), 0, 21)
    medication = rng.choice(4, rows, p=[0.48, 0.05, 0.42, 0.05]).astype(np.int8)
    employment = rng.choice(9, rows, p=[0.52, 0.14, 0.06, 0.09, 0.06, 0.04, 0.01, 0.04, 0.04]).astype(np.int8)
    condition = rng.choice(3, rows, p=[0.22, 0.48, 0.30]).astype(np.int8)  # true, false, missing
    decile = np.clip(np.rint(rng.normal(5.4 - 1.3 * minority, 2.8, rows)), 1, 10)
    wait_first = np.rint(rng.gamma(1.3, 15 + 3 * minority, rows))
    wait_next = np.rint(rng.gamma(1.1, 38 + 5 * minority, rows)) + 1
    sessions = np.clip(np.rint(rng.gamma(2.2, 3.0, rows)), 2, 60)
    common = (
        0.012 * (age - 40)
        - 0.06 * (gender == 1)
        + 0.03 * year
        - 0.075 * (phq9 - 15)
        - 0.05 * (gad7 - 13.5)
        - 0.25 * (medication == 0)
        - 0.35 * (employment == 1)
        - 0.6 * (employment == 3)
        - 0.15 * (condition == 0)
        + 0.03 * (decile - 5)
        - 0.002 * (wait_first - 20)
        - 0.0015 * (wait_next - 42)
        + 0.045 * (sessions - 6.6)
    )
    ethnic_effect = np.array(list(ETHNIC_EFFECT.values()))[ethnic]
    columns: dict[str, Any] = {
        "ethnic_category_code": (ethnic, list(GROUPS)),
        "age_at_referral": age,
        "gender": (gender, list(GENDERS)),
        "referral_financial_year": (year, list(YEARS)),
        "phq9_first": phq9,
        "gad7_first": gad7,
        "psychotropic_medication": (medication, list(MEDICATION)),
        "employment_status": (employment, list(EMPLOYMENT)),
        "has_long_term_condition": (np.where(condition == 2, -1, condition), ["true", "false"]),
        "imd_decile": (
            np.where(rng.random(rows) < 0.02, -1, decile - 1).astype(np.int8),
            [str(i) for i in range(1, 11)],
        ),
        "days_referral_to_assessment": wait_first,
        "days_assessment_to_next_treatment": wait_next,
        "treatment_contact_count": sessions,
        "commissioner_code": (commissioner, [f"C{i:03d}" for i in range(commissioners)]),
    }
    for name in OUTCOMES:
        eta = INTERCEPT[name] + SIGN[name] * (0.6 * common + ethnic_effect) + effects[name][commissioner]
        columns[name] = rng.random(rows) < 1.0 / (1.0 + np.exp(-eta))
    attended = 0.86 + 0.015 * common + 0.05 * ethnic_effect + effects["proportion_attended"][commissioner]
    columns["proportion_attended"] = attended + rng.normal(0.0, ATTENDANCE_RESIDUAL, rows)
    columns["is_at_caseness"] = rng.random(rows) < 0.92
    columns["is_received_in_window"] = columns["is_paired"] = np.ones(rows, dtype=bool)
    columns["has_mixed_reliable_change"] = rng.random(rows) < 0.01
    return Simulated(columns, effects)


def to_arrow(simulated: Simulated) -> Any:
    """The columns as an Arrow table, as the mart holds them (text, numbers and booleans)."""
    import pyarrow as pa

    arrays = {}
    for name, column in simulated.columns.items():
        if isinstance(column, tuple):
            codes = pa.array(np.where(column[0] < 0, 0, column[0]).astype(np.int16), mask=column[0] < 0)
            arrays[name] = pa.DictionaryArray.from_arrays(codes, pa.array(column[1])).cast(pa.string())
        else:
            arrays[name] = pa.array(column)
    table = pa.table(arrays)
    condition = table.column("has_long_term_condition").cast(pa.string())
    table = table.set_column(
        table.schema.get_field_index("has_long_term_condition"), "has_long_term_condition", condition.cast(pa.bool_())
    )
    decile = table.column("imd_decile").cast(pa.string()).cast(pa.int8())
    return table.set_column(table.schema.get_field_index("imd_decile"), "imd_decile", decile)
