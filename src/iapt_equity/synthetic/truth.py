"""The true status of every referral, the planted coefficients and the commissioner effects."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.arrays import BoolArray, IndexArray, Int32Array
from iapt_equity.synthetic.codes import dates, indexed
from iapt_equity.synthetic.derived import Derived
from iapt_equity.synthetic.experience import ANSWERS, QUESTIONS
from iapt_equity.synthetic.files import write_file
from iapt_equity.synthetic.identifiers import (
    END_CODES,
    PRIMARY,
    REFRESH,
    RESENT,
    WITHDRAWN,
    resolved_ethnicity,
)
from iapt_equity.synthetic.languages import INTERPRETER_LABELS, INTERPRETERS, LANGUAGES
from iapt_equity.synthetic.outcomes import (
    DETERIORATED,
    FIRST_ONLY,
    IMPROVED_ONLY,
    MEASURES,
    MIXED,
    NO_ANXIETY,
    NO_SCORES,
    PAIRED,
    RECOVERED_ONLY,
    RELIABLY_RECOVERED,
    measure_scores,
)
from iapt_equity.synthetic.pathways import NEVER
from iapt_equity.synthetic.people import EMPLOYMENT_CODES, MEDICATION_CODES
from iapt_equity.synthetic.simulation import Simulation
from iapt_equity.synthetic.versions import pathway_texts, pathway_texts_1_5, request_texts


def write_truth(simulation: Simulation, folder: Path) -> None:
    """Write referrals.parquet, coefficients.csv and commissioner_effects.csv into `folder`."""
    write_file([_referrals(simulation)], folder / "referrals.parquet")
    outcome, term, level, value = zip(*simulation.recorder.rows, strict=True)
    write_file(
        [pa.table({"outcome": outcome, "term": term, "level": level, "value": value})], folder / "coefficients.csv"
    )
    codes, effects = simulation.places.commissioner_codes, simulation.effects
    write_file(
        [
            pa.table(
                {
                    "outcome": [name for name in effects for _ in codes],
                    "commissioner_code": codes * len(effects),
                    "effect": np.round(np.concatenate([effects[name] for name in effects]), 8),
                }
            )
        ],
        folder / "commissioner_effects.csv",
    )


@dataclass(frozen=True)
class _Names:
    """What some referrals (n) go by in their last month of some version: texts, each of length n."""

    provider: pa.Array
    """Code of the provider."""
    request: pa.Array
    """Service request identifier."""
    referral: pa.Array
    """PathwayID, or provider and service request where the person is never traced."""


def _names(simulation: Simulation, rows: IndexArray, last: npt.NDArray[np.integer], is_early: BoolArray) -> _Names:
    """Names of the referrals `rows` in the months `last`; `is_early` says which of them are named by version 1.5."""
    people, ids, arrivals = simulation.people, simulation.ids, simulation.arrivals
    provider, person = people.provider[rows], people.person[rows]
    is_rekeyed = arrivals.is_rekeyed(provider, last)
    code = pc.if_else(
        pa.array(is_rekeyed),
        indexed(provider, pa.array(arrivals.successor)).cast(pa.string()),
        indexed(provider, simulation.provider_texts).cast(pa.string()),
    )
    request = request_texts(ids, simulation.crossing, rows, "v2_1", is_rekeyed)
    pathway = pathway_texts(rows, ids.retrace_month[person] <= last, is_rekeyed)
    if is_early.any():
        early = pa.array(is_early)
        request = pc.if_else(early, request_texts(ids, simulation.crossing, rows, "v1_5", is_rekeyed), request)
        pathway = pc.if_else(early, pathway_texts_1_5(rows, is_rekeyed), pathway)
    untraced = pa.array(ids.is_untraced[person])
    return _Names(code, request, pc.if_else(untraced, pc.binary_join_element_wise(code, request, "|"), pathway))


def _latest_names(simulation: Simulation) -> _Names:
    """What every referral (N) goes by in the last month in which it is sent."""
    everybody = np.arange(simulation.settings.referrals)
    return _names(simulation, everybody, simulation.pathways.last_month, ~simulation.crossing.is_sent_in_2)


def write_submissions(simulation: Simulation, folder: Path) -> None:
    """Write submissions.parquet: every submission, whether it counts, and why not where it does not."""
    settings, submissions, arrivals = simulation.settings, simulation.submissions, simulation.arrivals
    provider, month, window = np.nonzero(submissions.number)
    number = submissions.number[provider, month, window]
    order = np.argsort(number)
    provider, month, window, number = provider[order], month[order], window[order], number[order]
    holder = np.stack([submissions.holder(k) for k in range(settings.month_count)], axis=1)
    refreshed = submissions.has_refresh[provider, month] & ~submissions.is_truncated[provider, month]
    is_used = window == holder[provider, month]
    reasons = ["used", "replaced_by_later_primary", "replaced_by_refresh", "truncated", "replaced_by_later_refresh"]
    reason = np.select(
        [
            is_used,
            (window == REFRESH) & submissions.is_truncated[provider, month],
            (window == REFRESH) & submissions.is_resent[provider, month],
            (window == WITHDRAWN) & ~refreshed & ~submissions.is_resent[provider, month],
        ],
        [0, 3, 4, 1],
        2,
    )
    codes, successors = np.array(simulation.places.provider_codes), np.array(arrivals.successor)
    is_rekeyed = arrivals.is_rekeyed(provider, month)
    windows = {WITHDRAWN: "primary", PRIMARY: "primary", REFRESH: "refresh", RESENT: "refresh"}
    table = pa.table(
        {
            "submission_id": pa.array(number),
            "mds_version": pa.array([settings.version_of(k) for k in month.tolist()]),
            "provider_code": pa.array(np.where(is_rekeyed, successors[provider], codes[provider])),
            "reporting_month": pa.array([settings.month_start(k) for k in month.tolist()], pa.date32()),
            "submission_window": pa.array([windows[k] for k in window.tolist()]),
            "is_used": pa.array(is_used),
            "fate": pa.array([reasons[k] for k in reason.tolist()]),
        }
    )
    write_file([table], folder / "submissions.parquet")


def write_experience(simulation: Simulation, folder: Path) -> None:
    """Write experience.parquet: every answer to a patient experience questionnaire, a row a referral and question."""
    settings, contacts = simulation.settings, simulation.pathways.contacts
    contact, question, answer = simulation.answers.rows()
    asked = pa.array(QUESTIONS).take(pa.array(question))
    is_early = np.array([settings.version_of(month) == "v1_5" for month in range(settings.month_count)])
    # Version 1.5 has neither question 6 after treatment nor the fourth choice.
    late_only = pc.is_in(asked, pa.array([constants.TREATMENT_QUESTIONS[5], constants.CHOICE_QUESTIONS[3]]))
    table = pa.table(
        {
            "referral_id": _latest_names(simulation).referral.take(pa.array(contacts.referral[contact])),
            "question_code": asked,
            "answer_code": pa.array(ANSWERS).take(pa.array(answer)),
            "answer_date": dates(contacts.day[contact]),
        }
    )
    early = pa.array(is_early[contacts.month[contact]])
    write_file([table.filter(pc.invert(pc.and_(early, late_only)))], folder / "experience.parquet")


def write_disagreements(simulation: Simulation, derived: Derived, folder: Path) -> None:
    """Write derived_disagreements.parquet: each derived field planted wrong, with what is right.

    Args:
        simulation: what happened.
        derived: state of the derived fields after the last month.
        folder: an existing folder.
    """
    settings, ids = simulation.settings, _latest_names(simulation).referral
    found = sorted(derived.disagreements, key=lambda item: (item.referral, item.month))
    table = pa.table(
        {
            "referral_id": ids.take(pa.array([item.referral for item in found], pa.int64())),
            "mds_version": pa.array([item.version for item in found], pa.string()),
            "reporting_month": pa.array([settings.month_start(item.month) for item in found], pa.date32()),
            "field": pa.array([item.field for item in found], pa.string()),
            "supplied_value": pa.array([item.supplied for item in found], pa.string()),
            "right_value": pa.array([item.right for item in found], pa.string()),
        }
    )
    write_file([table], folder / "derived_disagreements.parquet")


def _referrals(simulation: Simulation) -> pa.Table:
    """One row a referral; a second row for what was sent of it that nothing joins to the rest."""
    settings, scores, pathways = simulation.settings, simulation.scores, simulation.pathways
    columns = {**_pathways(simulation), **_languages(simulation), **_episodes(simulation)}
    is_clean = np.ones(settings.referrals, dtype=np.bool_)
    is_clean[scores.spoilt] = False
    is_clean[~pathways.is_finished] = True
    is_clean[simulation.crossing.is_apart | simulation.arrivals.is_apart] = False
    columns["is_clean"] = pa.array(is_clean)
    if settings.version != "v2_1":
        versions = [settings.version_of(month) for month in range(settings.month_count)]
        columns["mds_version"] = indexed(pathways.last_month, pa.array(versions))
    table = pa.table({name: _plain(column) for name, column in columns.items()})
    # What was sent earlier of a pathway that nothing joins to its later part stands as a referral of its own.
    return pa.concat_tables(
        [
            table,
            *_earlier_parts(table, simulation, simulation.crossing.is_apart, True),
            *_earlier_parts(table, simulation, simulation.arrivals.is_apart, False),
        ]
    )


def _pathways(simulation: Simulation) -> dict[str, pa.Array]:
    """Columns about referral, person, contacts and waits."""
    people, pathways, ids = simulation.people, simulation.pathways, simulation.ids
    person = people.person
    names = _latest_names(simulation)
    valid = people.status == 0
    resolved = resolved_ethnicity(people, pathways, ids)
    treated = pathways.treatment_contacts
    no_decile = simulation.steady.no_decile[person]

    def day(values: Int32Array) -> pa.Array:
        return dates(values, values == NEVER)

    def days_between(later: Int32Array, earlier: Int32Array) -> pa.Array:
        missing = (later == NEVER) | (earlier == NEVER)
        return pa.array((later - earlier).astype(np.int64), mask=missing)

    return {
        "referral_id": names.referral,
        "provider_code": names.provider,
        "service_request_id": names.request,
        "commissioner_code": indexed(people.commissioner, simulation.commissioner_texts).cast(pa.string()),
        "referral_received_date": dates(people.received),
        "discharge_date": day(pathways.discharge),
        "end_code": indexed(np.where(pathways.is_discharged, ids.end_code, -1), pa.array(END_CODES)),
        "ethnic_category_code": indexed(np.where(valid, resolved[person], -1), pa.array(constants.GROUP_CODES)),
        "ethnicity_recording_status": indexed(people.status, pa.array(constants.RECORDING_STATUSES)),
        "underlying_ethnic_category_code": indexed(people.group, pa.array(constants.GROUP_CODES)),
        "age_at_referral": pa.array(people.age.astype(np.int64)),
        "gender": indexed(people.gender, pa.array(["male", "female", "indeterminate", "not known"])),
        "imd_decile": pa.array(people.decile.astype(np.int64) + 1, mask=no_decile),
        "first_assessment_date": day(pathways.first_assessment),
        "first_treatment_date": day(pathways.first_treatment),
        "second_treatment_date": day(pathways.second_treatment),
        "last_treatment_date": day(pathways.last_treatment),
        "care_contact_count": pa.array(pathways.care_contacts.astype(np.int64)),
        "treatment_contact_count": pa.array(treated.astype(np.int64)),
        "offered_contact_count": pa.array(pathways.offered.astype(np.int64)),
        "attended_contact_count": pa.array(pathways.attended.astype(np.int64)),
        "is_accessed": pa.array(treated >= 1),
        "is_course_of_treatment": pa.array(treated >= 2),
        "is_discharged": pa.array(pathways.is_discharged),
        "is_finished_course": pa.array(pathways.is_finished),
        "days_referral_to_assessment": days_between(pathways.assessed, people.received),
        "days_assessment_to_next_treatment": days_between(pathways.next_treatment, pathways.assessed),
    }


def _languages(simulation: Simulation) -> dict[str, pa.Array]:
    """Columns about language and interpreter: nothing is known of what version 1.5 alone sends."""
    settings, languages = simulation.settings, simulation.languages
    is_sent = np.asarray(simulation.pathways.last_month >= settings.switch_month)
    preferred = languages.known_preferred(is_sent, simulation.people.person)
    treated, interpreter = languages.first_answers(
        simulation.pathways.contacts, settings.switch_month, settings.referrals
    )
    codes = pa.array(LANGUAGES)
    return {
        "preferred_language_code": indexed(preferred, codes),
        "treatment_language_code": indexed(treated, codes),
        "preferred_language": indexed(
            np.select([preferred < 0, preferred == 0], [2, 0], 1),
            pa.array(["English", "another language", "not known"]),
        ),
        "treatment_language": indexed(
            np.select([(preferred < 0) | (treated < 0), preferred == treated], [2, 0], 1),
            pa.array(["preferred language", "another language", "not known"]),
        ),
        "interpreter_status": indexed(
            np.where(interpreter < 0, INTERPRETERS.index("X"), interpreter), pa.array(INTERPRETER_LABELS)
        ),
    }


def _earlier_parts(table: pa.Table, simulation: Simulation, apart: BoolArray, by_version: bool) -> list[pa.Table]:
    """Rows of the parts sent before the switch (or else before the change of the provider's code)."""
    rows = np.flatnonzero(apart)
    if len(rows) == 0:
        return []
    settings = simulation.settings
    change = simulation.arrivals.change_month[simulation.people.provider[rows]].astype(np.int64)
    last = np.full(len(rows), settings.switch_month, dtype=np.int64) - 1 if by_version else change - 1
    names = _names(simulation, rows, last, last < settings.switch_month)
    columns = {
        "referral_id": names.referral,
        "provider_code": names.provider,
        "service_request_id": names.request,
        "mds_version": pa.array([settings.version_of(month) for month in last.tolist()]),
    }
    parts = table.take(rows)
    for name, column in columns.items():
        if name in parts.schema.names:
            parts = parts.set_column(parts.schema.get_field_index(name), name, column)
    return [parts]


def _plain(column: pa.Array) -> pa.Array:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _episodes(simulation: Simulation) -> dict[str, pa.Array]:
    """Columns about finished courses; null for every other referral."""
    people, pathways, outcomes = simulation.people, simulation.pathways, simulation.outcomes
    n, rows = simulation.settings.referrals, outcomes.finished
    missing, status = outcomes.missing[rows], outcomes.status
    paired = missing == PAIRED
    known_first = missing != NO_SCORES
    known_anxiety = known_first & (missing != NO_ANXIETY)
    measure = outcomes.chosen_measure()
    gad7_first, gad7_last = outcomes.gad7_first[rows], outcomes.gad7_last[rows]
    first = np.where(measure > 0, measure_scores(measure, outcomes.specific_first[rows]), gad7_first)
    last = np.where(measure > 0, measure_scores(measure, outcomes.specific_last[rows]), gad7_last)

    def spread(values: npt.NDArray[np.generic], known: BoolArray) -> pa.Array:
        full = np.zeros(n, dtype=values.dtype)
        mask = np.ones(n, dtype=np.bool_)
        full[rows] = values
        mask[rows[known]] = False
        return pa.array(full, mask=mask)

    def coded(values: npt.NDArray[np.integer]) -> Int32Array:
        full = np.full(n, -1, dtype=np.int32)
        full[rows] = values
        return full

    everyone = np.ones(len(rows), dtype=np.bool_)
    offered = np.maximum(pathways.offered[rows], 1)
    # People without any known medication code on a contact they came to have none to read.
    medication = people.medication[rows].astype(np.int32)
    medication = np.where(medication == MEDICATION_CODES.index(""), -1, medication)
    sent_dropout = outcomes.dropped_out & np.isin(
        simulation.ids.end_code[rows], (END_CODES.index("47"), END_CODES.index("43"))
    )
    # Where no code says how a course ended, or one that says not known, nobody can tell.
    says_end = ~np.isin(
        simulation.ids.end_code[rows], [-1, *(END_CODES.index(code) for code in constants.END_CODES_NOT_KNOWN)]
    )
    labels = pa.array([item.token for item in MEASURES])
    condition = coded(people.long_term_condition[rows])
    return {
        "phq9_first": spread(outcomes.phq9_first[rows].astype(np.int64), known_first),
        "phq9_last": spread(outcomes.phq9_last[rows].astype(np.int64), known_first & (missing != FIRST_ONLY)),
        "gad7_first": spread(gad7_first.astype(np.int64), known_anxiety),
        "gad7_last": spread(gad7_last.astype(np.int64), paired),
        "anxiety_measure": indexed(coded(measure), labels),
        "anxiety_first": spread(first.astype(np.float64), known_anxiety),
        "anxiety_last": spread(last.astype(np.float64), paired),
        "is_paired": spread(paired, everyone),
        "is_at_caseness": spread(outcomes.at_caseness == 1, outcomes.at_caseness >= 0),
        "is_recovered": spread(np.isin(status, (RELIABLY_RECOVERED, RECOVERED_ONLY)), everyone),
        "is_reliably_improved": spread(np.isin(status, (RELIABLY_RECOVERED, IMPROVED_ONLY)), everyone),
        "is_reliably_recovered": spread(status == RELIABLY_RECOVERED, everyone),
        "is_reliably_deteriorated": spread(status == DETERIORATED, everyone),
        "has_mixed_reliable_change": spread(status == MIXED, everyone),
        "is_dropped_out": spread(sent_dropout, says_end),
        "proportion_attended": spread(pathways.attended[rows] / offered, pathways.offered[rows] > 0),
        "psychotropic_medication_code": indexed(coded(medication), pa.array(MEDICATION_CODES)),
        "employment_status_code": indexed(coded(simulation.employment[rows]), pa.array(EMPLOYMENT_CODES)),
        "has_long_term_condition": pa.array(condition == 1, mask=condition < 0),
    }
