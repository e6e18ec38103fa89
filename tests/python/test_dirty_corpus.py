"""Dirty input, defect by defect: each meets the fate that the corpus states, and nobody else's rows change."""

from __future__ import annotations

import codecs
import gzip
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from dirty_corpus import RowDefect, Tables, apply, clean_tables, provider_copy, read_row_defects, write_tables
from iapt_equity.inputs.contract import read_project_contracts
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.reader import create_views
from in_process import PROJECT, failures, run_dbt
from warehouses import FACTS, Warehouse, build

pytestmark = pytest.mark.slow

CONTRACT = read_project_contracts(PROJECT)["mds_v2"]
DEFECTS = read_row_defects()
QUALITY = ("+quarantine", "+row_accounting", "+validation_warnings", "+submissions")
PATIENT = "CL1p1"
VERSIONS = ("v1_5", "v2_0", "v2_1")


@dataclass(frozen=True)
class Corpus(Warehouse):
    """A build of the corpus, and whose row each row of the defects' files is."""

    owners: dict[tuple[str, int], str]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The two clean providers alone."""
    folder = tmp_path_factory.mktemp("clean")
    write_tables(folder / "data" / "v2_1", clean_tables("v2_1"), "clean")
    return build(folder / "data", folder, *FACTS)


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """The same two providers among one provider for every defect."""
    folder = tmp_path_factory.mktemp("dirty")
    write_tables(folder / "data" / "v2_1", clean_tables("v2_1"), "clean")
    owners: dict[tuple[str, int], str] = {}
    for version in VERSIONS:
        tables = clean_tables(version)
        together: Tables = {table: [] for table in tables}
        for defect in [defect for defect in DEFECTS if defect.version == version]:
            copy = provider_copy(tables, defect.provider)
            apply(defect, copy)
            for table, rows in copy.items():
                for row in rows:
                    owners[(f"{version}/{table}/defects.csv", len(together[table]))] = defect.name
                    together[table].append(row)
        write_tables(folder / "data" / version, together, "defects")
    built = build(folder / "data", folder, *FACTS, *QUALITY)
    return Corpus(built.data, built.work, built.statuses, owners)


@pytest.fixture(scope="module")
def quarantined(dirty: Corpus) -> dict[str, Counter[tuple[str, str, str]]]:
    """Quarantined rows by defect: how many by table, field and reason."""
    found: dict[str, Counter[tuple[str, str, str]]] = {defect.name: Counter() for defect in DEFECTS}
    for file, row, table, field, reason in dirty.rows(
        "select source_file, source_row, source_table, field, reason_code from quality.quarantine"
    ):
        found[dirty.owners[(str(file), int(str(row)))]][(str(table), str(field), str(reason))] += 1
    return found


def test_the_corpus_has_sixty_defects_with_names_of_their_own() -> None:
    assert len(DEFECTS) + len(FILE_DEFECTS) >= 60
    assert len({defect.name for defect in DEFECTS}) == len(DEFECTS)
    assert all(sum(defect.version == version for defect in DEFECTS) >= 10 for version in VERSIONS)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_meets_its_fate(
    defect: RowDefect, dirty: Corpus, quarantined: dict[str, Counter[tuple[str, str, str]]]
) -> None:
    refused = quarantined[defect.name]
    if defect.fate == "quarantine":
        own = sum(
            count
            for (table, field, reason), count in refused.items()
            if reason == defect.reason
            and (defect.reason_table == "*" or table == defect.reason_table)
            and field == defect.reason_field
        )
        assert own == defect.row_count, refused
        assert refused.total() == defect.row_count + defect.follower_count, refused
        return
    assert not refused
    warnings = dirty.rows(
        "select source_table, field, reason_code, record_count from quality.validation_warnings "
        f"where provider_code = '{defect.provider}'"
    )
    if defect.fate == "warning":
        expected = (defect.reason_table, defect.reason_field, defect.reason, defect.row_count)
        assert expected in warnings, warnings
    elif defect.fate == "kept":
        assert not warnings
    else:
        statuses = dirty.rows(
            "select submission_status, count(*) from quality.submissions "
            f"where provider_code = '{defect.provider}' group by all order by all"
        )
        assert sorted(statuses) == sorted([(defect.reason, 1), ("used", 2)])


def test_no_defect_breaks_a_data_test(dirty: Corpus) -> None:
    """Dirt must not break a key that a model rests on; by default the spoilt set of three versions shows it."""
    arguments = [
        "test",
        "--exclude-resource-type",
        "unit_test",
        "--select",
        "+fct_referrals",
        "+fct_episodes",
        *QUALITY,
    ]
    result = run_dbt(arguments, dirty.data, dirty.work)
    assert result.success, failures(result)
    assert len(result.result.results) > 100


def test_a_refused_row_is_not_warned_of_as_well(dirty: Corpus) -> None:
    twice = next(defect for defect in DEFECTS if defect.name == "patient_twice_with_ethnicity_not_in_list")
    assert not dirty.rows(f"select * from quality.validation_warnings where provider_code = '{twice.provider}'")


def test_rows_read_are_kept_superseded_or_quarantined(dirty: Corpus) -> None:
    accounts = dirty.rows(
        "select source_file, read_count, kept_count + superseded_count + quarantined_count from quality.row_accounting"
    )
    assert {file: read for file, read, _ in accounts} == {file: sum_ for file, _, sum_ in accounts}
    lines = Counter(file for file, _ in dirty.owners)
    assert {file: read for file, read, _ in accounts if "defects" in str(file)} == lines


@pytest.mark.parametrize("table", ["fct_referrals", "fct_episodes"])
def test_no_other_provider_changes(clean: Warehouse, dirty: Corpus, table: str) -> None:
    def rows(warehouse: Warehouse) -> list[tuple[object, ...]]:
        return warehouse.rows(f"select * from marts.{table} where provider_code in ('CL1', 'CL2') order by all")

    assert rows(clean)
    assert rows(clean) == rows(dirty)


def test_nobody_is_read_as_patient_in_the_quarantine(dirty: Corpus) -> None:
    rows = dirty.rows("select * exclude (source_file, provider_code) from quality.quarantine")
    assert not any("p1" in str(value).lower() for row in rows for value in row)


# What the input check meets, before anything is built: a change to one file, and what the reader says or does.


def change_text(change: Callable[[str], str | bytes], table: str = "IDS001MPI") -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        file = folder / table / "clean.csv"
        changed = change(file.read_text(encoding="utf-8"))
        file.write_bytes(changed if isinstance(changed, bytes) else changed.encode())

    return spoil


def append(line: str) -> Callable[[Path], None]:
    return change_text(lambda text: text + line)


def replace_file(name: str, content: bytes) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / "IDS001MPI" / "clean.csv").unlink()
        (folder / "IDS001MPI" / name).write_bytes(content)

    return spoil


def remove_table(folder: Path) -> None:
    (folder / "IDS101Referral" / "clean.csv").unlink()


def cut_parquet(folder: Path) -> None:
    file = folder / "IDS001MPI" / "whole.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"copy (select * from '{folder / 'IDS001MPI' / 'clean.csv'}') to '{file}'")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def compress_and_cut(folder: Path) -> None:
    file = folder / "IDS001MPI" / "clean.csv"
    whole = gzip.compress(file.read_bytes())
    file.with_name("clean.csv.gz").write_bytes(whole[: len(whole) // 2])
    file.unlink()


HALF = "CL1-2022-04,CL1p9"
FILE_DEFECTS: dict[str, tuple[Callable[[Path], None], str]] = {
    # Errors: the words that must be in the one line.
    "empty_file": (replace_file("clean.csv", b""), "the file is empty"),
    "file_of_line_ends": (replace_file("clean.csv", b"\n\n\n"), "the file is empty"),
    "picture_named_csv": (replace_file("clean.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 50), "clean.csv"),
    "text_named_parquet": (replace_file("clean.parquet", b"PAR1 but not for long"), "not a readable Parquet file"),
    "half_a_parquet_file": (cut_parquet, "not a readable Parquet file"),
    "half_a_compressed_file": (compress_and_cut, "not a readable CSV file"),
    "required_column_missing": (
        change_text(lambda text: text.replace("EthnicCategory", "Ethnicity", 1)),
        "column EthnicCategory is missing",
    ),
    "no_line_of_names": (change_text(lambda text: text.split("\n", 1)[1]), "is missing"),
    "column_twice": (change_text(lambda text: text.replace("Gender", "lsoa", 1)), "stands twice"),
    "table_missing": (remove_table, "IDS101Referral"),
    "another_version_in_the_folder": (
        change_text(lambda text: text.replace(",2.1,", ",2.0,"), "IDS000Header"),
        "says data set version '2.0'",
    ),
    "no_row_fits_the_names": (
        change_text(lambda text: text.split("\n", 1)[0] + "\nonly,three,fields\n"),
        "no row can be read",
    ),
    # Read as if nothing were amiss: 12 people.
    "byte_order_mark": (change_text(lambda text: codecs.BOM_UTF8 + text.encode()), "12 0"),
    "utf_16": (change_text(lambda text: text.encode("utf-16")), "12 0"),
    "windows_1252": (change_text(lambda text: text.replace("CL1p2", "Zo\u00eb\u2019s").encode("cp1252")), "12 0"),
    "latin_1": (change_text(lambda text: text.replace("CL1p2", "Zo\u00eb\x81").encode("latin-1")), "12 0"),
    "semicolons": (change_text(lambda text: text.replace(",", ";")), "12 0"),
    "bars": (change_text(lambda text: text.replace(",", "|")), "12 0"),
    "tabs": (change_text(lambda text: text.replace(",", "\t")), "12 0"),
    "header_in_small_letters": (change_text(lambda text: text.replace("EthnicCategory", "ethniccategory")), "12 0"),
    "header_with_spaces": (change_text(lambda text: text.replace(",Gender,", ", Gender ,")), "12 0"),
    "extra_column": (change_text(lambda text: text.replace("\n", ",more\n")), "12 0"),
    "windows_line_ends": (change_text(lambda text: text.replace("\n", "\r\n")), "12 0"),
    "mixed_line_ends": (change_text(lambda text: text.replace("\n", "\r\n", 3)), "12 0"),
    "no_line_end_at_the_end": (change_text(str.rstrip), "12 0"),
    "quoted_delimiter_and_line_end": (change_text(lambda text: text.replace("CL1p2", '"CL1,\np2"')), "12 0"),
    # Rows that cannot be taken apart: readable rows and broken ones.
    "too_few_fields": (append(f"{HALF}\n"), "12 1"),
    "too_many_fields": (append(f"{HALF},x,1990-01-01,1,A,E01000001,more\n"), "12 1"),
    "cut_off_inside_a_quote": (append(f'{HALF},"x'), "12 1"),
    "open_quote_in_the_middle": (
        change_text(lambda text: text.replace("CL1-2022-05,CL1p1", 'CL1-2022-05,"CL1p1')),
        "11 1",
    ),
    "field_of_ten_million_characters": (append(f"{HALF},{'x' * 10_000_000},1990-01-01,1,A,E01000001\n"), "12 1"),
    "half_a_text_file": (change_text(lambda text: text[: len(text) // 2]), "5 1"),
}


@pytest.mark.parametrize("name", FILE_DEFECTS)
def test_a_defect_of_a_file_meets_its_fate(name: str, tmp_path: Path) -> None:
    spoil, expected = FILE_DEFECTS[name]
    write_tables(tmp_path / "v2_1", clean_tables("v2_1"), "clean")
    spoil(tmp_path / "v2_1")
    connection = duckdb.connect()
    if not expected[0].isdigit():
        with pytest.raises(InputError) as error:
            create_views(connection, CONTRACT, tmp_path, "MDS_DIR")
        message = str(error.value)
        assert expected in message
        assert "\n" not in message
        assert PATIENT not in message
        return
    notices = create_views(connection, CONTRACT, tmp_path, "MDS_DIR")
    assert not any(PATIENT in notice for notice in notices)
    readable, broken = (int(count) for count in expected.split())
    people = connection.execute("select source_row from raw.v2_ids001mpi order by 1").fetchall()
    refused = connection.execute("select source_row, reason_code from raw.unreadable_rows").fetchall()
    listed = connection.execute("select row_count from raw.input_files where source_table = 'IDS001MPI'").fetchall()
    assert (len(people), len(refused)) == (readable, broken)
    assert listed == [(readable + broken,)]
    assert sorted(row for row, *_ in people + refused) == list(range(readable + broken))
    assert all(reason == "row_unreadable" for _, reason in refused)
