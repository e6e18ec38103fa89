"""Submissions that were loaded twice: the figures are those of the latest load, as if nothing else were there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from dirty_corpus import Tables, clean_tables, provider_copy, write_tables
from warehouses import FACTS, Warehouse, build

pytestmark = pytest.mark.slow

ACCOUNTING = ("+row_accounting",)
LETTER = {"v1_5": "V", "v2_0": "U", "v2_1": "T"}
"""First letter of the codes of providers that send in a version."""


@dataclass(frozen=True)
class Names:
    """What versions call the same things."""

    header: str
    submission: str
    file_type: str
    referrals: str
    discharge: tuple[str, str]
    contacts: str
    contact: str


VERSION_2 = Names(
    *("IDS000Header", "UniqueSubmissionID", "File_Type", "IDS101Referral"),
    *(("ServDischDate", "EndCode"), "IDS201CareContact", "CareContactId"),
)
VERSION_1_5 = Names(
    "Header", "HEADER_ID", "FILE_TYPE", "Referral", ("ENDDATE", "ENDCODE"), "Appointment", "APPOINTMENT_ID"
)


def names_of(tables: Tables) -> Names:
    return VERSION_1_5 if VERSION_1_5.header in tables else VERSION_2


def file_of(row: dict[str, str]) -> str:
    """What ties a row to its submission: in version 1.5 the record number of a person within a file."""
    return row.get("UniqueSubmissionID", row.get("IAPT_RECORD_NUMBER", ""))


def loaded(tables: Tables, audit: str) -> Tables:
    """The tables with the number of a load on every row."""
    return {name: [{**row, "AuditId": audit} for row in rows] for name, rows in tables.items()}


def without_discharges(tables: Tables) -> Tables:
    """The tables as they were before anybody was discharged."""
    names = names_of(tables)
    blank = dict.fromkeys(names.discharge, "")
    return {**tables, names.referrals: [{**row, **blank} for row in tables[names.referrals]]}


def together(*loads: Tables) -> Tables:
    return {name: [row for load in loads for row in load.get(name, [])] for name in loads[0]}


def whole_twice(tables: Tables) -> Tables:
    """Every table twice; the later load stands last, and 10 comes after 9."""
    return together(loaded(without_discharges(tables), "9"), loaded(tables, "10"))


def numbers_of_billions(tables: Tables) -> Tables:
    """The numbers of loads go on for years: the earlier load stands first, and only the last digit differs."""
    return together(loaded(without_discharges(tables), "300000000000009"), loaded(tables, "300000000000010"))


def later_load_first(tables: Tables) -> Tables:
    """The later load stands first in the file."""
    return together(loaded(tables, "10"), loaded(without_discharges(tables), "9"))


def referrals_twice(tables: Tables) -> Tables:
    """One table alone was loaded twice, and it alone has AuditId."""
    name = names_of(tables).referrals
    before = loaded(without_discharges(tables), "1")[name]
    after = loaded(tables, "2")[name]
    return {**loaded(tables, ""), name: [*before, *after]}


def rows_withdrawn(tables: Tables) -> Tables:
    """The earlier load has contacts, activities and scores that the later one lacks, under keys of their own."""
    names = names_of(tables)
    more = {name: list(rows) for name, rows in tables.items()}
    contacts = [{**row, names.contact: f"{row[names.contact]}w"} for row in tables[names.contacts]]
    more[names.contacts] += contacts[: len(contacts) // 2]
    return together(loaded(more, "1"), loaded(tables, "2"))


def broke_off(tables: Tables) -> Tables:
    """A later load broke off after a row a table: the rest of the earlier one stays."""
    names = names_of(tables)
    short = {name: rows if name == names.header else [] for name, rows in tables.items()}
    seen: set[str] = set()
    for row in tables[names.referrals]:
        # A record number begins with the month's file: the number of its month comes before the person's.
        file = file_of(row)[:-1] if names is VERSION_1_5 else file_of(row)
        if file not in seen:
            seen.add(file)
            short[names.referrals] = [*short[names.referrals], row]
    return together(loaded(tables, "1"), loaded(short, "2"))


def primary_twice(tables: Tables) -> Tables:
    """The Primary was loaded twice: its Refresh, loaded once, has under half of its rows and is no truncated one."""
    names = names_of(tables)
    header = names.header
    # In version 1.5 the Refresh gives people the record numbers that they had in its Primary.
    primary = {
        name: [
            {**row, **({names.submission: f"{row[names.submission]}p"} if names.submission in row else {})}
            for row in rows
        ]
        for name, rows in without_discharges(tables).items()
    }
    primary[header] = [{**row, names.file_type: "Primary"} for row in primary[header]]
    # One row more, so that twice the Primary is more than twice the Refresh.
    primary[names.contacts] = [
        *primary[names.contacts],
        *({**row, names.contact: f"{row[names.contact]}p"} for row in primary[names.contacts]),
    ]
    for rows in (primary[header], tables[header]):
        for row in rows:
            row.update({field: "" for field in row if field.upper().startswith("TOTAL_")})
    refresh = {**tables, header: [{**row, names.file_type: "Refresh"} for row in tables[header]]}
    return together(loaded(primary, "1"), loaded(primary, "2"), loaded(refresh, "3"))


def sent_again(tables: Tables, earlier: Callable[[int], str], later: Callable[[int], str], **received: str) -> Tables:
    """Every submission as it was before anybody was discharged, and again, under identifiers by its place."""
    names = names_of(tables)
    header = names.header
    places = {row[names.submission]: place for place, row in enumerate(tables[header])}

    def named(loads: Tables, name: Callable[[int], str], moment: str, record: str) -> Tables:
        renamed = {table: [dict(row) for row in rows] for table, rows in loads.items()}
        for rows in renamed.values():
            for row in rows:
                if names.submission in row:
                    row[names.submission] = name(places[row[names.submission]])
                if "IAPT_RECORD_NUMBER" in row:
                    row["IAPT_RECORD_NUMBER"] += record
        if moment:
            renamed[header] = [{**row, "EFFECTIVE_FROM": moment} for row in renamed[header]]
        return renamed

    before = named(without_discharges(tables), earlier, received.get("before", ""), "e")
    return together(before, named(tables, later, received.get("after", ""), ""))


def numbers_of_submissions(tables: Tables) -> Tables:
    """Submissions that are numbers, of more digits the second time."""
    return sent_again(tables, lambda place: str(998 + place), lambda place: str(10_000 + place))


def received_later(tables: Tables) -> Tables:
    """The second one has the lower name and was received later."""
    moments = {"before": "2022-08-31 09:00:00", "after": "2022-09-01 09:00:00"}
    return sent_again(tables, lambda place: f"T08-z{place}", lambda place: f"T08-a{place}", **moments)


def received_later_day_first(tables: Tables) -> Tables:
    """As texts, the moments stand the other way round."""
    moments = {"before": "31/08/2022 09:00", "after": "01/09/2022 09:00"}
    return sent_again(tables, lambda place: f"T09-z{place}", lambda place: f"T09-a{place}", **moments)


def received_later_as_text(tables: Tables) -> Tables:
    """Names of months stand in no order at all."""
    moments = {"before": "30-AUG-22 09.00.00.000000 PM", "after": "01-Sept-2022 09:00:00"}
    return sent_again(tables, lambda place: f"T10-z{place}", lambda place: f"T10-a{place}", **moments)


def loads_as_floats(tables: Tables) -> Tables:
    """Numbers of loads that a data frame turned into floats."""
    return together(loaded(without_discharges(tables), "9.0"), loaded(tables, "10.0"))


def three_loads(tables: Tables) -> Tables:
    """The middle one stands last; numbers have commas between thousands."""
    before = without_discharges(tables)
    return together(loaded(before, "998"), loaded(tables, "1,001"), loaded(before, "1,000"))


def loads_in_words(tables: Tables) -> Tables:
    """As texts, LOAD9 comes after LOAD10."""
    return together(loaded(without_discharges(tables), "LOAD9"), loaded(tables, "LOAD10"))


def loads_in_words_with_commas(tables: Tables) -> Tables:
    """A thousand, with a comma and in words, after one below it."""
    return together(loaded(tables, "Load no. 1,000"), loaded(without_discharges(tables), "Load no. 999"))


def loads_with_pence(tables: Tables) -> Tables:
    """Numbers as a spreadsheet writes money."""
    return together(loaded(without_discharges(tables), "999.00"), loaded(tables, "1,000.00"))


def submissions_in_words(tables: Tables) -> Tables:
    """Submissions whose number stands between words."""
    return sent_again(tables, lambda place: f"RUN {998 + place} OF T", lambda place: f"RUN {10_000 + place} OF T")


def submissions_with_commas(tables: Tables) -> Tables:
    """Submissions whose number has a comma and a fraction of nought."""
    return sent_again(tables, lambda place: f"{99_998 + place:,}.0", lambda place: f"{200_000 + place:,}.0")


CASES: dict[str, Callable[[Tables], Tables]] = {
    "01": whole_twice,
    "02": later_load_first,
    "03": referrals_twice,
    "04": rows_withdrawn,
    "05": broke_off,
    "06": primary_twice,
    "07": numbers_of_submissions,
    "08": received_later,
    "09": received_later_day_first,
    "10": received_later_as_text,
    "11": loads_as_floats,
    "12": three_loads,
    "13": numbers_of_billions,
    "14": loads_in_words,
    "15": loads_in_words_with_commas,
    "16": loads_with_pence,
    "17": submissions_in_words,
    "18": submissions_with_commas,
}
"""Number in the provider's code: what was done to its tables."""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """In every version a provider as it was sent, and one for every case."""
    folder = tmp_path_factory.mktemp("loads")
    for version, letter in LETTER.items():
        tables = clean_tables(version)
        everybody = [loaded(provider_copy(tables, f"{letter}00"), "")]
        everybody += [case(provider_copy(tables, f"{letter}{number}")) for number, case in CASES.items()]
        write_tables(folder / "data" / version, columns_alike(together(*everybody)), "loads")
    return build(folder / "data", folder, *FACTS, *ACCOUNTING)


def columns_alike(tables: Tables) -> Tables:
    """Every row of a table with every column of it."""
    alike = {}
    for name, rows in tables.items():
        columns = dict.fromkeys(column for row in rows for column in row)
        alike[name] = [{column: row.get(column, "") for column in columns} for row in rows]
    return alike


def figures(warehouse: Warehouse, table: str, provider: str) -> list[tuple[Any, ...]]:
    """The rows of a provider without what names it or its people."""
    rows = warehouse.rows(
        f"select * exclude (referral_id, person_id, provider_code) from marts.{table} where provider_code = ?", provider
    )
    return sorted(rows, key=repr)


@pytest.mark.parametrize("table", ["fct_referrals", "fct_episodes"])
@pytest.mark.parametrize("number", sorted(CASES))
@pytest.mark.parametrize("letter", sorted(LETTER.values()))
def test_the_latest_load_counts(table: str, number: str, letter: str, warehouse: Warehouse) -> None:
    expected = figures(warehouse, table, f"{letter}00")
    assert len(expected) > 0
    assert figures(warehouse, table, f"{letter}{number}") == expected


def test_every_row_is_accounted_for(warehouse: Warehouse) -> None:
    counts = warehouse.rows(
        "select sum(read_count), sum(kept_count + superseded_count + quarantined_count), sum(superseded_count) "
        "from quality.row_accounting"
    )
    read, accounted, superseded = counts[0]
    assert read == accounted
    assert superseded > 0
