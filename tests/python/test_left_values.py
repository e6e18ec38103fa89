"""Figures of data as servers, spreadsheets and people leave it: row for row those of the tidy data.

One build holds a tidy copy of the cases of each version, and a copy for every way in which values are left, with
identifiers and provider codes of its own. A copy whose figures are others names the way.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pytest

from dirty_corpus import Rows, Tables, clean_tables, write_tables
from hand_made import hand_made_of_values
from iapt_equity.inputs.contract import IDENTIFIER, Column, read_project_contracts
from in_process import PROJECT
from left_files import FILES
from left_values import DATES, KEYS, NO_DATE, NOTHING, NUMBERS, TIMES, Change
from warehouses import FACTS, Warehouse, build, write_reference

CONTRACTS = read_project_contracts(PROJECT)
SOURCE = {"v1_5": "mds_v1_5", "v2_0": "mds_v2", "v2_1": "mds_v2"}
LETTER = {"v1_5": "X", "v2_0": "Y", "v2_1": "Z"}
PROVIDERS = frozenset({"OrgIDProv", "OrgIDSubmit", "OrgID_Provider", "ORGCODEPROVIDER"})


def in_pairs() -> dict[str, Change]:
    """Ways of leaving values and ways of leaving nothing, two to a copy, which meet in no field."""
    values = {f"{kind}_{name}": way for kind, ways in VALUES.items() for name, way in ways.items()}
    blanks = {**NOTHING, **NO_DATE}
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


VALUES = {"number": NUMBERS, "key": KEYS, "date": DATES, "time": TIMES}
WAYS = in_pairs()
NUMBERED = {name: number for number, name in enumerate(["tidy", *WAYS, *FILES])}
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
    return whole


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
        copies = copied(version, cases(version), {"tidy": unchanged, **WAYS, **of_files})
        for way in of_files:
            for table in IN_FILES:
                place = folder / "data" / version / table
                place.mkdir(parents=True, exist_ok=True)
                FILES[way](place / way, copies[way].pop(table))
        write_tables(folder / "data" / version, together(copies), "values")
    write_reference(folder / "data")
    return build(folder / "data", folder, *FACTS)


Figures = dict[tuple[str, str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def figures(warehouse: Warehouse) -> Figures:
    """Rows of a fact table by copy of a version, without what names a copy."""
    found: Figures = defaultdict(list)
    for table in ("fct_referrals", "fct_episodes"):
        for code, *values in warehouse.rows(
            f"select provider_code, substr(provider_code, 5), * exclude (referral_id, person_id, provider_code) "
            f"from marts.{table}"
        ):
            found[(code[:4], table)].append(tuple(values))
    return {key: sorted(rows, key=repr) for key, rows in found.items()}


@pytest.mark.parametrize("table", ["fct_referrals", "fct_episodes"])
@pytest.mark.parametrize("way", [*WAYS, *FILES])
def test_figures_are_those_of_the_tidy_data(way: str, table: str, figures: Figures) -> None:
    wrong = {}
    for version, letter in LETTER.items() if way not in FILES else [("v2_1", "Z")]:
        tidy = figures[(f"{letter}000", table)]
        assert len(tidy) >= 2
        found = figures.get((f"{letter}{NUMBERED[way]:03d}", table), [])
        if found != tidy:
            wrong[version] = (len(tidy), len(found), sum(row in tidy for row in found))
    assert wrong == {}
