"""Row-level defects, added to the files on request as extra rows, and the list of every row that must be refused.

A defective row is a copy of a good one, put at the end of its file, with one thing wrong: the good rows stay as they
are, and so does the truth. Rows that the ordinary data already hold and that the validation rules refuse (scores that
are no number, logs without an end, contacts before the referral and what hangs on them) are listed too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iapt_equity.synthetic import constants
from iapt_equity.synthetic.arrays import BoolArray, Int64Array
from iapt_equity.synthetic.codes import numbered
from iapt_equity.synthetic.files import write_file
from iapt_equity.synthetic.identifiers import ROW_NUMBERS

BLANK, TEXT, SHIFT, ORPHAN, DUPLICATE, EARLY, UNREADABLE, STRANGER = range(8)


@dataclass(frozen=True)
class Defect:
    """One kind of defect of a table."""

    field: str
    reason_code: str
    kind: int
    text: str = ""
    severity: str = "reject"


def _blank(*fields: str) -> tuple[Defect, ...]:
    return tuple(Defect(field, "required_field_blank", BLANK) for field in fields)


def _orphan(field: str) -> Defect:
    return Defect(field, "no_parent_in_file", ORPHAN)


def _twice(field: str) -> Defect:
    return Defect(field, "duplicate_key", DUPLICATE)


def _unreadable(*fields: str) -> tuple[Defect, ...]:
    return tuple(Defect(field, "value_unreadable", UNREADABLE, "31/02/2016") for field in fields)


_SCORE = (
    *_blank("CodedAssToolType", "PersScore"),
    Defect("CodedAssToolType", "unknown_assessment_tool", TEXT, "999999999"),
    Defect("PersScore", "score_not_a_number", TEXT, "abc"),
)

DEFECTS: dict[str, tuple[Defect, ...]] = {
    "IDS001MPI": (
        *_blank("LocalPatientId"),
        _twice("LocalPatientId"),
        Defect("EthnicCategory", "code_not_in_list", STRANGER, "QQ", "warn"),
        Defect("Gender", "code_not_in_list", STRANGER, "7", "warn"),
    ),
    "IDS004EmpStatus": _blank("LocalPatientId", "EmployStatus"),
    "IDS101Referral": (
        *_blank("ServiceRequestId", "LocalPatientId", "ReferralRequestReceivedDate"),
        *_unreadable("ReferralRequestReceivedDate"),
        _twice("ServiceRequestId"),
    ),
    "IDS201CareContact": (
        *_blank("CareContactId", "ServiceRequestId", "CareContDate", "AppType"),
        *_unreadable("CareContDate"),
        Defect("AttendOrDNACode", "code_not_in_list", TEXT, "9"),
        Defect("AppType", "code_not_in_list", TEXT, "77"),
        Defect("CareContDate", "outside_reporting_month", SHIFT),
        Defect("CareContDate", "before_referral_received", EARLY),
        _twice("CareContactId"),
        _orphan("ServiceRequestId"),
    ),
    "IDS202CareActivity": (*_blank("CareActId", "CareContactId"), _twice("CareActId"), _orphan("CareContactId")),
    "IDS205InternetTherLog": (
        *_blank("ServiceRequestId", "StartDateIntEnabledTherLog", "EndDateIntEnabledTherLog"),
        *_unreadable("StartDateIntEnabledTherLog", "EndDateIntEnabledTherLog"),
        Defect("EndDateIntEnabledTherLog", "outside_reporting_month", SHIFT),
        _orphan("ServiceRequestId"),
    ),
    "IDS602LongTermCondition": _blank("ServiceRequestId", "LongTermCondition"),
    "IDS603PresentingComplaints": _blank("ServiceRequestId", "PresComp"),
    "IDS606CodedScoreAssessmentRefer": (
        *_blank("ServiceRequestId", "AssToolCompDate"),
        *_SCORE,
        *_unreadable("AssToolCompDate"),
        Defect("AssToolCompDate", "outside_reporting_month", SHIFT),
        Defect("AssToolCompDate", "before_referral_received", EARLY),
        _twice("ServiceRequestId"),
        _orphan("ServiceRequestId"),
    ),
    "IDS607CodedScoreAssessmentAct": (*_blank("CareActId"), *_SCORE, _twice("CareActId"), _orphan("CareActId")),
    "Person": (
        *_blank("IAPT_RECORD_NUMBER"),
        _twice("IAPT_RECORD_NUMBER"),
        Defect("ETHNICITY", "code_not_in_list", STRANGER, "QQ", "warn"),
        Defect("GENDER", "code_not_in_list", STRANGER, "7", "warn"),
    ),
    "Referral": (*_blank("PSERVICEID", "REFRECDATE"), *_unreadable("REFRECDATE"), _twice("PSERVICEID")),
    "Appointment": (
        # APPOINTMENT_ID is given centrally: a blank one is no defect of the provider's.
        *_blank("PSERVICEID", "APPOINTMENT", "APPTYPE"),
        *_unreadable("APPOINTMENT"),
        Defect("ATTENDANCE", "code_not_in_list", TEXT, "9"),
        Defect("APPTYPE", "code_not_in_list", TEXT, "77"),
        Defect("APPOINTMENT", "outside_reporting_month", SHIFT),
        Defect("APPOINTMENT", "before_referral_received", EARLY),
        _twice("APPOINTMENT_ID"),
        _orphan("PSERVICEID"),
    ),
}
"""Kinds of defect of each table, taken in turn. An unreadable date is possible in CSV files only."""

_OWN_KEY = {
    "IDS101Referral": "ServiceRequestId",
    "IDS201CareContact": "CareContactId",
    "IDS202CareActivity": "CareActId",
    "Referral": "PSERVICEID",
    "Appointment": "APPOINTMENT_ID",
}
"""Identifier that a defective copy has of its own, so that it is not a duplicate as well."""
_CARRIED = ("EMPSTATUS", "PSYCHMED")
"""Columns of an appointment, beside the scores, that would count whatever becomes of the appointment."""
_STANDS_IN = {"PresComp": ("Validated_PresentingComplaint",)}
"""Columns that are read where a field is blank, and so must be blank with it for the row to be refused."""
_NOTHING = ("", "N/A")
"""Texts among the planted scores that mean nothing."""
_MONTHS_AWAY = 62
_FIRST_ROW = 800_000
_NO_NUMBER = constants.CHOICE_QUESTIONS


class Soiler:
    """Adds defective rows to the tables of each delivery and keeps the list of rows that must be refused."""

    def __init__(self, rate: float, file_format: str, seed: tuple[int, ...], used: Int64Array) -> None:
        """Begin.

        Args:
            rate: share of the rows of each file that are added as defective ones.
            file_format: "parquet" or "csv".
            seed: of the random draws; each file draws from a stream of its own.
            used: identifiers of the submissions that count.
        """
        self.rate, self.is_text = rate, file_format == "csv"
        self.seed, self.suffix, self.used = seed, file_format, used
        self.listed: list[pa.Table] = []

    def soil(self, delivery: int, stem: str, tables: dict[Path, list[pa.Table]]) -> None:
        """Add defective rows to the tables of one delivery, in place.

        Args:
            delivery: number of the delivery month (1 = the month after the first reporting month).
            stem: name of its files, without the suffix.
            tables: parts of each table of the delivery, by version and name ("v2_1/IDS101Referral").
        """
        for version in sorted({place.parts[0] for place in tables}):
            own = {place.name: parts for place, parts in tables.items() if place.parts[0] == version}
            before = _Before(version, own)
            for number, (name, kinds) in enumerate(DEFECTS.items()):
                if name not in own:
                    continue
                parts = own[name]
                whole = pa.concat_tables([_plain(part) for part in parts])
                rng = np.random.default_rng([*self.seed, delivery, number])
                is_refused = self._list_ordinary(version, name, stem, whole, before)
                added = self._defective(version, name, stem, whole, is_refused, before, kinds, rng)
                if added is not None:
                    parts.append(_like(parts[0], added) if not self.is_text else added)

    def _submission(self, whole: pa.Table) -> Int64Array:
        for name in ("UniqueSubmissionID", "HEADER_ID"):
            if name in whole.schema.names:
                return np.asarray(whole[name].to_numpy(), dtype=np.int64)
        return np.asarray(whole["IAPT_RECORD_NUMBER"].to_numpy() // ROW_NUMBERS, dtype=np.int64)

    def _list(
        self,
        version: str,
        name: str,
        stem: str,
        rows: Int64Array,
        submission: Int64Array,
        fields: list[str],
        reasons: list[str],
        severities: list[str],
        origin: str,
    ) -> None:
        count = len(rows)
        self.listed.append(
            pa.table(
                {
                    "source_file": pa.array([f"{version}/{name}/{stem}.{self.suffix}"] * count, pa.string()),
                    "source_row": pa.array(rows, pa.int64()),
                    "mds_version": pa.array([version] * count, pa.string()),
                    "source_table": pa.array([name] * count, pa.string()),
                    "field": pa.array(fields, pa.string()),
                    "reason_code": pa.array(reasons, pa.string()),
                    "severity": pa.array(severities, pa.string()),
                    "submission_id": pa.array(submission, pa.int64()),
                    "is_in_used_submission": pa.array(np.isin(submission, self.used)),
                    "origin": pa.array([origin] * count, pa.string()),
                }
            )
        )

    def _list_ordinary(self, version: str, name: str, stem: str, whole: pa.Table, before: _Before) -> BoolArray:
        """List the rows of the ordinary data that are refused; returns a mask over all rows."""
        count = whole.num_rows
        reason = np.full(count, -1)
        known = [
            ("PersScore", "required_field_blank"),
            ("PersScore", "score_not_a_number"),
            ("EndDateIntEnabledTherLog", "required_field_blank"),
            ("CareContDate" if version != "v1_5" else "APPOINTMENT", "before_referral_received"),
            ("AssToolCompDate", "before_referral_received"),
            ("CareContactId", "no_parent_in_file"),
            ("CareActId", "no_parent_in_file"),
        ]
        if name in ("IDS201CareContact", "Appointment"):
            reason[before.of_contacts] = 3
        elif name == "IDS202CareActivity":
            reason[before.holds(whole)] = 5
        elif name == "IDS205InternetTherLog":
            reason[np.asarray(pc.is_null(whole["EndDateIntEnabledTherLog"]))] = 2
        elif name.startswith("IDS60") and "PersScore" in whole.schema.names:
            if name == "IDS606CodedScoreAssessmentRefer":
                reason[before.earlier_than_referral(whole, "ServiceRequestId", "AssToolCompDate")] = 4
            else:
                reason[before.holds(whole)] = 6
            # Rules on the row itself come before those on other rows.
            text = pc.utf8_trim_whitespace(whole["PersScore"])
            number = np.asarray(pc.match_substring_regex(text, r"^-?[0-9]+(\.[0-9]+)?$"))
            choice = np.asarray(pc.is_in(whole["CodedAssToolType"], pa.array(_NO_NUMBER)))
            reason[~number & ~choice] = 1
            reason[np.asarray(pc.is_in(text, pa.array(_NOTHING)))] = 0
        rows = np.flatnonzero(reason >= 0)
        self._list(
            version,
            name,
            stem,
            rows,
            self._submission(whole)[rows],
            [known[k][0] for k in reason[rows].tolist()],
            [known[k][1] for k in reason[rows].tolist()],
            ["reject"] * len(rows),
            "ordinary",
        )
        return reason >= 0

    def _defective(
        self,
        version: str,
        name: str,
        stem: str,
        whole: pa.Table,
        is_refused: BoolArray,
        before: _Before,
        kinds: tuple[Defect, ...],
        rng: np.random.Generator,
    ) -> pa.Table | None:
        good = np.flatnonzero(~is_refused)
        wanted = int(np.floor(self.rate * whole.num_rows + rng.random()))
        count = min(wanted, len(good))
        if count == 0:
            return None
        chosen = np.sort(rng.choice(good, count, replace=False))
        possible = [kind for kind in kinds if self.is_text or kind.kind != UNREADABLE]
        offset = int(rng.integers(len(possible)))
        kind = (np.arange(count) + offset) % len(possible)
        copy = whole.take(pa.array(chosen))
        early_day: Int64Array | None = None
        for number, defect in enumerate(possible):
            if defect.kind == EARLY:
                early_day, fits = before.day_before(copy, version, defect.field)
                # Not every contact can be put before its referral and stay in its month: the rest get another defect.
                kind[(kind == number) & ~fits] = 0
        order = np.argsort(kind, kind="stable")
        chosen, kind, copy = chosen[order], kind[order], copy.take(pa.array(order))
        early_day = None if early_day is None else early_day[order]
        submission = self._submission(copy)
        parts = []
        for number, defect in enumerate(possible):
            here = np.flatnonzero(kind == number)
            if len(here):
                part = copy.take(pa.array(here))
                days = None if early_day is None else early_day[here]
                parts.append(self._changed(name, part, defect, submission[here], _FIRST_ROW + here, days))
        self._list(
            version,
            name,
            stem,
            whole.num_rows + np.arange(count, dtype=np.int64),
            submission,
            [possible[k].field for k in kind.tolist()],
            [possible[k].reason_code for k in kind.tolist()],
            [possible[k].severity for k in kind.tolist()],
            "dirt",
        )
        return pa.concat_tables(parts)

    def _changed(
        self,
        name: str,
        part: pa.Table,
        defect: Defect,
        submission: Int64Array,
        row: Int64Array,
        days: Int64Array | None,
    ) -> pa.Table:
        """Copies with their one defect."""
        out = {column: part[column].combine_chunks() for column in part.schema.names}
        count = part.num_rows

        def text(value: str) -> pa.Array:
            return pa.array([value] * count, pa.string())

        # Row numbers of their own, as a file has them.
        if f"UniqueID_{name[:6]}" in out:
            out[f"UniqueID_{name[:6]}"] = pa.array(submission * ROW_NUMBERS + row)
        if name == "Appointment":
            for column in out:
                if column in _CARRIED or "SCORE" in column:
                    out[column] = pa.nulls(count, out[column].type)
        if "PersScore" in out and defect.kind != DUPLICATE:
            out["CodedAssToolType"], out["PersScore"] = text(constants.PHQ9), text("1")
        if name in _OWN_KEY and defect.kind != DUPLICATE:
            out[_OWN_KEY[name]] = numbered("D", row)
        field = out[defect.field]
        if defect.kind == BLANK:
            blank = {defect.field, *_STANDS_IN.get(defect.field, ())} & out.keys()
            out |= {column: pa.nulls(count, out[column].type) for column in blank}
        elif defect.kind == TEXT:
            out[defect.field] = text(defect.text)
        elif defect.kind == ORPHAN:
            out[defect.field] = numbered("none", row)
        elif defect.kind == SHIFT:
            out[defect.field] = pa.array(_days(field) + _MONTHS_AWAY, pa.int32()).cast(pa.date32())
        elif defect.kind == EARLY and days is not None:
            out[defect.field] = pa.array(days.astype(np.int32)).cast(pa.date32())
        elif defect.kind == UNREADABLE:
            out[defect.field] = text(defect.text)
        elif defect.kind == STRANGER:
            out[defect.field] = text(defect.text)
            for column in ("LocalPatientId", "Person_ID", "IAPT_PERSON_ID"):
                if column in out:
                    out[column] = numbered("D", submission * 1_000 + row - _FIRST_ROW)
            for column in ("RecordNumber", "IAPT_RECORD_NUMBER"):
                if column in out:
                    out[column] = pa.array(submission * ROW_NUMBERS + row)
            for column in ("Pseudo_NHS_Number", "PseudoNumber", "LTCONDITION"):
                if column in out:
                    out[column] = pa.nulls(count, pa.string())
        if self.is_text:
            for column, array in out.items():
                if pa.types.is_date(array.type):
                    out[column] = array.cast(pa.string())
        return pa.table(out)

    def write(self, folder: Path) -> None:
        """Write defects.parquet: one row per planted or ordinary row that is refused, or planted to be warned of."""
        table = pa.concat_tables(self.listed).sort_by(
            [("source_file", "ascending"), ("source_row", "ascending"), ("reason_code", "ascending")]
        )
        write_file([table], folder / "defects.parquet")


class _Before:
    """What of a delivery lies before the receipt of its referral."""

    def __init__(self, version: str, own: dict[str, list[pa.Table]]) -> None:
        early = version == "v1_5"
        referral, contact = ("Referral", "Appointment") if early else ("IDS101Referral", "IDS201CareContact")
        self.file = "IAPT_RECORD_NUMBER" if early else "UniqueSubmissionID"
        self.request = "PSERVICEID" if early else "ServiceRequestId"
        received = "REFRECDATE" if early else "ReferralRequestReceivedDate"
        parts = [_plain(part.select([self.file, self.request, received])) for part in own[referral]]
        referrals = pa.concat_tables(parts)
        self.keys = self._key(referrals, self.request)
        self.days = _days(referrals[received].combine_chunks())
        self.contact_id = "APPOINTMENT_ID" if early else "CareContactId"
        day = "APPOINTMENT" if early else "CareContDate"
        columns = [self.file, self.request, self.contact_id, day]
        contacts = pa.concat_tables([_plain(part.select(columns)) for part in own[contact]])
        self.of_contacts = self.earlier_than_referral(contacts, self.request, day)
        self.contacts = self._key(contacts.filter(pa.array(self.of_contacts)), self.contact_id)
        activity = own.get("IDS202CareActivity")
        self.activities = self.contacts
        if activity is not None:
            table = pa.concat_tables(
                [_plain(part.select([self.file, "CareActId", "CareContactId"])) for part in activity]
            )
            hung = pc.is_in(self._key(table, "CareContactId"), self.contacts)
            self.activities = self._key(table.filter(hung), "CareActId")

    def _key(self, table: pa.Table, column: str) -> pa.Array:
        joined = pc.binary_join_element_wise(table[self.file].cast(pa.string()), table[column], "|")
        return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined

    def received(self, table: pa.Table, column: str) -> Int64Array:
        """Day on which the referral of each row was received."""
        place = pc.index_in(self._key(table, column), self.keys).to_numpy(zero_copy_only=False)
        return np.asarray(self.days[place.astype(np.int64)], dtype=np.int64)

    def earlier_than_referral(self, table: pa.Table, column: str, day: str) -> BoolArray:
        """Which rows are dated before their referral was received."""
        if table.num_rows == 0:
            return np.zeros(0, dtype=np.bool_)
        return np.asarray(_days(table[day].combine_chunks()) < self.received(table, column), dtype=np.bool_)

    def holds(self, table: pa.Table) -> BoolArray:
        """Which activities, or scores of activities, hang on a contact before the referral."""
        if "CareContactId" in table.schema.names:
            return np.asarray(pc.is_in(self._key(table, "CareContactId"), self.contacts))
        return np.asarray(pc.is_in(self._key(table, "CareActId"), self.activities))

    def day_before(self, table: pa.Table, version: str, field: str) -> tuple[Int64Array, BoolArray]:
        """The day before the referral of each row, and whether it lies in the row's own month."""
        earlier = self.received(table, "PSERVICEID" if version == "v1_5" else "ServiceRequestId") - 1
        own = _days(table[field].combine_chunks())
        months = (np.asarray(values).astype("datetime64[D]").astype("datetime64[M]") for values in (earlier, own))
        first, second = months
        return earlier, np.asarray(first == second, dtype=np.bool_)


def _days(column: pa.Array) -> Int64Array:
    return np.asarray(column.cast(pa.int32()).to_numpy(zero_copy_only=False), dtype=np.int64)


def _plain(table: pa.Table) -> pa.Table:
    """The table with plain text in place of dictionaries."""
    fields = [
        pa.field(item.name, item.type.value_type if pa.types.is_dictionary(item.type) else item.type)
        for item in table.schema
    ]
    return table.cast(pa.schema(fields))


def _like(table: pa.Table, plain: pa.Table) -> pa.Table:
    """Plain rows with dictionaries where `table` has them."""
    columns = []
    for item in table.schema:
        column = plain[item.name].combine_chunks()
        columns.append(column.dictionary_encode() if pa.types.is_dictionary(item.type) else column.cast(item.type))
    return pa.table(columns, names=table.schema.names)


__all__ = ["DEFECTS", "Defect", "Soiler"]
