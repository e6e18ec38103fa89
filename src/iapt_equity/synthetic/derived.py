"""The centrally derived fields of a referral, month by month, right but for a planted share.

The fields follow the rules of the national definitions as the warehouse reads them: contacts and scores within the
referral so far, last scores and outcome flags only once it is discharged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.arrays import BoolArray, FloatArray, IndexArray, Int32Array
from iapt_equity.synthetic.codes import dates, indexed
from iapt_equity.synthetic.outcomes import IES_R, MEASURES, Outcomes
from iapt_equity.synthetic.pathways import CANCELLED_BY_PROVIDER, DUPLICATE, MAIN, MISSED, NEVER, OUTSIDE, Pathways
from iapt_equity.synthetic.rows import Month
from iapt_equity.synthetic.scores import IES_R_TOOL, TEXTS, Scores, assessments
from iapt_equity.synthetic.settings import Settings

NAMES_1_5 = {
    "Assessment_FirstDate": "IC_DATE_FIRST_ASSESSMENT",
    "TherapySession_FirstDate": "IC_DATE_FIRST_THERAPEUTIC_SESSION",
    "TherapySession_SecondDate": "IC_DATE_SECOND_THERAPEUTIC_SESSION",
    "TherapySession_LastDate": "IC_DATE_LAST_THERAPEUTIC_SESSION",
    "CareContact_Count": "IC_COUNT_APPOINTMENTS",
    "TreatmentCareContact_Count": "IC_COUNT_TREATMENT_APPOINTMENTS",
    "CompletedTreatment_Flag": "IC_COMPLETED_TREATMENT_FLAG",
    "PHQ9_FirstScore": "IC_FIRST_PHQ9",
    "PHQ9_LastScore": "IC_LAST_PHQ9",
    "GAD_FirstScore": "IC_FIRST_GAD7",
    "GAD_LastScore": "IC_LAST_GAD7",
    "ADSM": "IC_ADSM",
    "ADSM_FirstScore": "IC_FIRST_ADSM_SCORE",
    "ADSM_LastScore": "IC_LAST_ADSM_SCORE",
    "Caseness_Flag": "IC_CASENESS_FLAG",
    "NotCaseness_Flag": "IC_NOT_CASENESS_FLAG",
    "Recovery_Flag": "IC_RECOVERY_FLAG",
    "ReliableImprovement_Flag": "IC_RELIABLE_IMPROV_FLAG",
    "ReliableDeterioration_Flag": "IC_RELIABLE_DETER_FLAG",
    "NoChange_Flag": "IC_NO_CHANGE_FLAG",
}
"""Name in version 1.5 of each derived field of version 2."""

_DATES = ("Assessment_FirstDate", "TherapySession_FirstDate", "TherapySession_SecondDate", "TherapySession_LastDate")
_COUNTS = ("CareContact_Count", "TreatmentCareContact_Count")
_SCORES = ("PHQ9_FirstScore", "PHQ9_LastScore", "GAD_FirstScore", "GAD_LastScore", "ADSM_FirstScore", "ADSM_LastScore")
_FLAGS = tuple(name for name in NAMES_1_5 if name.endswith("_Flag"))
_TOKENS = tuple("PTSD" if item.token == "IESR" else item.token for item in MEASURES)
_TOKENS_1_5 = (
    "GAD7",
    "AGORA_MOB_ALONE",
    "SOCIAL_PHOBIA_INVENTORY",
    "PDSS",
    "OCD",
    "PTSD",
    "ANXIETY_INVENTORY",
    "PTSD",
)
_PHQ9, _GAD7, _SPECIFIC, _BY_IES_R = range(4)
_NO_DAY = int(NEVER)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


_VALUES = np.array([_number(text) for text in TEXTS])


@dataclass
class Disagreement:
    """A derived field planted wrong: referral, month, name in the file, what it says and what is right."""

    referral: int
    month: int
    version: str
    field: str
    supplied: str
    right: str


class Derived:
    """Running state of every referral (N): what its derived fields say at the end of each month."""

    def __init__(self, settings: Settings, pathways: Pathways, outcomes: Outcomes, scores: Scores) -> None:
        """Begin before the first month, and draw which referrals have a field planted wrong."""
        n = settings.referrals
        self.settings, self.pathways, self.outcomes, self.scores = settings, pathways, outcomes, scores
        self.is_assessment = assessments(settings, pathways, scores)
        self.care = np.zeros(n, dtype=np.int64)
        self.treated = np.zeros(n, dtype=np.int64)
        self.assessed, self.first = (np.full(n, _NO_DAY, dtype=np.int32) for _ in range(2))
        self.first_contact, self.second = (np.full(n, _NO_DAY, dtype=np.int32) for _ in range(2))
        self.last = np.full(n, -_NO_DAY, dtype=np.int32)
        self.first_score, self.last_score = np.full((4, n), np.nan), np.full((4, n), np.nan)
        self.score_count = np.zeros((4, n), dtype=np.int64)
        rng = settings.generator("derived")
        self.is_wrong = rng.random(n) < constants.WRONG_DERIVATION_RATE
        self.choice = rng.integers(0, 1_000, n)
        self.disagreements: list[Disagreement] = []

    def advance(self, contacts: slice, logs: slice, scores: slice) -> None:
        """Take in the next month.

        Args:
            contacts: where its contacts stand in `pathways.contacts`.
            logs: where its internet therapy logs stand in `pathways.logs`.
            scores: where its scores stand in `scores`.
        """
        held, sent = self.pathways.contacts, self.pathways.logs
        referral, kind, appointment = held.referral[contacts], held.kind[contacts], held.appointment[contacts]
        day = held.day[contacts]
        came = ~np.isin(kind, (OUTSIDE, MISSED, CANCELLED_BY_PROVIDER))
        complete = sent.end[logs] < NEVER
        np.add.at(self.care, referral[came], 1)
        np.add.at(self.care, sent.referral[logs][complete], 1)
        main = (kind == MAIN) | (kind == DUPLICATE)
        assessment = self.is_assessment[contacts]
        np.minimum.at(self.assessed, referral[assessment], day[assessment])
        treatment = main & (appointment != 1)
        np.add.at(self.treated, sent.referral[logs][complete], 1)
        np.minimum.at(self.first, sent.referral[logs][complete], sent.start[logs][complete])
        # A log may be the first treatment; the second and the last are contacts.
        order = np.lexsort((day[treatment], referral[treatment]))
        who, on = referral[treatment][order], day[treatment][order]
        place = np.arange(len(who)) - np.searchsorted(who, who)
        np.add.at(self.treated, who, 1)
        np.minimum.at(self.first, who, on)
        np.maximum.at(self.last, who, on)
        for number in (0, 1):
            at, when = who[place == number], on[place == number]
            low, high = np.minimum(self.first_contact[at], when), np.maximum(self.first_contact[at], when)
            self.first_contact[at] = low
            self.second[at] = np.minimum(self.second[at], high)
        self._take_scores(scores)

    def _take_scores(self, scores: slice) -> None:
        contact, tool = self.scores.contact[scores], self.scores.tool[scores]
        value = _VALUES[self.scores.text[scores]]
        contacts = self.pathways.contacts
        slot = np.select(
            [tool == 0, tool == 1, (tool > 1) & (tool <= len(MEASURES) - 1), tool == IES_R_TOOL],
            [_PHQ9, _GAD7, _SPECIFIC, _BY_IES_R],
            -1,
        )
        measure = np.where(tool == IES_R_TOOL, IES_R, np.clip(tool - 1, 0, len(MEASURES) - 1))
        highest = np.array([item.lowest + item.step * item.top for item in MEASURES])[measure]
        highest[tool == 0] = 27
        stepped = np.array([item.step for item in MEASURES])[measure] < 1
        valid = (slot >= 0) & (value >= 0) & (value <= highest) & (stepped | (value == np.floor(value)))
        valid &= contacts.kind[contact] != OUTSIDE
        # Within a contact, a score with a date of its own comes before one of the contact.
        order = np.lexsort((~self.scores.is_dated[scores], contacts.day[contact], contacts.referral[contact]))
        order = order[valid[order]]
        for number in range(4):
            rows = order[slot[order] == number]
            who, what = contacts.referral[contact[rows]], value[rows]
            place = np.arange(len(who)) - np.searchsorted(who, who)
            lead = (place == 0) & np.isnan(self.first_score[number, who])
            self.first_score[number, who[lead]] = what[lead]
            # The last one written stays.
            self.last_score[number, who] = what
            np.add.at(self.score_count[number], who, 1)

    def columns(self, built: Month) -> dict[str, pa.Array]:
        """The derived fields of the referrals of a month, under the names and codes of its version."""
        row, month = built.referrals, built.month
        early = built.version == "v1_5"
        is_out = (self.pathways.discharge[row] < NEVER) & (self.pathways.last_month[row] == month)
        values, tokens = self._values(row, is_out)
        wrong = np.flatnonzero(self.is_wrong[row] & (self.pathways.last_month[row] == month))
        labels = _TOKENS_1_5 if early else _TOKENS
        for position in wrong.tolist():
            self._spoil(values, tokens, position, int(row[position]), built, labels)
        out: dict[str, pa.Array] = {}
        for name in NAMES_1_5:
            if name == "ADSM":
                column = indexed(tokens, pa.array(labels))
            else:
                value = values[name]
                missing = np.isnan(value)
                whole = np.where(missing, 0, value)
                if name in _DATES:
                    column = dates(whole.astype(np.int32), missing)
                elif name in _FLAGS:
                    column = indexed(np.where(missing, -1, 0), pa.array(["Y" if early else "True"]))
                elif name.startswith("ADSM"):
                    column = pa.array(whole, mask=missing)
                else:
                    column = pa.array(whole.astype(np.int64), mask=missing)
            out[NAMES_1_5[name] if early else name] = column
        return out

    def _values(self, row: IndexArray, is_out: BoolArray) -> tuple[dict[str, FloatArray], Int32Array]:
        """Right values (nan where null; flags 1) and position in MEASURES of the anxiety measure (-1 none)."""

        def day(values: Int32Array) -> FloatArray:
            return np.where(np.abs(values[row]) == _NO_DAY, np.nan, values[row].astype(np.float64))

        def last(slot: int) -> FloatArray:
            usable = is_out & (self.score_count[slot, row] >= 2)
            return np.where(usable, self.last_score[slot, row], np.nan)

        def flag(mask: BoolArray) -> FloatArray:
            return np.where(mask, 1.0, np.nan)

        phq9_first, phq9_last = self.first_score[_PHQ9, row], last(_PHQ9)
        gad7_first, gad7_last = self.first_score[_GAD7, row], last(_GAD7)
        descriptor = self.outcomes.descriptor[row].astype(np.int64)
        described = np.where(descriptor >= 100, descriptor - 100, 0)
        specific_last, ies_r_last = last(_SPECIFIC), last(_BY_IES_R)
        by_specific = (described > 0) & ~np.isnan(specific_last)
        by_ies_r = (described > 0) & ~by_specific & ~np.isnan(ies_r_last)
        token = np.where(by_specific, described, np.where(by_ies_r, IES_R, np.where(np.isnan(gad7_first), -1, 0)))
        first = np.select(
            [by_specific, by_ies_r], [self.first_score[_SPECIFIC, row], self.first_score[_BY_IES_R, row]], gad7_first
        )
        final = np.select([by_specific, by_ies_r], [specific_last, ies_r_last], gad7_last)
        member = np.maximum(token, 0)
        caseness = np.array([item.lowest + item.step * item.caseness for item in MEASURES])[member] - 1e-6
        change = np.array([item.step * item.change for item in MEASURES])[member] - 1e-6
        finished = is_out & (self.treated[row] >= 2)
        at_caseness = finished & ((phq9_first >= 10) | (first >= caseness))
        below = finished & (phq9_first < 10) & (first < caseness)
        recovered = at_caseness & (phq9_last < 10) & (final < caseness)
        better = (phq9_first - phq9_last >= 6) | (first - final >= change)
        worse = (phq9_last - phq9_first >= 6) | (final - first >= change)
        paired = finished & ~np.isnan(phq9_last) & ~np.isnan(final)
        return {
            "Assessment_FirstDate": day(self.assessed),
            "TherapySession_FirstDate": day(self.first),
            "TherapySession_SecondDate": day(self.second),
            "TherapySession_LastDate": day(self.last),
            "CareContact_Count": self.care[row].astype(np.float64),
            "TreatmentCareContact_Count": self.treated[row].astype(np.float64),
            "CompletedTreatment_Flag": flag(finished),
            "PHQ9_FirstScore": phq9_first,
            "PHQ9_LastScore": phq9_last,
            "GAD_FirstScore": gad7_first,
            "GAD_LastScore": gad7_last,
            "ADSM_FirstScore": np.round(first, 2),
            "ADSM_LastScore": np.round(final, 2),
            "Caseness_Flag": flag(at_caseness),
            "NotCaseness_Flag": flag(below),
            "Recovery_Flag": flag(recovered),
            "ReliableImprovement_Flag": flag(paired & better & ~worse),
            "ReliableDeterioration_Flag": flag(paired & worse & ~better),
            "NoChange_Flag": flag(paired & (better == worse)),
        }, token.astype(np.int32)

    def _spoil(
        self,
        values: dict[str, FloatArray],
        tokens: Int32Array,
        position: int,
        referral: int,
        built: Month,
        labels: tuple[str, ...],
    ) -> None:
        """Make one field of one row wrong, and note it."""
        finished = not np.isnan(values["CompletedTreatment_Flag"][position])
        names = [name for name in (*_COUNTS, *_DATES, *_SCORES) if not np.isnan(values[name][position])]
        names += [*_FLAGS, *(["ADSM"] if tokens[position] >= 0 else [])] if finished else []
        name = names[int(self.choice[referral]) % len(names)]
        if name == "ADSM":
            right = labels[int(tokens[position])]
            tokens[position] = 4 if tokens[position] == 0 else 0
            supplied = labels[int(tokens[position])]
        else:
            before = float(values[name][position])
            after = (1.0 if np.isnan(before) else np.nan) if name in _FLAGS else before + 1
            values[name][position] = after
            right, supplied = (self._text(name, value, built.version) for value in (before, after))
        field = NAMES_1_5[name] if built.version == "v1_5" else name
        self.disagreements.append(Disagreement(referral, built.month, built.version, field, supplied, right))

    @staticmethod
    def _text(name: str, value: float, version: str) -> str:
        if np.isnan(value):
            return ""
        if name in _FLAGS:
            return "Y" if version == "v1_5" else "True"
        if name in _DATES:
            return str(np.datetime64(int(value), "D"))
        return f"{value:.2f}" if name.startswith("ADSM") else str(int(value))


__all__ = ["NAMES_1_5", "Derived", "Disagreement"]
