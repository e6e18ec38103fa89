"""Figures of data as servers, spreadsheets and people leave it: row for row those of the tidy data.

One build holds a tidy copy of the cases of each version, and a copy for every way in which values are left, with
identifiers and provider codes of its own. A copy whose figures are others names the way.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dirty_corpus import Rows, Tables, clean_tables, write_tables
from hand_made import hand_made_of_values
from iapt_equity.inputs.contract import IDENTIFIER, Column, read_project_contracts
from in_process import PROJECT
from left_files import FILES
from left_rows import ROWS, ROWS_OF_VERSION_2, RowChange
from left_values import DATES, FLAGS, KEYS, NO_DATE, NOTHING, NUMBERS, TIMES, TO_COME, Change
from warehouses import FACTS, Warehouse, build, write_reference

pytestmark = pytest.mark.slow

CONTRACTS = read_project_contracts(PROJECT)
SOURCE = {"v1_5": "mds_v1_5", "v2_0": "mds_v2", "v2_1": "mds_v2"}
LETTER = {"v1_5": "X", "v2_0": "Y", "v2_1": "Z"}
SUCCESSION = (4, 5)
"""Places of the provider whose code changes and of its successor, among all codes in order."""
COMMISSIONERS = (" z1a\u00a0", "z1b\t")
PROVIDERS = frozenset({"OrgIDProv", "OrgIDSubmit", "OrgID_Provider", "ORGCODEPROVIDER"})


def in_pairs() -> dict[str, Change]:
    """Ways of leaving values and ways of leaving nothing, two to a copy, which meet in no field."""
    values = {f"{kind}_{name}": way for kind, ways in VALUES.items() for name, way in ways.items()}
    blanks = {**NOTHING, **NO_DATE, **TO_COME}
    names, others = list(values), list(blanks)
    pairs = {}
    for place in range(max(len(names), len(others))):
        name, other = names[place % len(names)], others[place % len(others)]
        pairs[f"{name} and {other}"] = after(values[name], blanks[other])
    return pairs


def unchanged(_: Column, value: str) -> str:
    return value


def after(first: Change, second: Change) -> Change:
    return lambda column, value: first(column, value) if value else second(column, value)


VALUES = {"number": NUMBERS, "key": KEYS, "date": DATES, "time": TIMES, "flag": FLAGS}
WAYS = in_pairs()
OTHER_ROWS: dict[str, RowChange] = {**ROWS, **ROWS_OF_VERSION_2}
NUMBERED = {name: number for number, name in enumerate(["tidy", *WAYS, *OTHER_ROWS, *FILES])}
TABLES = ("fct_referrals", "fct_episodes", "int_supplied_outcomes")
"""What is compared: the fact tables, and what the fields say that were derived centrally."""
PEOPLE = {"v1_5": "Person", "v2_0": "IDS001MPI", "v2_1": "IDS001MPI"}
IN_FILES = ("IDS001MPI", "IDS101Referral", "IDS201CareContact")
"""Tables of version 2.1 whose files are left in every way; their other rows lie in one file."""


def columns_of(version: str) -> dict[str, dict[str, Column]]:
    return {
        table.name: {column.name: column for column in table.columns} for table in CONTRACTS[SOURCE[version]].tables
    }


def cases(version: str) -> Tables:
    """The tidy rows of a version, with every column of the contract."""
    rows = hand_made_of_values().rows if version == "v2_1" else clean_tables(version)
    whole: Tables = {}
    for table, columns in columns_of(version).items():
        known = {name.lower(): name for name in columns}
        blank = dict.fromkeys(columns, "")
        whole[table] = [
            {**blank, **{known[field.lower()]: value for field, value in row.items() if field.lower() in known}}
            for row in rows.get(table, [])
        ]
    for person in whole.get("IDS001MPI", whole.get("Person", [])):
        person["LSOA"] = "Z01000001"
    for place, referral in enumerate(whole.get("IDS101Referral", whole.get("Referral", []))):
        referral.update(derived_of(columns_of(version), place))
    return whole


def derived_of(columns: dict[str, dict[str, Column]], place: int) -> dict[str, str]:
    """What was derived centrally of a referral, by its place; flags are true, false or nothing."""
    said = {"boolean": ("Y", "N", "")[place % 3], "integer": f"{place % 7}", "double": f"{place % 19}"}
    of_referral = columns.get("IDS101Referral", columns.get("Referral", {}))
    with (PROJECT / "seeds" / "codes" / "supplied_fields.csv").open(encoding="utf-8") as text:
        names = [row["column_name"] for row in csv.DictReader(text) if row["column_name"] in of_referral]
    return {name: said[of_referral[name].data_type] for name in names if of_referral[name].data_type in said}


def write_successors(folder: Path, ways: dict[str, Change]) -> None:
    """Providers and commissioners whose codes change, each written in the way of its copy."""
    contracts = {
        table.name: {column.name: column for column in table.columns} for table in CONTRACTS["reference"].tables
    }
    columns = contracts["provider_successors"]
    rows = []
    for way, change in ways.items():
        codes = [f"{LETTER['v2_1']}{NUMBERED[way]:03d}{place}" for place in SUCCESSION]
        row = dict(zip(columns, [*codes, "2016-06-01"], strict=True))
        rows.append({name: change(columns[name], value) for name, value in row.items()})
    write_rows(folder / "provider_successors.csv", rows)
    write_rows(
        folder / "commissioner_successors.csv",
        [dict(zip(contracts["commissioner_successors"], COMMISSIONERS, strict=True))],
    )


def write_rows(file: Path, rows: Rows) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@dataclass(frozen=True)
class Copy:
    """Identifiers and provider codes of a copy: in the order of the originals, and nobody else's."""

    version: str
    number: int
    ranks: dict[str, int]
    providers: list[str]
    is_of_digits: bool

    def name(self, column: Column, value: str) -> str:
        if not value.strip():
            return value
        if column.name in PROVIDERS:
            return f"{LETTER[self.version]}{self.number:03d}{self.providers.index(value)}"
        if column.kind != IDENTIFIER:
            return value
        # The first character says which scheme a person is numbered by.
        digits = f"{'567'['XYZ'.index(LETTER[self.version])]}{self.number:03d}{self.ranks[value]:05d}"
        if self.is_of_digits and value[0] != "X":
            return f"{(ord(value[0]) - 1) % 9 + 1}{digits}"
        return f"{value[0]}{digits}{LETTER[self.version]}"


def copied(version: str, tidy: Tables, ways: dict[str, Change]) -> dict[str, Tables]:
    """The tidy tables once for every way, by its name."""
    columns = columns_of(version)
    identifiers = {
        row[name]
        for table, rows in tidy.items()
        for row in rows
        for name, column in columns[table].items()
        if column.kind == IDENTIFIER
    }
    providers = sorted({row[name] for rows in tidy.values() for row in rows for name in PROVIDERS & row.keys()} - {""})
    ranks = {identifier: rank for rank, identifier in enumerate(sorted(identifiers))}
    copies = {}
    for way, change in ways.items():
        copy = Copy(version, NUMBERED[way], ranks, providers, way.startswith("number_"))
        copies[way] = {
            table: [
                {
                    name: change(columns[table][name], copy.name(columns[table][name], row[name]))
                    for name in columns[table]
                }
                for row in rows
            ]
            for table, rows in tidy.items()
        }
    return copies


def together(copies: dict[str, Tables]) -> Tables:
    tables: dict[str, Rows] = defaultdict(list)
    for copy in copies.values():
        for table, rows in copy.items():
            tables[table] += rows
    return tables


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Every way in every version."""
    folder = tmp_path_factory.mktemp("left")
    for version in SOURCE:
        of_files = dict.fromkeys(FILES if version == "v2_1" else (), unchanged)
        of_rows = ROWS if version == "v1_5" else OTHER_ROWS
        ways = {"tidy": unchanged, **WAYS, **dict.fromkeys(of_rows, unchanged), **of_files}
        copies = copied(version, cases(version), ways)
        for way, change_rows in of_rows.items():
            copies[way] = change_rows(copies[way], columns_of(version))
        for way in of_files:
            for table in IN_FILES:
                place = folder / "data" / version / table
                place.mkdir(parents=True, exist_ok=True)
                FILES[way](place / way, copies[way].pop(table))
        write_tables(folder / "data" / version, together(copies), "values")
        # The tidy people once more, in a file of their own.
        write_tables(folder / "data" / version, {PEOPLE[version]: copies["tidy"][PEOPLE[version]]}, "values_again")
    write_reference(folder / "data")
    write_successors(folder / "data" / "reference", ways)
    return build(folder / "data", folder, *FACTS, "+int_supplied_outcomes", "+int_refused_shares")


def versions_of(way: str) -> dict[str, str]:
    """The versions in which something is left in a way, and their letters."""
    first = "v2_1" if way in FILES else "v2_0" if way in ROWS_OF_VERSION_2 else "v1_5"
    return {version: letter for version, letter in LETTER.items() if version >= first}


Figures = dict[tuple[str, str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def figures(warehouse: Warehouse) -> Figures:
    return figures_of(warehouse.work / "warehouse_build.duckdb")


def figures_of(file: Path) -> Figures:
    """Rows of a table by copy of a version, without what names a copy."""
    found: Figures = defaultdict(list)
    named = "provider_code, substr(provider_code, 5)"
    queries = {
        table: f"select {named}, * exclude (referral_id, person_id, provider_code) from marts.{table}"
        for table in ("fct_referrals", "fct_episodes")
    }
    queries["int_supplied_outcomes"] = (
        f"select {named}, * exclude (referral_key, provider_code) from intermediate.int_supplied_outcomes"
    )
    with duckdb.connect(str(file), read_only=True) as connection:
        for table, query in queries.items():
            for code, *values in connection.execute(query).fetchall():
                found[(code[:4], table)].append(tuple(values))
    return {key: sorted(rows, key=repr) for key, rows in found.items()}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("way", [*WAYS, *OTHER_ROWS, *FILES])
def test_figures_are_those_of_the_tidy_data(way: str, table: str, figures: Figures) -> None:
    wrong = {}
    for version, letter in versions_of(way).items():
        tidy = figures[(f"{letter}000", table)]
        assert len(tidy) >= 2
        found = figures.get((f"{letter}{NUMBERED[way]:03d}", table), [])
        if found != tidy:
            wrong[version] = (len(tidy), len(found), sum(row in tidy for row in found))
    assert wrong == {}


def test_the_cases_are_what_they_seem(figures: Figures, warehouse: Warehouse) -> None:
    """Tidy cases that a figure hangs on: a provider and a commissioner that go on under other codes."""
    counts = "select treatment_contact_count from marts.fct_referrals where provider_code = ?"
    assert warehouse.rows(counts, f"Z000{SUCCESSION[1]}") == [(2,)]
    assert warehouse.rows("select count(*) from marts.fct_referrals where commissioner_code = 'Z1A'") == [(0,)]


def test_a_file_that_repeats_another_is_named_whatever_its_size(warehouse: Warehouse) -> None:
    """Of two files with the same keys the first by name counts; figures are those of one, as the tests above hold."""
    with duckdb.connect(str(warehouse.work / "warehouse_build.duckdb"), read_only=True) as connection:
        repeated = connection.execute(
            "select mds_version, source_table, subject from intermediate.int_refused_shares "
            "where scope = 'file' and problem = 'repeated' and affected_count > 0.25 * row_count"
        ).fetchall()
    again = {(version, table, f"{version}/{table}/values_again.csv") for version, table in PEOPLE.items()}
    copied = {("v2_1", table, f"v2_1/{table}/copied.csv") for table in IN_FILES}
    assert set(repeated) == again | copied
