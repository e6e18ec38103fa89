"""Answers to the two patient experience questionnaires: who gives them, and what they say.

Planted is what the report finds and what it warns of (section 3.8): few answer, those who do are not like the others,
and White British people say more often that they had enough information to choose a treatment. Who lives in a deprived
area answers less often and had enough information less often, so that the shares among those who answer are not those
of all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iapt_equity.synthetic import constants, planted
from iapt_equity.synthetic.arrays import BoolArray, FloatArray, Int8Array, Int16Array, Int32Array
from iapt_equity.synthetic.outcomes import Outcomes
from iapt_equity.synthetic.pathways import MAIN, Pathways
from iapt_equity.synthetic.people import People
from iapt_equity.synthetic.settings import Settings

QUESTIONS = (*constants.TREATMENT_QUESTIONS, *constants.CHOICE_QUESTIONS, constants.SATISFACTION)
"""Tool of each question in version 2."""
ANSWERS = ("0", "1", "2", "3", "4", "N", "Y")
_CHOICES = len(constants.CHOICE_QUESTIONS)


@dataclass
class Answers:
    """Questionnaires (Q) filled in, sorted by contact (hence by month)."""

    contact: Int32Array
    """Position in Contacts of the contact at which it was filled in."""
    month: Int16Array
    is_after_treatment: BoolArray
    """The questionnaire after treatment (at the last contact); else that after assessment (at the first)."""
    value: Int8Array
    """Shape (Q, 6): after treatment six answers 0 to 4; after assessment four choices 0 or 1, unused, satisfaction 0 to
    4. The first choice is whether there was enough information."""

    def of_month(self, month: int) -> Answers:
        """The questionnaires of one reporting month."""
        block = slice(*np.searchsorted(self.month, [month, month + 1]).tolist())
        return Answers(self.contact[block], self.month[block], self.is_after_treatment[block], self.value[block])

    def rows(self) -> tuple[Int32Array, Int8Array, Int16Array]:
        """One row an answer, as version 2 sends them: contact, position in QUESTIONS, position in ANSWERS."""
        after, before = np.flatnonzero(self.is_after_treatment), np.flatnonzero(~self.is_after_treatment)
        treatment = len(constants.TREATMENT_QUESTIONS)
        contact = np.concatenate([np.repeat(self.contact[after], treatment), np.repeat(self.contact[before], 5)])
        question = np.concatenate(
            [np.tile(np.arange(treatment), len(after)), treatment + np.tile(np.arange(5), len(before))]
        )
        choices = self.value[before][:, [0, 1, 2, 3, 5]].astype(np.int16)
        choices[:, :_CHOICES] += 5
        answer = np.concatenate([self.value[after].astype(np.int16).ravel(), choices.ravel()])
        return contact, question.astype(np.int8), answer


EFFECTS = {
    "assessment_questionnaire": {"minoritised": -0.30, "age_decade": 0.10, "male": -0.10, "imd_decile": 0.05},
    "treatment_questionnaire": {"minoritised": -0.20, "age_decade": 0.15, "male": -0.10, "imd_decile": 0.05},
    "enough_information": {"minoritised": -0.35, "age_decade": 0.05, "male": 0.0, "imd_decile": 0.06},
}
"""Planted effects on the log odds: every minoritised group against White British, per ten years (centred at 40), per
decile (1 = most deprived, centred at 5.5)."""


def _chances(
    outcome: str, people: People, rows: Int32Array, counted: BoolArray, rate: float, recorder: planted.Recorder
) -> FloatArray:
    """Chance of an outcome on each of n referrals, such that it is `rate` on average over those counted; shape (n,)."""
    effects = EFFECTS[outcome]
    eta = (
        effects["minoritised"] * (people.group[rows] > 0)
        + effects["age_decade"] * (people.age[rows] - 40.0) / 10.0
        + effects["male"] * (people.gender[rows] == 0)
        + effects["imd_decile"] * (people.decile[rows] - 4.5)
    )
    cell = np.zeros(len(rows), dtype=np.int64)
    intercept = planted.solve_intercepts(eta, cell, 1, np.array([rate * counted.sum()]), counted)
    recorder.record(outcome, "intercept", "", intercept[0])
    for term, value in effects.items():
        recorder.record(outcome, term, "", value)
    return planted.expit(intercept[cell] + eta)


def make_answers(
    settings: Settings, people: People, pathways: Pathways, outcomes: Outcomes, recorder: planted.Recorder
) -> Answers:
    """Draw who answers and what; nobody does unless the settings ask for it.

    Asked are people at the first contact of their plan, and at the last of a finished course of more than one contact.
    """
    rng = settings.generator("experience")
    contacts = pathways.contacts
    first = last = np.zeros(0, dtype=np.int64)
    informed = np.zeros(0)
    if settings.experience:
        finished = np.zeros(settings.referrals, dtype=np.bool_)
        finished[outcomes.finished] = True
        is_main = contacts.kind == MAIN
        first = np.flatnonzero(is_main & contacts.is_first_main)
        last = np.flatnonzero(is_main & contacts.is_last_main & ~contacts.is_first_main & finished[contacts.referral])
        asked, ended = contacts.referral[first], contacts.referral[last]
        treated = pathways.treatment_contacts[asked] >= 1
        everybody = np.ones(len(last), dtype=np.bool_)
        rate = constants.ASSESSMENT_ANSWER_RATE
        answers = rng.random(len(first)) < _chances("assessment_questionnaire", people, asked, treated, rate, recorder)
        rate = constants.ENOUGH_INFORMATION_RATE
        informed = _chances("enough_information", people, asked, np.ones(len(first), dtype=np.bool_), rate, recorder)
        first, informed = first[answers], informed[answers]
        rate = constants.TREATMENT_ANSWER_RATE
        answers = rng.random(len(last)) < _chances("treatment_questionnaire", people, ended, everybody, rate, recorder)
        last = last[answers]
    contact = np.concatenate([first, last])
    after = np.concatenate([np.zeros(len(first), dtype=np.bool_), np.ones(len(last), dtype=np.bool_)])
    high = np.array([0, 1, 2, 3, 3, 4, 4, 4], dtype=np.int8)
    value = high[rng.integers(0, len(high), (len(contact), 6))]
    value[~after, :4] = value[~after, :4] > 1
    value[~after, 0] = rng.random(len(first)) < informed
    order = np.argsort(contact, kind="stable")
    contact = contact[order].astype(np.int32)
    return Answers(contact, contacts.month[contact], after[order], value[order])
