"""Submissions that were loaded twice: the figures are those of the latest load, as if nothing else were there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dirty_corpus import HEADER, Tables, clean_tables, provider_copy, write_tables
from warehouses import FACTS, Warehouse, build

VERSION = "v2_1"
SUBMISSION = "UniqueSubmissionID"
ACCOUNTING = ("+row_accounting",)


def loaded(tables: Tables, audit: str) -> Tables:
    """The tables with the number of a load on every row."""
    return {name: [{**row, "AuditId": audit} for row in rows] for name, rows in tables.items()}


def without_discharges(tables: Tables) -> Tables:
    """The tables as they were before anybody was discharged."""
    referrals = [{**row, "ServDischDate": "", "EndCode": ""} for row in tables["IDS101Referral"]]
    return {**tables, "IDS101Referral": referrals}


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
    before = loaded(without_discharges(tables), "1")["IDS101Referral"]
    after = loaded(tables, "2")["IDS101Referral"]
    return {**loaded(tables, ""), "IDS101Referral": [*before, *after]}


def rows_withdrawn(tables: Tables) -> Tables:
    """The earlier load has contacts, activities and scores that the later one lacks, under keys of their own."""
    more = {name: list(rows) for name, rows in tables.items()}
    contacts = [{**row, "CareContactId": f"{row['CareContactId']}w"} for row in tables["IDS201CareContact"]]
    more["IDS201CareContact"] += contacts[: len(contacts) // 2]
    return together(loaded(more, "1"), loaded(tables, "2"))


def broke_off(tables: Tables) -> Tables:
    """A later load broke off after a row a table: the rest of the earlier one stays."""
    header = HEADER[VERSION]
    short = {name: rows if name == header else [] for name, rows in tables.items()}
    seen: set[str] = set()
    for row in tables["IDS101Referral"]:
        if row[SUBMISSION] not in seen:
            seen.add(row[SUBMISSION])
            short["IDS101Referral"] = [*short["IDS101Referral"], row]
    return together(loaded(tables, "1"), loaded(short, "2"))


def primary_twice(tables: Tables) -> Tables:
    """The Primary was loaded twice: its Refresh, loaded once, has under half of its rows and is no truncated one."""
    header = HEADER[VERSION]
    primary = {
        name: [{**row, SUBMISSION: f"{row[SUBMISSION]}p"} for row in rows]
        for name, rows in without_discharges(tables).items()
    }
    primary[header] = [{**row, "File_Type": "Primary"} for row in primary[header]]
    # One row more, so that twice the Primary is more than twice the Refresh.
    primary["IDS201CareContact"] += [
        {**row, "CareContactId": f"{row['CareContactId']}p"} for row in primary["IDS201CareContact"]
    ]
    for rows in (primary[header], tables[header]):
        for row in rows:
            row.update({field: "" for field in row if field.startswith("Total_")})
    refresh = {**tables, header: [{**row, "File_Type": "Refresh"} for row in tables[header]]}
    return together(loaded(primary, "1"), loaded(primary, "2"), loaded(refresh, "3"))


def sent_again(tables: Tables, earlier: Callable[[int], str], later: Callable[[int], str], **received: str) -> Tables:
    """Every submission as it was before anybody was discharged, and again, under identifiers by its place."""
    header = HEADER[VERSION]
    places = {row[SUBMISSION]: place for place, row in enumerate(tables[header])}

    def named(loads: Tables, name: Callable[[int], str], moment: str) -> Tables:
        renamed = {
            table: [{**row, SUBMISSION: name(places[row[SUBMISSION]])} for row in rows] for table, rows in loads.items()
        }
        if moment:
            renamed[header] = [{**row, "EFFECTIVE_FROM": moment} for row in renamed[header]]
        return renamed

    before = named(without_discharges(tables), earlier, received.get("before", ""))
    return together(before, named(tables, later, received.get("after", "")))


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


CASES: dict[str, Callable[[Tables], Tables]] = {
    "T01": whole_twice,
    "T02": later_load_first,
    "T03": referrals_twice,
    "T04": rows_withdrawn,
    "T05": broke_off,
    "T06": primary_twice,
    "T07": numbers_of_submissions,
    "T08": received_later,
    "T09": received_later_day_first,
    "T10": received_later_as_text,
    "T11": loads_as_floats,
    "T12": three_loads,
    "T13": numbers_of_billions,
}
"""Provider code of its own: what was done to the provider's tables."""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A provider as it was sent, and one for every case."""
    folder = tmp_path_factory.mktemp("loads")
    tables = clean_tables(VERSION)
    everybody = [loaded(provider_copy(tables, "T00"), "")]
    everybody += [case(provider_copy(tables, provider)) for provider, case in CASES.items()]
    write_tables(folder / "data" / VERSION, columns_alike(together(*everybody)), "loads")
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
@pytest.mark.parametrize("provider", sorted(CASES))
def test_the_latest_load_counts(table: str, provider: str, warehouse: Warehouse) -> None:
    expected = figures(warehouse, table, "T00")
    assert len(expected) > 0
    assert figures(warehouse, table, provider) == expected


def test_every_row_is_accounted_for(warehouse: Warehouse) -> None:
    counts = warehouse.rows(
        "select sum(read_count), sum(kept_count + superseded_count + quarantined_count), sum(superseded_count) "
        "from quality.row_accounting"
    )
    read, accounted, superseded = counts[0]
    assert read == accounted
    assert superseded > 0
