"""The planted model: coefficients, commissioner effects and the solving of intercepts.

Each binary outcome follows an inverse logit of (intercept of ethnic group and year + covariates + commissioner effect).
Intercepts are solved so that the expected rate of each group and year equals its calibration target.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from iapt_equity.synthetic.arrays import BoolArray, FloatArray, IndexArray, Int8Array
from iapt_equity.synthetic.constants import GROUP_CODES
from iapt_equity.synthetic.people import EMPLOYMENT_CODES, People
from iapt_equity.synthetic.settings import Settings

LATENT_VARIANCE = np.pi**2 / 3
ICC = {
    "access": 0.01,
    "course_of_treatment": 0.01,
    "recovery": 0.01,
    "reliable_improvement": 0.01,
    "reliable_recovery": 0.01,
    "reliable_deterioration": 0.01,
    "dropout": 0.15,
    "proportion_attended": 0.03,
}
ATTENDANCE_MEAN = 0.85
ATTENDANCE_RESIDUAL = 0.15
"""Standard deviation of the realised proportion attended around its mean, which the ICC of 3% is set against."""
DROPOUT_RATE = 0.225
DROPOUT_RATIO = np.array(
    [1.0, 0.97, 1.02, 1.22, 1.15, 1.08, 1.10, 1.02, 1.15, 1.18, 1.06, 1.15, 1.10, 1.15, 0.90, 1.12]
)
ATTENDANCE_BY_GROUP = np.array(
    [
        0,
        0.002,
        -0.004,
        -0.022,
        -0.018,
        -0.010,
        -0.014,
        -0.008,
        -0.018,
        -0.022,
        -0.010,
        -0.018,
        -0.016,
        -0.018,
        0.004,
        -0.014,
    ]
)

_EMPLOYMENT_BASE = {"01": 0.0, "02": -0.50, "03": -0.10, "04": -0.70, "05": -0.30, "06": -0.35, "07": -0.20, "08": 0.15}


@dataclass(frozen=True)
class Coefficients:
    """Effects on the scale of the linear predictor. Numeric terms are centred where the field says so."""

    age_decade: float = 0.0
    """Per ten years, centred at 40."""
    male: float = 0.0
    phq9_first: float = 0.0
    """Per point, centred at 15."""
    gad7_first: float = 0.0
    """Per point, centred at 13."""
    medication: dict[str, float] = field(default_factory=dict)
    """By code; '' is not known; reference 03 (not prescribed)."""
    employment: dict[str, float] = field(default_factory=dict)
    """By code; '' is not recorded; reference 01 (employed)."""
    long_term_condition: float = 0.0
    long_term_condition_not_recorded: float = 0.0
    imd_decile: float = 0.0
    """Per decile (1 = most deprived), centred at 5.5."""
    wait_assessment_30_days: float = 0.0
    wait_next_30_days: float = 0.0
    sessions: float = 0.0
    """Per treatment contact planned, centred at 6."""


def _employment(factor: float) -> dict[str, float]:
    effects = {code: round(factor * value, 4) for code, value in _EMPLOYMENT_BASE.items()}
    effects["ZZ"] = effects[""] = round(factor * -0.25, 4)
    return effects


_RECOVERY = Coefficients(
    age_decade=0.06,
    male=-0.03,
    phq9_first=-0.075,
    gad7_first=-0.06,
    medication={"01": -0.15, "02": -0.30, "": -0.15},
    employment=_employment(1.0),
    long_term_condition=-0.20,
    long_term_condition_not_recorded=-0.05,
    imd_decile=0.04,
    wait_assessment_30_days=-0.04,
    wait_next_30_days=-0.06,
    sessions=0.06,
)
COEFFICIENTS = {
    "access": Coefficients(age_decade=0.12, male=-0.05, imd_decile=0.02),
    "course_of_treatment": Coefficients(age_decade=0.10, male=-0.04, imd_decile=0.02, wait_assessment_30_days=-0.05),
    "recovery": _RECOVERY,
    "reliable_improvement": Coefficients(
        age_decade=0.03,
        male=-0.03,
        phq9_first=0.01,
        gad7_first=0.02,
        medication={"01": -0.10, "02": -0.18, "": -0.10},
        employment=_employment(0.6),
        long_term_condition=-0.12,
        long_term_condition_not_recorded=-0.03,
        imd_decile=0.025,
        wait_assessment_30_days=-0.03,
        wait_next_30_days=-0.04,
        sessions=0.07,
    ),
    "reliable_deterioration": Coefficients(
        age_decade=-0.03,
        male=0.02,
        phq9_first=-0.05,
        gad7_first=-0.05,
        medication={"01": 0.10, "02": 0.15, "": 0.10},
        employment=_employment(-0.5),
        long_term_condition=0.12,
        long_term_condition_not_recorded=0.03,
        imd_decile=-0.03,
        wait_assessment_30_days=0.02,
        wait_next_30_days=0.03,
        sessions=-0.02,
    ),
    "dropout": Coefficients(
        age_decade=-0.20,
        male=0.08,
        phq9_first=0.02,
        gad7_first=0.01,
        medication={"01": 0.15, "02": 0.02, "": 0.10},
        employment=_employment(-0.6),
        long_term_condition=0.05,
        imd_decile=-0.05,
        wait_assessment_30_days=0.03,
        wait_next_30_days=0.05,
        sessions=-0.12,
    ),
    "proportion_attended": Coefficients(
        age_decade=0.010,
        male=0.002,
        phq9_first=-0.0010,
        gad7_first=-0.0005,
        medication={"01": -0.010, "02": 0.002, "": -0.005},
        employment=_employment(0.025),
        long_term_condition=-0.004,
        imd_decile=0.003,
        wait_assessment_30_days=-0.002,
        wait_next_30_days=-0.003,
        sessions=0.003,
    ),
}


def make_commissioner_effects(settings: Settings, commissioner_count: int) -> dict[str, FloatArray]:
    """Commissioner effects by outcome, each of shape (commissioners,).

    Normal draws, then set to mean zero and to the very standard deviation of the intraclass correlation, so that a
    small data set carries the planted variance too. Reliable recovery takes the effects of recovery, from which it is
    drawn; improvement's correlate with them.
    """
    rng = settings.generator("planted")

    def standard() -> FloatArray:
        draw = rng.normal(0.0, 1.0, commissioner_count)
        return np.asarray((draw - draw.mean()) / draw.std(), dtype=np.float64)

    shared = standard()
    effects: dict[str, FloatArray] = {}
    for outcome, icc in ICC.items():
        own = standard()
        if outcome in ("recovery", "reliable_recovery"):
            own = shared
        elif outcome == "reliable_improvement":
            own = 0.8 * shared + 0.6 * own
            own = (own - own.mean()) / own.std()
        residual = ATTENDANCE_RESIDUAL**2 if outcome == "proportion_attended" else LATENT_VARIANCE
        effects[outcome] = own * np.sqrt(residual * icc / (1 - icc))
    return effects


def linear_predictor(
    outcome: str,
    people: People,
    rows: IndexArray,
    effects: dict[str, FloatArray],
    employment: Int8Array,
) -> FloatArray:
    """Covariate and commissioner part of the predictor on the log odds scale, without intercept, shape (n,).

    Args:
        outcome: a key of COEFFICIENTS.
        people: all referrals.
        rows: positions of the n referrals wanted.
        effects: effect of each commissioner by outcome.
        employment: status that holds at each of the n referrals: position in EMPLOYMENT_CODES, -1 not recorded.
    """
    c = COEFFICIENTS[outcome]
    eta = effects[outcome][people.commissioner[rows]].copy()
    if c.age_decade:
        eta += c.age_decade * (people.age[rows] - 40.0) / 10.0
    if c.male:
        eta += c.male * (people.gender[rows] == 0)
    if c.phq9_first:
        eta += c.phq9_first * (people.phq9_first[rows] - 15.0)
    if c.gad7_first:
        eta += c.gad7_first * (people.gad7_first[rows] - 13.0)
    if c.medication:
        table = np.array([c.medication["01"], c.medication["02"], 0.0, c.medication[""]])
        eta += table[people.medication[rows]]
    if c.employment:
        table = np.array([c.employment[code] for code in EMPLOYMENT_CODES] + [c.employment[""]])
        eta += table[employment]
    if c.long_term_condition:
        eta += np.array([0.0, c.long_term_condition, c.long_term_condition_not_recorded])[
            people.long_term_condition[rows]
        ]
    if c.imd_decile:
        eta += c.imd_decile * (people.decile[rows] - 4.5)
    if c.wait_assessment_30_days:
        eta += c.wait_assessment_30_days * people.wait_assessment[rows] / 30.0
    if c.wait_next_30_days:
        eta += c.wait_next_30_days * people.wait_next[rows] / 30.0
    if c.sessions:
        eta += c.sessions * (people.sessions[rows] - 6.0)
    return np.asarray(eta, dtype=np.float64)


def expit(value: FloatArray) -> FloatArray:
    """Inverse logit, element by element."""
    return np.asarray(1.0 / (1.0 + np.exp(-value)), dtype=np.float64)


def spread_uniforms(rng: np.random.Generator, cell: IndexArray) -> FloatArray:
    """Uniform draws in (0, 1) that are spread evenly over the rows of each cell, shape (n,).

    Row by row each draw is uniform and independent of anything known about the row. Within a cell of m rows, though,
    one draw falls in each m-th part of the unit interval, so that the count of an event differs from its expectation
    by less than independent draws would make it. Method: stratified sampling of the unit interval, in random order.
    """
    count = len(cell)
    order = np.lexsort((rng.random(count), cell))
    sizes = np.bincount(cell)
    first = np.cumsum(sizes) - sizes
    rank = np.arange(count) - first[cell[order]]
    out = np.empty(count, dtype=np.float64)
    out[order] = (rank + rng.random(count)) / sizes[cell[order]]
    return out


def solve_intercepts(
    eta: FloatArray,
    cell: IndexArray,
    cell_count: int,
    target_count: FloatArray,
    included: BoolArray,
    floor: FloatArray | None = None,
    ceiling: FloatArray | None = None,
) -> FloatArray:
    """Intercept of each cell such that the expected count over its included rows equals `target_count`.

    Args:
        eta: predictor without intercept, shape (n,).
        cell: cell of each row, shape (n,), 0 to cell_count - 1.
        cell_count: number of cells.
        target_count: expected number of events wanted in each cell, shape (cell_count,).
        included: rows that count towards the target, shape (n,).
        floor: lowest probability each row may have, shape (n,), default 0.
        ceiling: highest probability each row may have, shape (n,), default 1.

    Returns:
        Intercepts of shape (cell_count,). A cell without included rows takes the mean of the others. Bisection on
        [-12, 12], so the result does not depend on a starting value.
    """
    rows, rows_cell = eta[included], cell[included]
    top = None if ceiling is None else ceiling[included]
    bottom = None if floor is None else floor[included]
    low, high = np.full(cell_count, -12.0), np.full(cell_count, 12.0)
    for _ in range(30):
        middle = (low + high) / 2
        chance = expit(middle[rows_cell] + rows)
        if top is not None:
            chance = np.minimum(chance, top)
        if bottom is not None:
            chance = np.maximum(chance, bottom)
        too_many = np.bincount(rows_cell, weights=chance, minlength=cell_count) > target_count
        high = np.where(too_many, middle, high)
        low = np.where(too_many, low, middle)
    solved = (low + high) / 2
    empty = np.bincount(rows_cell, minlength=cell_count) == 0
    if empty.any():
        solved[empty] = solved[~empty].mean() if not empty.all() else 0.0
    return np.asarray(solved, dtype=np.float64)


class Recorder:
    """Collects what was planted, for truth/coefficients.csv."""

    def __init__(self, first_year: int, year_count: int) -> None:
        """Record for the financial years starting in `first_year`, `year_count` of them."""
        self.rows: list[tuple[str, str, str, float]] = []
        self._years = [f"{first_year + k}-{(first_year + k + 1) % 100:02d}" for k in range(year_count)]

    def record(self, outcome: str, term: str, level: str, value: float) -> None:
        """Add one planted value."""
        self.rows.append((outcome, term, level, round(float(value), 6)))

    def cell_label(self, number: int) -> str:
        """Group code and financial year of a cell (group major)."""
        years = len(self._years)
        return f"{GROUP_CODES[number // years]} {self._years[number % years]}"

    def record_intercepts(self, outcome: str, intercepts: FloatArray, counts: IndexArray) -> None:
        """Add solved intercepts (one per group and year, group major); cells without any row are left out."""
        for number, value in enumerate(intercepts.tolist()):
            if counts[number] > 0:
                self.record(outcome, "intercept", self.cell_label(number), value)

    def record_coefficients(self) -> None:
        """Add the covariate effects of every outcome."""
        for outcome, c in COEFFICIENTS.items():
            for name in (
                "age_decade",
                "male",
                "phq9_first",
                "gad7_first",
                "long_term_condition",
                "long_term_condition_not_recorded",
                "imd_decile",
                "wait_assessment_30_days",
                "wait_next_30_days",
                "sessions",
            ):
                value = getattr(c, name)
                if value:
                    self.record(outcome, name, "", value)
            for code, value in c.medication.items():
                self.record(outcome, "psychotropic_medication", code or "not known", value)
            for code, value in c.employment.items():
                self.record(outcome, "employment_status", code or "not recorded", value)
        for number, code in enumerate(GROUP_CODES):
            self.record("proportion_attended", "ethnic_category_code", code, ATTENDANCE_BY_GROUP[number])
