"""Score rows: which contact carries which score, and the text that is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.arrays import BoolArray, FloatArray, IndexArray, Int8Array, Int16Array, Int32Array
from iapt_equity.synthetic.outcomes import (
    FIRST_ONLY,
    IES_R,
    MEASURES,
    NO_ANXIETY,
    NO_SCORES,
    PAIRED,
    PTSD,
    SPECIFIC_TOOLS,
    Outcomes,
)
from iapt_equity.synthetic.pathways import (
    ASSESSED_ONLY,
    CANCELLED_BY_PROVIDER,
    DUPLICATE,
    MAIN,
    MISSED,
    NEVER,
    OUTSIDE,
    Pathways,
    treatments,
)
from iapt_equity.synthetic.settings import Settings

TOOLS = (constants.PHQ9, constants.GAD7, *(item.tool for item in MEASURES[1:SPECIFIC_TOOLS]), *constants.WSAS)
"""Tool of each value of `Scores.tool` that is sent in version 2."""
IES_R_TOOL = len(TOOLS)
"""Value of `Scores.tool` for IES-R, which only version 1.5 has."""

_SLOTS = 8
_WHOLE = 169
_MEAN = 81
_BASE = [str(number) for number in range(_WHOLE)] + [f"{1 + 0.05 * number:.2f}" for number in range(_MEAN)]
TEXTS = tuple(
    _BASE
    + [f" {text}" for text in _BASE]
    + [f"{text} " for text in _BASE]
    + list(constants.INVALID_WHOLE_SCORES)
    + list(constants.INVALID_MEAN_SCORES)
)
"""Text of each value of `Scores.text`."""

_AGORA_TOOL = 2
_WSAS_SHARE = 0.27
_MIDDLE_SHARE = 0.85


@dataclass
class Scores:
    """Score rows (S), sorted by contact (hence by month and referral)."""

    contact: Int32Array
    """Position of the contact in Contacts."""
    tool: Int8Array
    text: Int16Array
    is_dated: BoolArray
    """Sent in IDS606 with its own date, not in IDS607."""
    spoilt: IndexArray
    """Referrals whose first or last PHQ-9 or anxiety score was made invalid."""


def make_scores(settings: Settings, pathways: Pathways, outcomes: Outcomes) -> Scores:
    """Place scores at contacts and turn them into the text sent, dirt included.

    Args:
        settings: checked arguments of the run.
        pathways: what happened to each referral.
        outcomes: first and last scores of each referral.
    """
    rng = settings.generator("scores")
    contacts = pathways.contacts
    end = (contacts.kind == MAIN) & (contacts.is_first_main | contacts.is_last_main)
    scored, mask = _place_scores(pathways, outcomes, end, rng)
    flat = np.flatnonzero(mask)
    contact, slot = (flat // _SLOTS).astype(np.int32), (flat % _SLOTS).astype(np.int8)
    member = contacts.referral[contact]
    value = _draw_values(pathways, outcomes, contact, slot, end[contact], rng)
    is_specific = slot == 2
    tool = np.where(slot < 2, slot, np.where(is_specific, outcomes.specific[member] + 1, slot + 5)).astype(np.int8)
    in_version_1_5 = contacts.month[contact] < settings.switch_month
    tool[is_specific & np.isin(outcomes.specific[member], (PTSD, IES_R)) & in_version_1_5] = IES_R_TOOL
    text = value.astype(np.int16)
    text[tool == _AGORA_TOOL] += _WHOLE
    dated_contact = scored & (rng.random(len(scored)) < constants.DATED_SCORE_RATE)
    is_dated = dated_contact[contact]
    text, invalid = _soiled(text, tool, rng)
    spoilt = np.unique(member[invalid[(slot[invalid] <= 2) & end[contact][invalid]]])

    same_day = _same_day(settings, rng, pathways, outcomes, dated_contact)
    contact = np.concatenate([contact, np.repeat(same_day, 2)])
    tool = np.concatenate([tool, np.tile(np.array([0, 1], dtype=np.int8), len(same_day))])
    text = np.concatenate([text, rng.integers(0, 22, 2 * len(same_day))]).astype(np.int16)
    is_dated = np.concatenate([is_dated, np.ones(2 * len(same_day), dtype=np.bool_)])
    order = np.argsort(contact, kind="stable")
    return Scores(contact[order], tool[order], text[order], is_dated[order], spoilt)


def assessments(settings: Settings, pathways: Pathways, scores: Scores) -> BoolArray:
    """Contacts (C) within their referral that are an assessment: in version 1.5 any that was attended and has a score.

    Args:
        settings: checked arguments of the run.
        pathways: what happened to each referral.
        scores: the scores at its contacts.

    Returns:
        Shape (C,), in the order of `pathways.contacts`.
    """
    contacts = pathways.contacts
    is_number = np.array([_is_number(text) for text in TEXTS])
    has_score = np.zeros(len(contacts.referral), dtype=np.bool_)
    has_score[scores.contact[is_number[scores.text]]] = True
    came = ~np.isin(contacts.kind, (OUTSIDE, MISSED, CANCELLED_BY_PROVIDER))
    by_type = np.isin(contacts.kind, (MAIN, DUPLICATE)) & np.isin(contacts.appointment, (1, 3))
    found: BoolArray = np.where(contacts.month < settings.switch_month, came & has_score, by_type)
    return found


def with_assessments(settings: Settings, pathways: Pathways, scores: Scores) -> Pathways:
    """The pathways with the day of the first assessment, and of the first treatment after the day that waits go by.

    Args:
        settings: checked arguments of the run.
        pathways: what happened to each referral.
        scores: the scores at its contacts.
    """
    contacts = pathways.contacts
    here = assessments(settings, pathways, scores)
    first = np.full(settings.referrals, NEVER, dtype=np.int32)
    np.minimum.at(first, contacts.referral[here], contacts.day[here])
    assessed = np.minimum(first, pathways.first_treatment)
    following = np.full(settings.referrals, NEVER, dtype=np.int32)
    referral, day = treatments(contacts, pathways.logs)
    later = day > assessed[referral]
    np.minimum.at(following, referral[later], day[later])
    return replace(pathways, first_assessment=first, next_treatment=following)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _place_scores(
    pathways: Pathways, outcomes: Outcomes, end: BoolArray, rng: np.random.Generator
) -> tuple[BoolArray, BoolArray]:
    """Contacts (C) that carry scores, and which: shapes (C,) and (C, _SLOTS).

    Slots are PHQ-9, GAD-7, the specific measure, and the five questions of the WSAS.
    """
    contacts, referral = pathways.contacts, pathways.contacts.referral
    count, main = len(referral), contacts.kind == MAIN
    uniform = rng.random(count)
    scored = (end & ((pathways.kind[referral] != ASSESSED_ONLY) | (uniform < 0.7))) | (main & (uniform < _MIDDLE_SHARE))
    scored |= contacts.kind == OUTSIDE
    missing = outcomes.missing[referral]
    scored &= (missing != NO_SCORES) & ((missing != FIRST_ONLY) | contacts.is_first_main | (contacts.kind == OUTSIDE))
    mask = np.zeros((count, _SLOTS), dtype=np.bool_)
    mask[:, 0] = scored
    mask[:, 1] = scored & (missing != NO_ANXIETY)
    only_first = outcomes.specific_first_only[referral]
    crosses = outcomes.crosses_measures[referral]
    carries = contacts.is_first_main | ~only_first | (contacts.is_last_main & crosses)
    mask[:, 2] = mask[:, 1] & main & (outcomes.specific[referral] > 0) & carries
    mask[:, 3:] = (scored & main & (rng.random(count) < _WSAS_SHARE))[:, None]
    return scored, mask


def _draw_values(
    pathways: Pathways,
    outcomes: Outcomes,
    contact: Int32Array,
    slot: Int8Array,
    at_end: BoolArray,
    rng: np.random.Generator,
) -> FloatArray:
    """Value of each score row (S), shape (S,): first and last as planted; between them a noisy line."""
    size, member = len(contact), pathways.contacts.referral[contact]
    value = rng.integers(0, 9, size).astype(np.float64)
    noise = rng.normal(0, 1, size)
    fraction = pathways.contacts.fraction[contact].astype(np.float64)
    tops = np.array([item.top for item in MEASURES])
    for number, (first, last, top, spread) in enumerate(
        (
            (outcomes.phq9_first, outcomes.phq9_last, np.full(size, 27), 2.5),
            (outcomes.gad7_first, outcomes.gad7_last, np.full(size, 21), 2.2),
            (outcomes.specific_first, outcomes.specific_last, tops[outcomes.specific[member]], 3.0),
        )
    ):
        here = slot == number
        who = member[here]
        line = first[who] + (last[who] - first[who]) * fraction[here]
        line = np.where(at_end[here], line, np.rint(line + spread * noise[here]))
        value[here] = np.clip(line, 0, top[here])
    return value


def _soiled(text: Int16Array, tool: Int8Array, rng: np.random.Generator) -> tuple[Int16Array, IndexArray]:
    """Texts with stray spaces and values no score can take; and the rows with such a value."""
    size = len(text)
    stray = rng.random(size)
    soiled = np.where(
        stray < constants.STRAY_SCORE_RATE, text + (1 + (stray < constants.STRAY_SCORE_RATE / 2)) * len(_BASE), text
    )
    hit = np.flatnonzero(rng.random(size) < constants.INVALID_SCORE_RATE)
    invalid = 3 * len(_BASE) + rng.integers(0, len(constants.INVALID_WHOLE_SCORES), len(hit))
    invalid += np.where(tool[hit] == _AGORA_TOOL, len(constants.INVALID_WHOLE_SCORES), 0)
    soiled[hit] = invalid
    return soiled.astype(np.int16), hit


def _same_day(
    settings: Settings, rng: np.random.Generator, pathways: Pathways, outcomes: Outcomes, dated_contact: BoolArray
) -> Int32Array:
    """Last contacts of some finished courses that get a second, earlier-ranking set of scores in IDS606."""
    contacts = pathways.contacts
    finished = np.zeros(settings.referrals, dtype=np.bool_)
    finished[outcomes.finished] = True
    candidate = contacts.is_last_main & ~contacts.is_first_main & (contacts.kind == MAIN) & ~dated_contact
    # Version 1.5 has one set of scores an appointment.
    candidate &= contacts.month >= settings.switch_month
    candidate &= finished[contacts.referral] & (outcomes.missing[contacts.referral] == PAIRED)
    chosen = candidate & (rng.random(len(candidate)) < constants.SAME_DAY_SCORE_RATE)
    return np.flatnonzero(chosen).astype(np.int32)
