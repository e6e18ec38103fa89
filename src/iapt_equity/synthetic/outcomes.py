"""Outcomes of finished courses: a status for each, and first and last scores that agree with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from iapt_equity.synthetic import constants, planted
from iapt_equity.synthetic.arrays import BoolArray, FloatArray, IndexArray, Int8Array, Int16Array, Int64Array
from iapt_equity.synthetic.pathways import MAIN, Pathways
from iapt_equity.synthetic.people import People
from iapt_equity.synthetic.settings import Settings
from iapt_equity.synthetic.targets import Targets

RELIABLY_RECOVERED, RECOVERED_ONLY, IMPROVED_ONLY, NO_CHANGE, DETERIORATED, MIXED = range(6)
PAIRED, FIRST_ONLY, NO_ANXIETY, NO_SCORES = range(4)


@dataclass(frozen=True)
class Measure:
    """An anxiety measure on a grid of steps: score = lowest + step * position."""

    token: str
    tool: str
    descriptor: str
    lowest: float
    step: float
    top: int
    """Highest position."""
    caseness: int
    """Lowest position at caseness."""
    below: int
    """Highest position below caseness; positions between the two are never drawn."""
    change: int
    """Positions that make a reliable change."""
    mean: float
    spread: float


# Ranges, thresholds and reliable changes as in the reference table; those of the specific measures are recalled values
# there. MI moves in steps of 0.05 from 1.00, so no drawn change equals 0.73, and 2.30 itself (whether it is at or below
# caseness is not settled) is never drawn.
MEASURES = (
    Measure("GAD7", constants.GAD7, "", 0, 1, 21, 8, 7, 4, 13.5, 4.7),
    Measure("AgoraAlone", "473355002", "F400", 1.0, 0.05, 80, 27, 25, 15, 45, 14),
    Measure("SocialPhobia", "445552006", "F401", 0, 1, 68, 19, 18, 10, 40, 12),
    Measure("PanicDisorder", "450326007", "F410", 0, 1, 28, 8, 7, 5, 15, 5),
    Measure("OCD", "450324005", "F429", 0, 1, 168, 40, 39, 32, 80, 25),
    Measure("PTSD", "491581000000104", "F431", 0, 1, 80, 32, 31, 10, 52, 14),
    Measure("AnxietyInventory", "446793008", "F452", 0, 1, 54, 18, 17, 4, 30, 8),
    # The measure of post-traumatic stress in version 1.5; no tool of its own in version 2.
    Measure("IESR", "", "F431", 0, 1, 88, 33, 32, 9, 54, 15),
)
PTSD = 5
IES_R = 7
SPECIFIC_TOOLS = 7
"""Measures before this position have a tool in version 2."""
_PHQ9 = Measure("PHQ9", constants.PHQ9, "", 0, 1, 27, 10, 9, 6, 15, 6)

_SPECIFIC_SHARE = 0.06
_MIXED_SHARE = 0.012
_BLOCK = 100_000
"""Finished courses looked at together."""


@dataclass
class Outcomes:
    """Scores and statuses; score arrays are over all referrals (N), as positions on the measure's grid."""

    descriptor: Int8Array
    """Position in constants.GENERAL_DESCRIPTORS, or 100 + position in MEASURES; -1 none recorded."""
    specific: Int8Array
    """Specific measure with scores: position in MEASURES, 0 none."""
    specific_first_only: BoolArray
    crosses_measures: BoolArray
    """Post-traumatic stress measured first by IES-R, last by PCL-5: two single scores and no pair."""
    phq9_first: Int16Array
    phq9_last: Int16Array
    gad7_first: Int16Array
    gad7_last: Int16Array
    specific_first: Int16Array
    specific_last: Int16Array
    missing: Int8Array
    """PAIRED, FIRST_ONLY, NO_ANXIETY or NO_SCORES; PAIRED for anything but a finished course."""
    finished: IndexArray
    """The finished courses (F), positions in storage order."""
    status: Int8Array
    """Status of each finished course (F); -1 where unpaired."""
    at_caseness: Int8Array
    """1, 0, or -1 unknown; shape (F,)."""
    dropped_out: BoolArray
    """Shape (F,): whether the planted course ended as a dropout, whatever end code was sent."""

    def chosen_measure(self) -> Int8Array:
        """Anxiety measure of each finished course, position in MEASURES, shape (F,)."""
        rows = self.finished
        usable = (self.specific[rows] > 0) & ~self.specific_first_only[rows] & (self.missing[rows] == PAIRED)
        return np.where(usable, self.specific[rows], 0).astype(np.int8)


def _parameters(measure: Int8Array, name: str) -> Int64Array:
    return np.array([getattr(item, name) for item in MEASURES])[measure].astype(np.int64)


def _zones(
    first: Int64Array,
    top: Int64Array,
    caseness: Int64Array,
    below: Int64Array,
    change: Int64Array,
) -> tuple[Int64Array, Int64Array]:
    """Lowest and highest last score of six zones, shape (n, 6): improved, same, deteriorated x below, at caseness."""
    zero = np.zeros_like(first)
    low = (zero, first - change + 1, first + change)
    high = (first - change, first + change - 1, top)
    lows, highs = [], []
    for zone in range(3):
        lows += [np.maximum(low[zone], 0), np.maximum(low[zone], caseness)]
        highs += [np.minimum(high[zone], below), np.minimum(high[zone], top)]
    return np.stack(lows, axis=1), np.stack(highs, axis=1)


def _combination_masks() -> FloatArray:
    """Weight of each of the 36 pairs of zones in each status, shape (6 statuses, 2 not/at caseness, 36)."""
    out = np.zeros((6, 2, 36))
    for phq9 in range(6):
        for anxiety in range(6):
            zones = (phq9 // 2, anxiety // 2)
            recovered = phq9 % 2 == 0 and anxiety % 2 == 0
            improved, worse = 0 in zones, 2 in zones
            weight = {0: 1.0, 1: 0.25, 2: 1.0}[zones[0]] * {0: 1.0, 1: 0.25, 2: 1.0}[zones[1]]
            if improved and worse:
                status = MIXED
            elif improved:
                status = IMPROVED_ONLY
            elif worse:
                status = DETERIORATED
                weight = {1: 1.0, 2: 0.5}[zones[0]] * {1: 1.0, 2: 0.5}[zones[1]]
            else:
                status = NO_CHANGE
            column = phq9 * 6 + anxiety
            out[status, 0, column] = weight
            if not recovered:
                out[status, 1, column] = weight
            elif status == IMPROVED_ONLY:
                out[RELIABLY_RECOVERED, 1, column] = weight
            elif status == NO_CHANGE:
                out[RECOVERED_ONLY, 1, column] = weight
    return out


def make_outcomes(
    settings: Settings,
    targets: Targets,
    people: People,
    pathways: Pathways,
    employment: Int8Array,
    effects: dict[str, FloatArray],
    recorder: planted.Recorder,
) -> Outcomes:
    """Draw problem descriptors, first scores of specific measures, statuses and last scores.

    Args:
        settings: checked arguments of the run.
        targets: rates of the outcomes to meet.
        people: the referrals (N) and who they are about.
        pathways: what happened to each referral.
        employment: employment status known for each referral, shape (N,).
        effects: effect of each commissioner by outcome.
        recorder: takes down the intercepts that meet the targets.
    """
    rng = settings.generator("outcomes")
    n = settings.referrals
    measure = _draw_measures(settings, people, pathways, rng)
    # A course under way drifts downwards; finished courses take their planted last scores below.
    phq9_first, gad7_first = people.phq9_first.astype(np.int16), people.gad7_first.astype(np.int16)
    phq9_last = np.clip(np.rint(phq9_first * 0.75 + rng.normal(0, 3, n)), 0, 27).astype(np.int16)
    gad7_last = np.clip(np.rint(gad7_first * 0.75 + rng.normal(0, 2.5, n)), 0, 21).astype(np.int16)
    top = _parameters(measure.specific, "top")
    finished = np.flatnonzero(pathways.is_finished)
    missing = np.zeros(n, dtype=np.int8)
    unpaired = rng.random(len(finished)) < constants.UNPAIRED_RATE
    missing[finished] = np.where(
        unpaired, rng.choice([FIRST_ONLY, NO_ANXIETY, NO_SCORES], len(finished), p=[0.5, 0.3, 0.2]), 0
    )
    out = Outcomes(
        descriptor=measure.descriptor,
        specific=measure.specific,
        specific_first_only=measure.is_first_only,
        crosses_measures=measure.crosses,
        phq9_first=phq9_first,
        phq9_last=phq9_last,
        gad7_first=gad7_first,
        gad7_last=gad7_last,
        specific_first=measure.first,
        specific_last=np.clip(np.rint(measure.first * 0.8), 0, top).astype(np.int16),
        missing=missing,
        finished=finished,
        status=np.full(len(finished), -1, dtype=np.int8),
        at_caseness=np.zeros(len(finished), dtype=np.int8),
        dropped_out=np.zeros(len(finished), dtype=np.bool_),
    )
    if len(finished):
        _draw_statuses(settings, targets, people, pathways, employment[finished], effects, recorder, out, rng)
    return out


@dataclass(frozen=True)
class _Measures:
    """Problem descriptor and specific measure of each referral (N); fields as in Outcomes."""

    descriptor: Int8Array
    specific: Int8Array
    is_first_only: BoolArray
    crosses: BoolArray
    first: Int16Array


def _draw_measures(settings: Settings, people: People, pathways: Pathways, rng: np.random.Generator) -> _Measures:
    n = settings.referrals
    kind = rng.random(n)
    descriptor = rng.integers(0, len(constants.GENERAL_DESCRIPTORS), n).astype(np.int8)
    specific = np.where(kind < _SPECIFIC_SHARE, rng.integers(1, SPECIFIC_TOOLS, n), 0).astype(np.int8)
    descriptor = np.where(specific > 0, 100 + specific, np.where(kind > 0.9, -1, descriptor)).astype(np.int8)
    sent = rng.random(n)
    is_first_only = (specific > 0) & (sent >= 0.8) & (sent < 0.9)
    specific = np.where(sent < 0.9, specific, 0).astype(np.int8)
    starts_early, ends_early = _contacts_in_version_1_5(settings, pathways)
    crosses = (specific == PTSD) & starts_early & ~ends_early
    is_first_only |= crosses
    specific = np.where((specific == PTSD) & ends_early, IES_R, specific).astype(np.int8)
    severity = (people.gad7_first - 13.5) / 4.7
    mean, spread = (np.array([getattr(item, name) for item in MEASURES])[specific] for name in ("mean", "spread"))
    first = np.rint(mean + spread * (0.7 * severity + 0.7 * rng.normal(0, 1, n)))
    first = np.clip(first, 0, _parameters(specific, "top")).astype(np.int64)
    gap = (first > _parameters(specific, "below")) & (first < _parameters(specific, "caseness"))
    first = np.where(gap, _parameters(specific, "caseness"), first)
    return _Measures(descriptor, specific, is_first_only, crosses, first.astype(np.int16))


def _contacts_in_version_1_5(settings: Settings, pathways: Pathways) -> tuple[BoolArray, BoolArray]:
    """Whether the first and the last main contact of each referral are sent in version 1.5, each of shape (N,)."""
    contacts = pathways.contacts
    main = contacts.kind == MAIN
    first = np.full(settings.referrals, 30_000, dtype=np.int16)
    last = np.full(settings.referrals, 30_000, dtype=np.int16)
    np.minimum.at(first, contacts.referral[main], contacts.month[main])
    later = main & ~contacts.is_first_main
    last[contacts.referral[contacts.is_first_main]] = contacts.month[contacts.is_first_main]
    # Contacts are sorted by month: the last one written stays.
    last[contacts.referral[later]] = contacts.month[later]
    switch = settings.switch_month
    return first < switch, last < switch


@dataclass(frozen=True)
class _Courses:
    """Finished courses (F) with the last scores that each could end at."""

    cell: IndexArray
    """Ethnic group and year of discharge, as one number."""
    cell_count: int
    is_valid: BoolArray
    """Whether the person's ethnicity is recorded."""
    is_paired: BoolArray
    is_case: BoolArray
    """At caseness by the scores that are planted, whether or not they are sent."""
    measure: Int8Array
    anxiety: Int64Array
    """First score on the measure."""
    phq9_zones: tuple[Int64Array, Int64Array]
    """Lowest and highest last PHQ-9 of six zones, each of shape (F, 6)."""
    anxiety_zones: tuple[Int64Array, Int64Array]

    def blocks(self) -> Iterator[slice]:
        """The courses in pieces whose 36 pairs of zones fit into memory."""
        for begin in range(0, len(self.cell), _BLOCK):
            yield slice(begin, begin + _BLOCK)

    def pairs(self, block: slice) -> tuple[Int64Array, Int64Array]:
        """Number of last scores in each zone, PHQ-9 and anxiety, each of shape (block, 6)."""
        (low_p, high_p), (low_a, high_a) = self.phq9_zones, self.anxiety_zones
        return (
            np.maximum(high_p[block] - low_p[block] + 1, 0),
            np.maximum(high_a[block] - low_a[block] + 1, 0),
        )


def _courses(settings: Settings, people: People, pathways: Pathways, out: Outcomes) -> _Courses:
    rows = out.finished
    year = settings.year_of(pathways.discharge[rows]).astype(np.intp)
    measure = out.chosen_measure()
    phq9 = out.phq9_first[rows].astype(np.int64)
    anxiety = np.where(measure > 0, out.specific_first[rows], out.gad7_first[rows]).astype(np.int64)
    names = ("top", "caseness", "below", "change")
    return _Courses(
        cell=people.group[rows].astype(np.intp) * settings.year_count + year,
        cell_count=16 * settings.year_count,
        is_valid=people.status[rows] == 0,
        is_paired=out.missing[rows] == PAIRED,
        is_case=(phq9 >= 10) | (anxiety >= _parameters(measure, "caseness")),
        measure=measure,
        anxiety=anxiety,
        phq9_zones=_zones(phq9, *(np.full(len(rows), getattr(_PHQ9, name)) for name in names)),
        anxiety_zones=_zones(anxiety, *(_parameters(measure, name) for name in names)),
    )


def _caseness(courses: _Courses, out: Outcomes) -> Int8Array:
    """Whether each finished course is at caseness by the scores sent: 1, 0, or -1 unknown; shape (F,)."""
    missing, high_phq9 = out.missing[out.finished], out.phq9_first[out.finished] >= 10
    at_caseness = np.where(courses.is_case, 1, 0)
    at_caseness = np.where(missing == NO_ANXIETY, np.where(high_phq9, 1, -1), at_caseness)
    return np.where(missing == NO_SCORES, -1, at_caseness).astype(np.int8)


def _possible(courses: _Courses, masks: FloatArray) -> BoolArray:
    """Statuses that each course's zones leave open, shape (6, F)."""
    possible = np.zeros((6, len(courses.cell)), dtype=np.bool_)
    for block in courses.blocks():
        size_p, size_a = courses.pairs(block)
        present = ((size_p > 0)[:, :, None] & (size_a > 0)[:, None, :]).reshape(-1, 36).astype(np.float32)
        for status in range(6):
            weight = present @ (masks[status] > 0).T.astype(np.float32)
            possible[status, block] = np.where(courses.is_case[block], weight[:, 1], weight[:, 0]) > 0
    return possible


def _draw_statuses(
    settings: Settings,
    targets: Targets,
    people: People,
    pathways: Pathways,
    employment: Int8Array,
    effects: dict[str, FloatArray],
    recorder: planted.Recorder,
    out: Outcomes,
    rng: np.random.Generator,
) -> None:
    """Draw status, dropout and last scores of the finished courses, into `out`."""
    courses = _courses(settings, people, pathways, out)
    out.at_caseness[:] = _caseness(courses, out)
    masks = _combination_masks()
    possible = _possible(courses, masks)

    def solve(
        outcome: str,
        target: FloatArray,
        base: BoolArray | None = None,
        floor: FloatArray | None = None,
        ceiling: FloatArray | None = None,
    ) -> FloatArray:
        """Chance of an outcome on each course, whose mean in each cell meets the target among the courses of `base`."""
        included = courses.is_valid if base is None else courses.is_valid & base
        counts = np.bincount(courses.cell[included], minlength=courses.cell_count)
        eta = planted.linear_predictor(outcome, people, out.finished, effects, employment)
        totals = target.ravel() * counts
        intercept = planted.solve_intercepts(eta, courses.cell, courses.cell_count, totals, included, floor, ceiling)
        recorder.record_intercepts(outcome, intercept, counts)
        chance = planted.expit(intercept[courses.cell] + eta)
        if ceiling is not None:
            chance = np.minimum(chance, ceiling)
        return chance if floor is None else np.maximum(chance, floor)

    in_recovery = out.at_caseness != 0
    recovery = solve(
        "recovery", targets.recovery, in_recovery, None, (courses.is_paired & courses.is_case).astype(np.float64)
    )
    recovered_only = _recovered_only(courses, targets, in_recovery, recovery, possible[RECOVERED_ONLY], recorder)
    reliable_recovery = recovery - recovered_only
    room = courses.is_paired.astype(np.float64) - recovery
    worst = np.clip(0.9 * room, 0, 1) * possible[DETERIORATED]
    deterioration = solve("reliable_deterioration", targets.deterioration, None, None, worst)
    rest = np.clip(room - deterioration, 0, 1)
    best = reliable_recovery + 0.97 * rest * possible[IMPROVED_ONLY]
    improvement = solve("reliable_improvement", targets.reliable_improvement, None, reliable_recovery, best)
    improved_only = improvement - reliable_recovery
    mixed = _MIXED_SHARE * possible[MIXED] * np.clip(rest - improved_only, 0, 1)

    uniform = planted.spread_uniforms(rng, (courses.cell * 2 + courses.is_valid) * 2 + in_recovery)
    edges = np.cumsum(np.stack([reliable_recovery, recovered_only, improved_only, deterioration, mixed]), axis=0)
    order = np.array([RELIABLY_RECOVERED, RECOVERED_ONLY, IMPROVED_ONLY, DETERIORATED, MIXED, NO_CHANGE])
    status = order[(uniform[None, :] >= edges).sum(axis=0)]
    out.status[:] = np.where(courses.is_paired, status, -1)
    target = np.repeat((planted.DROPOUT_RATE * planted.DROPOUT_RATIO)[:, None], settings.year_count, axis=1)
    drops_out = planted.spread_uniforms(rng, courses.cell * 2 + courses.is_valid)
    out.dropped_out[:] = drops_out < solve("dropout", target)
    _draw_last_scores(courses, masks, out, rng)


def _recovered_only(
    courses: _Courses,
    targets: Targets,
    in_recovery: BoolArray,
    recovery: FloatArray,
    is_possible: BoolArray,
    recorder: planted.Recorder,
) -> FloatArray:
    """Chance of recovery without reliable improvement, shape (F,).

    Of the recoveries that can be without it, the share that leaves the target of reliable recovery in each cell.
    """
    cell, included = courses.cell, courses.is_valid & in_recovery

    def sums(weights: FloatArray) -> FloatArray:
        held = np.bincount(cell[included], weights=weights[included], minlength=courses.cell_count)
        return np.asarray(held, dtype=np.float64)

    counts = np.bincount(cell[included], minlength=courses.cell_count)
    near = recovery * is_possible
    surplus = sums(recovery) - targets.reliable_recovery.ravel() * counts
    share = np.clip(surplus / np.maximum(sums(near), 1e-9), 0.0, 1.0)
    for number, value in enumerate(share.tolist()):
        if counts[number]:
            recorder.record("recovered_only_share", "share", recorder.cell_label(number), value)
    return np.asarray(near * share[cell])


def _draw_last_scores(courses: _Courses, masks: FloatArray, out: Outcomes, rng: np.random.Generator) -> None:
    """Last scores, into `out`: a pair of zones that makes the status, then a score in each zone."""
    (low_p, high_p), (low_a, high_a) = courses.phq9_zones, courses.anxiety_zones
    status = np.where(courses.is_paired, out.status, NO_CHANGE)
    for block in courses.blocks():
        size_p, size_a = courses.pairs(block)
        weight = masks[status[block], courses.is_case[block].astype(np.intp)]
        weight = weight * (np.sqrt(size_p)[:, :, None] * np.sqrt(size_a)[:, None, :]).reshape(-1, 36)
        total = np.cumsum(weight, axis=1)
        pick = (total < (rng.random(len(total)) * total[:, -1] * 0.999999)[:, None]).sum(axis=1)
        # The first pair with any weight at or above the draw; a draw of zero must not land on a pair without weight.
        pick = np.maximum(pick, (weight > 0).argmax(axis=1))
        last_p = _within(low_p[block], high_p[block], pick // 6, rng)
        last_a = _within(low_a[block], high_a[block], pick % 6, rng)
        member, on_gad7 = out.finished[block], courses.measure[block] == 0
        out.phq9_last[member] = last_p
        out.gad7_last[member[on_gad7]] = last_a[on_gad7]
        other = member[~on_gad7]
        out.specific_last[other] = last_a[~on_gad7]
        # GAD-7 beside a specific measure moves with it, roughly.
        ratio = last_a[~on_gad7] / np.maximum(courses.anxiety[block][~on_gad7], 1)
        moved = out.gad7_first[other] * np.clip(ratio, 0.2, 1.4) + rng.normal(0, 1.5, len(other))
        out.gad7_last[other] = np.clip(np.rint(moved), 0, 21).astype(np.int16)


def _within(low: Int64Array, high: Int64Array, zone: IndexArray, rng: np.random.Generator) -> Int16Array:
    number = np.arange(len(zone))
    bottom, top = low[number, zone], high[number, zone]
    return (bottom + np.floor(rng.random(len(zone)) * (top - bottom + 1))).astype(np.int16)


def measure_scores(measure: Int8Array, position: Int16Array) -> FloatArray:
    """Scores from positions on each measure's grid, same shape, rounded to two decimals."""
    lowest = np.array([item.lowest for item in MEASURES])[measure]
    step = np.array([item.step for item in MEASURES])[measure]
    return np.round(lowest + step * position, 2)


__all__ = ["MEASURES", "Measure", "Outcomes", "make_outcomes", "measure_scores"]
