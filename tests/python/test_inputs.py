"""What the input check meets: input that cannot be used, and input that varies in types, flags and layout."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from iapt_equity.inputs import csv_rows
from iapt_equity.inputs.contract import Contract, read_contracts, read_project_contracts
from iapt_equity.inputs.contract_page import contract_page
from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.reader import create_empty_views, create_views

PROJECT = Path(__file__).parents[2]
CONTRACTS = read_project_contracts(PROJECT)
MDS = CONTRACTS["mds_v2"]
PATIENT = "SECRET-PATIENT-7"

ROWS: dict[str, list[dict[str, str]]] = {
    "IDS000Header": [
        {"UniqueSubmissionID": "s1", "DatSetVer": "2.1", "OrgIDProv": "P1", "ReportingPeriodStartDate": "2015-04-01"}
    ],
    "IDS001MPI": [{"UniqueSubmissionID": "s1", "LocalPatientId": PATIENT, "EthnicCategory": "A"}],
    "IDS101Referral": [
        {
            "UniqueSubmissionID": "s1",
            "ServiceRequestId": "r1",
            "LocalPatientId": PATIENT,
            "OrgIDComm": "C1",
            "ReferralRequestReceivedDate": "2015-04-02",
            "ServDischDate": "",
        }
    ],
    "IDS201CareContact": [
        {
            "UniqueSubmissionID": "s1",
            "CareContactId": "c1",
            "ServiceRequestId": "r1",
            "CareContDate": "2015-04-03",
            "AttendOrDNACode": "5",
            "AppType": "03",
        }
    ],
}


def write_csv(file: Path, rows: list[dict[str, str]]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="", encoding="utf-8") as text:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return file


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """A small extract that can be read: the four required tables, in CSV."""
    for table, rows in ROWS.items():
        write_csv(tmp_path / "mds" / "v2_1" / table / "april.csv", rows)
    return tmp_path / "mds"


def read(directory: Path, contract: Contract = MDS) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    create_views(connection, contract, directory, "MDS_DIR")
    return connection


def test_a_small_extract_is_read_and_absent_tables_are_named(extract: Path) -> None:
    connection = duckdb.connect()
    notices = create_views(connection, MDS, extract, "MDS_DIR")
    assert connection.execute("select count(*) from raw.v2_ids101referral").fetchall() == [(1,)]
    assert connection.execute("select count(*) from raw.v2_ids607codedscoreassessmentact").fetchall() == [(0,)]
    optional = [table.name for table in MDS.tables if not table.is_required]
    assert len(notices) == 1
    assert all(table in notices[0] for table in optional)


def test_rows_carry_the_file_and_the_row_that_they_came_in(extract: Path) -> None:
    folder = extract / "v2_1" / "IDS001MPI"
    duckdb.sql(
        "select 'A' as EthnicCategory, 'P' || i as LocalPatientId, 's1' as UniqueSubmissionID from range(3) t(i)"
    ).write_parquet(str(folder / "deep.parquet"))
    rows = [{"UniqueSubmissionID": "S1", "LocalPatientId": f"C{i}", "EthnicCategory": "A"} for i in range(5000)]
    write_csv(folder / "below" / "long.csv", rows)
    connection = read(extract)
    found = connection.execute(
        "select source_file, source_row, LocalPatientId from raw.v2_ids001mpi order by source_file, source_row"
    ).fetchall()
    expected = [("v2_1/IDS001MPI/april.csv", 0, PATIENT)]
    expected += [("v2_1/IDS001MPI/below/long.csv", i, f"C{i}") for i in range(5000)]
    expected += [("v2_1/IDS001MPI/deep.parquet", i, f"P{i}") for i in range(3)]
    assert found == expected
    listed = connection.execute(
        "select source_table, source_file, row_count from raw.input_files where source_table = 'IDS001MPI' order by 2"
    ).fetchall()
    assert listed == [
        ("IDS001MPI", "v2_1/IDS001MPI/april.csv", 1),
        ("IDS001MPI", "v2_1/IDS001MPI/below/long.csv", 5000),
        ("IDS001MPI", "v2_1/IDS001MPI/deep.parquet", 3),
    ]


@pytest.mark.parametrize("step", ["file_state", "_load"])
def test_a_csv_file_that_changes_while_it_is_read_stops(
    extract: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its columns may change places between its names and its rows, and its rows be half while they are read."""
    file = extract / "v2_1" / "IDS001MPI" / "april.csv"
    turned = [{name: row[name] for name in reversed(row)} for row in ROWS["IDS001MPI"]]
    changes = [turned if step == "file_state" else ROWS["IDS001MPI"]]
    original = getattr(csv_rows, step)

    def meanwhile(*arguments: Any) -> Any:
        if file in arguments and changes:
            write_csv(file, changes.pop())
        return original(*arguments)

    connection = duckdb.connect()
    with monkeypatch.context() as patched:
        patched.setattr(csv_rows, step, meanwhile)
        with pytest.raises(InputError, match=r"april.csv: changed while it was read"):
            create_views(connection, MDS, extract, "MDS_DIR")
    create_views(connection, MDS, extract, "MDS_DIR")
    assert connection.execute("select LocalPatientId from raw.v2_ids001mpi").fetchall() == [(PATIENT,)]


def test_csv_files_are_taken_in_again_only_when_they_change(extract: Path) -> None:
    connection = read(extract)
    file = extract / "v2_1" / "IDS001MPI" / "april.csv"

    def people() -> list[tuple[str, ...]]:
        create_views(connection, MDS, extract, "MDS_DIR")
        return connection.execute("select LocalPatientId from raw.v2_ids001mpi order by all").fetchall()

    assert people() == [(PATIENT,)]
    write_csv(file, [{"UniqueSubmissionID": "s1", "LocalPatientId": "ANOTHER", "EthnicCategory": "A"}])
    write_csv(file.with_name("may.csv"), [{"UniqueSubmissionID": "s1", "LocalPatientId": "B", "EthnicCategory": "A"}])
    assert people() == [("ANOTHER",), ("B",)]
    file.unlink()
    assert people() == [("B",)]


@pytest.mark.parametrize(
    ("date", "unreadable"),
    [("'31/02/2015'", True), ("'soon'", True), ("'  '", False), ("null", False), ("'2015-04-02'", False), ("12", True)],
)
def test_an_unreadable_value_is_told_from_a_blank_one(extract: Path, date: str, unreadable: bool) -> None:
    file = extract / "v2_1" / "IDS201CareContact" / "april.csv"
    file.unlink()
    duckdb.sql(
        f"""
        select 's1' as UniqueSubmissionID, 'c2' as CareContactId, 'r1' as ServiceRequestId, {date} as CareContDate,
            '5' as AttendOrDNACode, '03' as AppType
        """
    ).write_parquet(str(file.with_suffix(".parquet")))
    found = read(extract).execute("select CareContDate__unreadable from raw.v2_ids201carecontact")
    assert found.fetchall() == [(unreadable,)]


def remove_table(mds: Path) -> str:
    (mds / "v2_1" / "IDS201CareContact" / "april.csv").unlink()
    (mds / "v2_1" / "IDS201CareContact").rmdir()
    return "IDS201CareContact: no CSV or Parquet file"


def empty_folder(mds: Path) -> str:
    (mds / "v2_1" / "IDS001MPI" / "april.csv").unlink()
    return "IDS001MPI: no CSV or Parquet file"


def remove_column(mds: Path) -> str:
    rows = [{key: value for key, value in row.items() if key != "EthnicCategory"} for row in ROWS["IDS001MPI"]]
    write_csv(mds / "v2_1" / "IDS001MPI" / "may.csv", rows)
    return "may.csv: column EthnicCategory is missing"


def break_parquet(mds: Path) -> str:
    (mds / "v2_1" / "IDS001MPI" / "may.parquet").write_bytes(b"PAR1 but not for long")
    return "may.parquet: not a readable Parquet file"


def empty_file(mds: Path) -> str:
    (mds / "v2_1" / "IDS001MPI" / "may.csv").write_text("")
    return "may.csv: the file is empty"


def repeat_column(mds: Path) -> str:
    (mds / "v2_1" / "IDS001MPI" / "may.csv").write_text("UniqueSubmissionID,LocalPatientId,localpatientid\n")
    return "may.csv: a column name stands twice"


def another_version(mds: Path) -> str:
    write_csv(mds / "v2_1" / "IDS000Header" / "may.csv", [{**ROWS["IDS000Header"][0], "DatSetVer": "2.0"}])
    return "may.csv: IDS000Header says data set version '2.0'; folder 'v2_1' holds version 2.1"


def no_version_folder(mds: Path) -> str:
    (mds / "v2_1").rename(mds / "something")
    return "holds no folder 'v2_0' or 'v2_1'"


def no_directory(mds: Path) -> str:
    mds.rename(mds.with_name("elsewhere"))
    return "MDS_DIR: folder"


@pytest.mark.parametrize(
    "spoil",
    [
        remove_table,
        empty_folder,
        remove_column,
        break_parquet,
        empty_file,
        repeat_column,
        another_version,
        no_version_folder,
        no_directory,
    ],
)
def test_input_that_cannot_be_used_is_named_in_one_line(extract: Path, spoil: Callable[[Path], str]) -> None:
    expected = spoil(extract)
    with pytest.raises(InputError) as error:
        read(extract)
    message = str(error.value)
    assert expected in message
    assert "\n" not in message
    assert PATIENT not in message


def test_bad_input_leaves_the_views_of_before(extract: Path) -> None:
    connection = read(extract)
    write_csv(extract / "v2_1" / "IDS000Header" / "may.csv", [{**ROWS["IDS000Header"][0], "UniqueSubmissionID": "s2"}])
    (extract / "v2_1" / "IDS201CareContact" / "april.csv").unlink()
    with pytest.raises(InputError):
        create_views(connection, MDS, extract, "MDS_DIR")
    assert connection.execute("select UniqueSubmissionID from raw.v2_ids000header").fetchall() == [("S1",)]


@pytest.mark.parametrize("flag", ["'Y'", "'True'", "'true '", "1", "true", "'1'", "'yes'", "1.0"])
def test_flags_arrive_in_many_ways(extract: Path, flag: str) -> None:
    file = extract / "v2_1" / "IDS201CareContact" / "may.parquet"
    duckdb.sql(
        f"""
        select 's1' as UniqueSubmissionID, 'c2' as CareContactId, 'r1' as ServiceRequestId,
            date '2015-04-03' as CareContDate, 5.0::double as AttendOrDNACode, 3 as AppType,
            {flag} as PlannedCareContIndicator
        """
    ).write_parquet(str(file))
    row = (
        read(extract)
        .execute(
            "select PlannedCareContIndicator, AttendOrDNACode, AppType from raw.v2_ids201carecontact "
            "where CareContactId = 'C2'"
        )
        .fetchall()
    )
    assert row == [(True, "5", "3")]


@pytest.mark.parametrize("flag", ["'N'", "'False'", "0", "false", "'no'"])
def test_flags_that_say_no(extract: Path, flag: str) -> None:
    file = extract / "v2_1" / "IDS201CareContact" / "april.csv"
    file.unlink()
    duckdb.sql(
        f"""
        select 's1' as UniqueSubmissionID, 'c2' as CareContactId, 'r1' as ServiceRequestId,
            '2015-04-03' as CareContDate, '5' as AttendOrDNACode, '03' as AppType, {flag} as PlannedCareContIndicator
        """
    ).write_parquet(str(file.with_suffix(".parquet")))
    found = read(extract).execute("select PlannedCareContIndicator from raw.v2_ids201carecontact").fetchall()
    assert found == [(False,)]


@pytest.mark.parametrize(
    "date",
    [
        "'2015-04-02'",
        "'02/04/2015'",
        "'20150402'",
        "20150402",
        "'02-Apr-2015'",
        "'2015-04-02 00:00:00'",
        "'02/04/2015 00:00'",
        "'02/04/15'",
        "'02-04-15'",
        "'2 Apr 2015'",
        "date '2015-04-02'",
        "timestamp '2015-04-02 00:00:00'",
    ],
)
def test_dates_arrive_in_many_ways(extract: Path, date: str) -> None:
    file = extract / "v2_1" / "IDS101Referral" / "april.csv"
    file.unlink()
    duckdb.sql(
        f"""
        select 's1' as UniqueSubmissionID, 'r1' as ServiceRequestId, '1' as LocalPatientId, 'C1' as OrgIDComm,
            {date} as ReferralRequestReceivedDate, null as ServDischDate
        """
    ).write_parquet(str(file.with_suffix(".parquet")))
    found = read(extract).execute(
        "select cast(ReferralRequestReceivedDate as varchar), ServDischDate from raw.v2_ids101referral"
    )
    assert found.fetchall() == [("2015-04-02", None)]


@pytest.mark.parametrize("number", ["'nan'::double", "'inf'::double", "1e30::double", "-1e30::float"])
def test_numbers_that_are_no_codes_are_read_without_an_error(extract: Path, number: str) -> None:
    file = extract / "v2_1" / "IDS201CareContact" / "april.csv"
    file.unlink()
    duckdb.sql(
        f"""
        select 's1' as UniqueSubmissionID, 'c2' as CareContactId, 'r1' as ServiceRequestId, {number} as CareContDate,
            {number} as AttendOrDNACode, {number} as AppType, {number} as PlannedCareContIndicator
        """
    ).write_parquet(str(file.with_suffix(".parquet")))
    found = read(extract).execute("select CareContDate, PlannedCareContIndicator from raw.v2_ids201carecontact")
    assert found.fetchall() == [(None, None)]


def test_layouts_of_one_table_may_differ_between_files(extract: Path) -> None:
    folder = extract / "v2_1" / "IDS001MPI"
    duckdb.sql(
        "select 'A' as ethniccategory, 2 as localpatientid, 's1' as uniquesubmissionid, 'extra' as something"
    ).write_parquet(str(folder / "june.parquet"))
    with gzip.open(folder / "july.csv.gz", "wt", encoding="utf-8-sig", newline="") as text:
        text.write('LocalPatientId,UniqueSubmissionID,EthnicCategory\r\n"3, THREE",s1,\r\n')
    found = read(extract).execute("select LocalPatientId, EthnicCategory from raw.v2_ids001mpi order by LocalPatientId")
    assert found.fetchall() == [("2", "A"), ("3, THREE", None), (PATIENT, "A")]


def test_a_table_may_be_one_file_and_names_do_not_mind_case(extract: Path) -> None:
    folder = extract / "v2_1"
    (folder / "IDS001MPI" / "april.csv").rename(folder / "ids001mpi.CSV")
    (folder / "IDS001MPI").rmdir()
    assert read(extract).execute("select count(*) from raw.v2_ids001mpi").fetchall() == [(1,)]


def test_publishers_names_of_reference_columns_are_known(tmp_path: Path) -> None:
    write_csv(tmp_path / "deprivation.csv", [{"lsoa11_code": "E01000001", "IMD_decile": "9"}])
    connection = duckdb.connect()
    create_views(connection, CONTRACTS["reference"], tmp_path, "REFERENCE_DIR")
    assert connection.execute("select lsoa_code, imd_decile from raw.reference_deprivation").fetchall() == [
        ("E01000001", 9)
    ]


def test_the_page_of_the_contract_is_current() -> None:
    page = (PROJECT / "docs" / "input_contract.md").read_text(encoding="utf-8")
    assert page == contract_page(CONTRACTS.values()), "run `uv run iapt-equity input-contract`"


def test_tables_that_no_model_reads_are_named(extract: Path) -> None:
    write_csv(extract / "v2_1" / "IDS902CarePersQual" / "one.csv", [{"UniqueSubmissionID": "s1"}])
    write_csv(extract / "v2_1" / "IDS002GP.csv", [{"UniqueSubmissionID": "s1"}])
    (extract / "v2_1" / "notes").mkdir()
    notices = create_views(duckdb.connect(), MDS, extract, "MDS_DIR")
    assert [line for line in notices if "no model reads" in line] == [
        f"{extract / 'v2_1'}: tables that no model reads: IDS002GP, IDS902CarePersQual"
    ]


def test_the_one_broken_file_among_several_is_named(extract: Path) -> None:
    folder = extract / "v2_1" / "IDS205InternetTherLog"
    folder.mkdir()
    duckdb.sql("select 's1' as UniqueSubmissionID").write_parquet(str(folder / "a.parquet"))
    (folder / "b.parquet").write_bytes((folder / "a.parquet").read_bytes()[:40])
    with pytest.raises(InputError, match=r"b\.parquet: not a readable Parquet file"):
        create_views(duckdb.connect(), MDS, extract, "MDS_DIR")


def write_version_2_0(extract: Path) -> None:
    for table, rows in ROWS.items():
        older = [{**row, "DatSetVer": "2.0"} if table == "IDS000Header" else row for row in rows]
        write_csv(extract / "v2_0" / table / "march.csv", older)


def test_two_versions_of_one_source_meet_in_one_view(extract: Path) -> None:
    write_version_2_0(extract)
    connection = read(extract)
    both = [("v2_0", "v2_0/IDS101Referral/march.csv", 0), ("v2_1", "v2_1/IDS101Referral/april.csv", 0)]
    rows = connection.execute("select mds_version, source_file, source_row from raw.v2_ids101referral order by 1")
    assert rows.fetchall() == both
    listed = connection.execute(
        "select source_name, mds_version, source_file from raw.input_files where source_table = 'IDS101Referral' "
        "order by 2"
    )
    assert listed.fetchall() == [("mds_v2", version, file) for version, file, _ in both]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_column_of_a_later_version_does_not_count_in_an_earlier_one(extract: Path, kind: str) -> None:
    write_version_2_0(extract)
    for folder in ("v2_0", "v2_1"):
        for file in list((extract / folder / "IDS001MPI").iterdir()):
            file.unlink()
        people = [{**ROWS["IDS001MPI"][0], "EthnicCategory2021": "x"}]
        file = write_csv(extract / folder / "IDS001MPI" / "people.csv", people)
        if kind == "parquet":
            duckdb.read_csv(str(file)).write_parquet(str(file.with_suffix(".parquet")))
            file.unlink()
    found = read(extract).execute(
        "select mds_version, EthnicCategory, EthnicCategory2021 from raw.v2_ids001mpi order by 1"
    )
    assert found.fetchall() == [("v2_0", "A", None), ("v2_1", "A", "x")]


def test_each_folder_is_held_against_its_own_version(extract: Path) -> None:
    write_version_2_0(extract)
    write_csv(extract / "v2_0" / "IDS000Header" / "april.csv", ROWS["IDS000Header"])
    message = "april.csv: IDS000Header says data set version '2.1'; folder 'v2_0' holds version 2.0"
    with pytest.raises(InputError, match=re.escape(message)):
        read(extract)


def test_a_required_table_is_required_in_every_folder_that_is_given(extract: Path) -> None:
    write_version_2_0(extract)
    (extract / "v2_0" / "IDS101Referral" / "march.csv").unlink()
    with pytest.raises(InputError, match=r"v2_0/IDS101Referral: no CSV or Parquet file"):
        read(extract)


def test_a_folder_that_is_taken_away_leaves_no_row(extract: Path) -> None:
    write_version_2_0(extract)
    connection = read(extract)
    (extract / "v2_0").rename(extract.with_name("elsewhere"))
    create_views(connection, MDS, extract, "MDS_DIR")
    assert connection.execute("select distinct mds_version from raw.v2_ids001mpi").fetchall() == [("v2_1",)]
    assert connection.execute("select distinct mds_version from raw.input_files").fetchall() == [("v2_1",)]
    assert connection.execute("select count(*) from raw_text.v2_0_ids001mpi").fetchall() == [(0,)]


def test_a_source_that_is_not_given_has_its_columns_and_no_rows(extract: Path) -> None:
    given = read(extract).execute("describe raw.v2_ids001mpi").fetchall()
    connection = duckdb.connect()
    create_empty_views(connection, MDS)
    assert connection.execute("describe raw.v2_ids001mpi").fetchall() == given
    assert connection.execute("select count(*) from raw.v2_ids001mpi").fetchall() == [(0,)]


@pytest.mark.parametrize("source", ["mds_v1_5", "mds_v2"])
def test_absent_tables_and_columns_have_the_types_of_those_that_are_given(source: str, tmp_path: Path) -> None:
    contract = CONTRACTS[source]
    folder = contract.folders[-1].name
    for table in contract.tables:
        row = {column.name: "" for column in table.columns} | {"DatSetVer": "2.1"}
        write_csv(tmp_path / "all" / folder / table.name / "one.csv", [row])
        required = {column.name: "" for column in table.columns if column.is_required} | {"DatSetVer": "2.1"}
        write_csv(tmp_path / "few" / folder / table.name / "one.csv", [required])
    few, none = read(tmp_path / "few", contract), duckdb.connect()
    create_empty_views(none, contract)
    given = read(tmp_path / "all", contract)
    for table in contract.tables:
        columns = f"describe raw.{table.identifier}"
        expected = given.execute(columns).fetchall()
        assert few.execute(columns).fetchall() == expected
        assert none.execute(columns).fetchall() == expected
        assert none.execute(f"select count(*) from raw.{table.identifier}").fetchall() == [(0,)]


def test_listings_of_an_older_build_file_are_made_anew(extract: Path) -> None:
    connection = duckdb.connect()
    connection.execute("create schema raw")
    older = "source_name varchar, source_table varchar, source_file varchar"
    connection.execute(f"create table raw.input_files ({older}, row_count bigint)")
    connection.execute("insert into raw.input_files values ('mds_v2_1', 'IDS001MPI', 'v2_1/IDS001MPI/april.csv', 1)")
    create_views(connection, MDS, extract, "MDS_DIR")
    listed = connection.execute("select source_name, mds_version from raw.input_files where source_table = 'IDS001MPI'")
    assert listed.fetchall() == [("mds_v2", "v2_1")]


def test_a_column_cannot_begin_in_a_folder_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "_x__sources.yml"
    file.write_text(
        "sources: [{name: x, config: {meta: {input_folders: {a: '1'}}}, tables: [{name: t, columns: "
        "[{name: c, data_type: date, config: {meta: {since: b}}}]}]}]"
    )
    with pytest.raises(ValueError, match=r"t\.c: since 'b' is none of a"):
        read_contracts([file])


def test_a_description_takes_the_text_of_its_doc_block(tmp_path: Path) -> None:
    file = tmp_path / "_some__sources.yml"
    file.write_text(
        "sources: [{name: s, config: {meta: {input_folders: {}}}, tables: [{name: t, description: Rows., columns: "
        """[{name: c, data_type: date, description: '{{ doc("day") }} Or none.'}]}]}]""",
        encoding="utf-8",
    )
    (column,) = read_contracts([file], {"day": "\nThe day.\n"})["s"].tables[0].columns
    assert column.description == "The day. Or none."
    with pytest.raises(ValueError, match=r"t\.c: no doc block 'day'"):
        read_contracts([file])
