"""Submissions of one reporting month and window: a selection of the month's rows with identifiers of their own."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.arrays import BoolArray, Int32Array, Int64Array
from iapt_equity.synthetic.codes import constant, indexed, numbered
from iapt_equity.synthetic.identifiers import PRIMARY, REFRESH, RESENT, ROW_NUMBERS, WITHDRAWN, within_group
from iapt_equity.synthetic.rows import Month, Rows
from iapt_equity.synthetic.simulation import Simulation
from iapt_equity.synthetic.versions import pathway_texts, request_texts

_FIRST_COPY = 700_000
"""Row number of the first person that a provider sends as another's, above any other."""


@dataclass
class Chosen:
    """Rows chosen for a submission: positions in the month's lists, provider, record number, number of the copy."""

    position: Int32Array
    person: Int32Array
    provider: npt.NDArray[np.integer]
    record: Int64Array
    copy: Int64Array
    """-1 where the row is the provider's own."""

    def take(self, rows: npt.NDArray[np.integer]) -> Chosen:
        """The rows at some positions."""
        return Chosen(self.position[rows], self.person[rows], self.provider[rows], self.record[rows], self.copy[rows])

    def joined(self, more: Chosen) -> Chosen:
        """These rows, then others."""
        return Chosen(
            np.concatenate([self.position, more.position]),
            np.concatenate([self.person, more.person]),
            np.concatenate([self.provider, more.provider]),
            np.concatenate([self.record, more.record]),
            np.concatenate([self.copy, more.copy]),
        )


class Window:
    """Selection of a month's rows for one window, with the identifiers of its submissions (version 2)."""

    header_name = "IDS000Header"
    person_name = "IDS001MPI"
    referral_name = "IDS101Referral"
    contact_name = "IDS201CareContact"
    end_columns = ("EndCode", "ServDischDate")

    def __init__(self, simulation: Simulation, built: Month, window: int) -> None:
        self.simulation, self.built, self.which = simulation, built, window
        people, ids, month = simulation.people, simulation.ids, built.month
        self.number = simulation.submissions.number[:, month, window]
        self.provider = people.provider[built.referrals]
        self.person_provider = people.provider[built.person_referral]
        self.record = self.number[self.person_provider] * ROW_NUMBERS + built.row_number
        chosen = self.number[self.person_provider] > 0
        if window == WITHDRAWN:
            size = np.bincount(self.person_provider, minlength=len(self.number))
            chosen &= built.row_number <= (size[self.person_provider] + 1) // 2
        self.chosen_person = chosen
        # What a later window brings is not in this one.
        self.lacks_late = simulation.submissions.holder(month) > max(window, PRIMARY)
        self.stated: BoolArray | None = None
        if window == REFRESH and simulation.submissions.is_truncated[:, month].any():
            self._cut_short()
        self.is_untraced = ids.is_untraced[built.people]
        self.is_moved = ids.retrace_month[built.people] <= month
        self.provider_texts = simulation.provider_texts_in(month)
        self.is_rekeyed = simulation.arrivals.is_rekeyed(self.provider, month)
        self.person_text = self._person_texts()
        self.pathway_text = self._pathway_texts()
        self.no_pathway = self.is_untraced[built.person_of]
        self.request_text = request_texts(ids, simulation.crossing, built.referrals, built.version, self.is_rekeyed)
        provider_text = indexed(self.provider, self.provider_texts).cast(pa.string())
        self.unique_request_text = pc.binary_join_element_wise(provider_text, self.request_text, "")

    def _person_texts(self) -> pa.Array:
        text = numbered("", 5_000_000_000 + 2 * self.built.people.astype(np.int64) + self.is_moved)
        one_off = self.is_untraced & (self.number[self.person_provider] > 0)
        return pc.if_else(pa.array(one_off), numbered("X", self.record), text)

    def _pathway_texts(self) -> pa.Array:
        moved = self.is_moved[self.built.person_of]
        return pathway_texts(self.built.referrals, moved, self.is_rekeyed)

    def _cut_short(self) -> None:
        """Keep the first people of truncated submissions, well under half; the header states all.

        Under half both of all rows and of the patients, referrals and contacts alone, so that whoever counts either
        sees it.
        """
        every = np.zeros(len(self.person_provider), dtype=np.int64)
        main = every.copy()
        for name, rows in self.built.tables.items():
            person = rows.position if rows.is_person else self.built.person_of[rows.position]
            held = np.bincount(person, minlength=len(every))
            every += held
            if name in (self.person_name, self.referral_name, self.contact_name):
                main += held
        cut = self.simulation.submissions.is_truncated[:, self.built.month]
        self.stated = self.chosen_person.copy()
        for held in (every, main):
            total = np.bincount(self.person_provider, weights=held, minlength=len(cut))
            running = np.cumsum(held)
            start = np.searchsorted(self.person_provider, self.person_provider)
            within = running - (running - held)[start]
            short = within < constants.TRUNCATED_SHARE_KEPT * total[self.person_provider]
            self.chosen_person &= ~cut[self.person_provider] | short

    def tables(self) -> dict[str, pa.Table]:
        """Every table of the window by its name, the header with its totals among them."""
        out: dict[str, pa.Table] = {}
        totals: dict[str, Int64Array] = {}
        for name, rows in self.built.tables.items():
            out[name], totals[name] = self._table(name, rows)
        out[self.header_name] = self._header(totals)
        return out

    def _table(self, name: str, rows: Rows) -> tuple[pa.Table, Int64Array]:
        built, position = self.built, rows.position
        person = position if rows.is_person else built.person_of[position]
        provider = self.person_provider[person]
        keep = self.chosen_person[person]
        if rows.is_late is not None:
            keep = keep & ~(rows.is_late & self.lacks_late[provider])
        columns = rows.columns
        copies = self._copies(name)
        stated = provider
        if self.stated is not None:
            stated = provider[self.stated[person]]
        if name == self.referral_name and self.lacks_late.any():
            columns = self._without_late_discharges(columns)
        record = self.record[person]
        chosen = Chosen(position, person, provider, record, np.full(len(position), -1, dtype=np.int64))
        if copies is not None or not keep.all():
            kept = np.flatnonzero(keep)
            chosen = chosen.take(kept)
            if copies is not None:
                row, by, number = copies
                stated = np.concatenate([stated, by])
                if self.which == REFRESH:
                    whole = ~self.simulation.submissions.is_truncated[by, self.built.month]
                    row, by, number = row[whole], by[whole], number[whole]
                own = self.number[by] * ROW_NUMBERS + _FIRST_COPY + number
                order = np.argsort(np.concatenate([provider[kept], by]), kind="stable")
                kept = np.concatenate([kept, row])[order]
                chosen = chosen.joined(Chosen(position[row], person[row], by, own, number)).take(order)
            selection = pa.array(kept)
            columns = {key: column.take(selection) for key, column in columns.items()}
        out = self._columns(name, rows, columns, chosen)
        if copies is not None:
            self._name_copies(out, chosen)
        counted = chosen.provider if self.stated is None else stated
        return pa.table(out), np.bincount(counted, minlength=len(self.number)).astype(np.int64)

    def _copies(self, name: str) -> tuple[Int64Array, Int64Array, Int64Array] | None:
        """Rows of this month that a second provider sends too: row, second provider and number of the copy."""
        arrivals, built = self.simulation.arrivals, self.built
        if name not in (self.person_name, self.referral_name) or self.which == WITHDRAWN or not len(arrivals.copied):
            return None
        place = np.searchsorted(built.referrals, arrivals.copied)
        sent = place < len(built.referrals)
        sent[sent] = built.referrals[place[sent]] == arrivals.copied[sent]
        # Up to the month before the last: the first provider says how it ends.
        sent &= self.simulation.pathways.last_month[arrivals.copied] > built.month
        by = arrivals.copied_by.astype(np.int64)
        sent &= self.number[by] > 0
        number = np.flatnonzero(sent)
        if not len(number):
            return None
        row = place[number]
        if name == self.person_name:
            row = built.person_of[row].astype(np.int64)
        return row.astype(np.int64), by[number], number.astype(np.int64)

    def _name_copies(self, out: dict[str, pa.Array], chosen: Chosen) -> None:
        """Give the copies the second provider's own identifiers of the patient and the referral, in place."""
        rows = np.flatnonzero(chosen.copy >= 0)
        mask = pa.array(chosen.copy >= 0)
        own = numbered("T", chosen.copy[rows])
        code = indexed(chosen.provider[rows], self.provider_texts).cast(pa.string())
        unique = pc.binary_join_element_wise(code, own, "")
        for name, texts in (
            ("LocalPatientId", own),
            ("ServiceRequestId", own),
            ("PSERVICEID", own),
            ("Unique_ServiceRequestID", unique),
            ("OrgIDLocalPatientId", code),
        ):
            if name in out:
                out[name] = pc.replace_with_mask(out[name].cast(pa.string()), mask, texts)
        # A pathway is used once a month: as the first provider sends it.
        for name in ("UsePathway_Flag", "IC_USE_PATHWAY_FLAG"):
            if name in out:
                out[name] = pc.if_else(mask, pa.scalar(None, pa.string()), out[name].cast(pa.string()))

    def _columns(
        self,
        name: str,
        rows: Rows,
        columns: dict[str, pa.Array],
        chosen: Chosen,
    ) -> dict[str, pa.Array]:
        """Columns of a table, those of the submission and of its keys among them."""
        position, person, provider = chosen.position, chosen.person, chosen.provider
        submission = self.number[provider]
        short = name[:6]
        out: dict[str, pa.Array] = {}
        if not rows.is_person and name not in ("IDS202CareActivity", "IDS607CodedScoreAssessmentAct"):
            out["ServiceRequestId"] = self.request_text.take(pa.array(position))
        out.update(columns)
        out["RecordNumber"] = pa.array(chosen.record)
        out[f"UniqueID_{short}"] = pa.array(submission * ROW_NUMBERS + within_group(provider))
        out["OrgID_Provider"] = indexed(provider, self.provider_texts)
        out["Person_ID"] = spread(self.person_text, person)
        out["UniqueSubmissionID"] = pa.array(submission)
        if not rows.is_person:
            out["Unique_ServiceRequestID"] = spread(self.unique_request_text, position)
            out["PathwayID"] = spread(self.pathway_text, np.where(self.no_pathway[position], -1, position))
        out["Unique_MonthID"] = pa.array(np.full(len(position), self._month_number(), dtype=np.int64))
        return out

    def _without_late_discharges(self, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
        late = self.built.late_discharge & self.lacks_late[self.provider]
        if not late.any():
            return columns
        mask = pa.array(late)
        out = dict(columns)
        for key in self.end_columns:
            column = columns[key]
            if pa.types.is_dictionary(column.type):
                indices = pc.if_else(mask, pa.scalar(None, column.indices.type), column.indices)
                out[key] = pa.DictionaryArray.from_arrays(indices, column.dictionary)
            else:
                out[key] = pc.if_else(mask, pa.scalar(None, column.type), column)
        return out

    def _file_type(self) -> str:
        return "Refresh" if self.which in (REFRESH, RESENT) else "Primary"

    def _month_number(self) -> int:
        """Months since April 1900, plus one."""
        start = self.simulation.settings.month_start(self.built.month)
        return (start.year - 1900) * 12 + start.month - 3

    def _header(self, totals: dict[str, Int64Array]) -> pa.Table:
        settings = self.simulation.settings
        month = self.built.month
        providers = np.flatnonzero(self.number)
        start = settings.month_start(month)
        following = settings.month_start(month + 1)
        opened = settings.month_start(month + (2 if self.which == REFRESH else 1))
        if self.which == RESENT:
            opened = settings.month_start(self.simulation.submissions.resent_delivery)
        day = 10 if self.which == WITHDRAWN else 20
        created = datetime.datetime(opened.year, opened.month, day, 9, 0)
        texts = self.provider_texts
        count = len(providers)
        columns: dict[str, pa.Array] = {
            "DatSetVer": constant(self.built.version[1:].replace("_", "."), count),
            "OrgIDProv": indexed(providers, texts),
            "OrgIDSubmit": indexed(providers, texts),
            "PrimSystemInUse": constant("FictionalSystem", count),
            "ReportingPeriodStartDate": pa.array([start] * count, pa.date32()),
            "ReportingPeriodEndDate": pa.array([following - datetime.timedelta(days=1)] * count, pa.date32()),
            "DateTimeDatSetCreate": pa.array(
                [created + datetime.timedelta(minutes=int(number)) for number in providers], pa.timestamp("us")
            ),
            "UniqueID_IDS000": pa.array(self.number[providers] * ROW_NUMBERS + 1),
            "File_Type": constant(self._file_type(), count),
            "UniqueSubmissionID": pa.array(self.number[providers]),
        }
        every = np.zeros(count, dtype=np.int64)
        for name, total in totals.items():
            columns[f"Total_{name[:6]}"] = pa.array(total[providers])
            every += total[providers]
        columns["TotalRecords"] = pa.array(every + 1)
        columns["Unique_MonthID"] = pa.array(np.full(count, self._month_number(), dtype=np.int64))
        return pa.table(columns)


def spread(texts: pa.Array, positions: Int32Array) -> pa.Array:
    """Text of each row from its position in a list of distinct texts (null where the position is below zero)."""
    if len(positions) < len(texts) // 2:
        # A dictionary is written whole, whatever is used of it.
        return texts.take(pa.array(positions, mask=positions < 0))
    return indexed(positions, texts, distinct=True)
