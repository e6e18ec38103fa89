"""Which files of an input folder are data, how odd files are read, and the one line where they cannot be."""

from __future__ import annotations

import gzip
import json
import os
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from iapt_equity.inputs.errors import InputError
from iapt_equity.inputs.folders import FILES_NOT_READ, REASONS, say_unread
from iapt_equity.inputs.reader import create_views
from in_process import PROJECT
from test_inputs import CONTRACTS, MDS, PATIENT, ROWS, read, write_csv

pytestmark = pytest.mark.slow

PEOPLE = "IDS001MPI"
HEADER = "UniqueSubmissionID,LocalPatientId,EthnicCategory"


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """A small extract that can be read: the four required tables, in CSV."""
    for table, rows in ROWS.items():
        write_csv(tmp_path / "mds" / "v2_1" / table / "april.csv", rows)
    return tmp_path / "mds"


def people(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute("select LocalPatientId from raw.v2_ids001mpi order by all").fetchall()
    return [str(name) for (name,) in rows]


def normal(names: list[str]) -> list[str]:
    """Identifiers as they are read, in order: in upper case."""
    return sorted(name.upper() for name in names)


def person(name: str) -> list[dict[str, str]]:
    return [{"UniqueSubmissionID": "s1", "LocalPatientId": name, "EthnicCategory": "A"}]


def write_people(file: Path, *names: str) -> Path:
    """A Parquet file of the table of people, or a CSV file by its ending."""
    rows = [row for name in names for row in person(name)]
    if file.suffix == ".csv":
        return write_csv(file, rows)
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), file)
    return file


def unread(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    rows = connection.execute(f"select source_file, reason_code from {FILES_NOT_READ}").fetchall()
    return {str(name): str(reason) for name, reason in rows}


# Paths are no patterns, and may be written in any way.

ODD_NAMES = [
    "Referral[1]",
    "R*",
    "what?",
    'it\'s "quoted"',
    "{{ 1/0 }} {% raw %}",
    "=cmd('x')",
    "<b>bold</b>",
    "100% a;b--",
    "caf\u00e9 \u4e2d",
    "two\nlines",
    "month=04",
    "$name",
]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_of_files_are_no_patterns_and_no_code(extract: Path, name: str, kind: str) -> None:
    # Beside it what the name would match as a pattern, in folders that would match too.
    folder = extract / "v2_1" / PEOPLE / "20[12]*"
    write_people(folder / f"{name}.{kind}", "odd")
    for other in ("Referral1", "Rx", "what!"):
        write_people(extract / "v2_1" / PEOPLE / "201x" / f"{other}.{kind}", other)
    connection = read(extract)
    assert people(connection) == normal(sorted(["odd", "Referral1", "Rx", "what!", PATIENT]))
    found = connection.execute("select source_file from raw.v2_ids001mpi where LocalPatientId = 'ODD'").fetchall()
    assert found == [(f"v2_1/{PEOPLE}/20[12]*/{name}.{kind}",)]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_backslash_in_a_name_stops_in_one_line(extract: Path, kind: str) -> None:
    write_people(extract / "v2_1" / PEOPLE / f"back\\slash.{kind}", "odd")
    with pytest.raises(InputError, match="the name holds a backslash, which cannot be read; rename it"):
        read(extract)


@pytest.mark.parametrize("above", ["a*b", "it's [x]", "{{ x }}", "tenants/x=1", "~"])
def test_the_input_folder_may_have_any_name(tmp_path: Path, above: str) -> None:
    mds = tmp_path / above
    for table, rows in ROWS.items():
        write_csv(mds / "v2_1" / table / "april.csv", rows)
    write_people(mds / "v2_1" / PEOPLE / "may.parquet", "parquet")
    connection = read(mds)
    found = connection.execute("select distinct source_file from raw.v2_ids001mpi order by 1").fetchall()
    assert found == [(f"v2_1/{PEOPLE}/april.csv",), (f"v2_1/{PEOPLE}/may.parquet",)]


@pytest.mark.parametrize("written", [".", "./", "../mds", "../mds/", "../../top/mds//", "v2_1/.."])
def test_the_input_folder_may_be_written_in_any_way(
    tmp_path: Path, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mds = tmp_path / "top" / "mds"
    for table, rows in ROWS.items():
        write_csv(mds / "v2_1" / table / "april.csv", rows)
    write_people(mds / "v2_1" / PEOPLE / "may.parquet", "parquet")
    monkeypatch.chdir(mds)
    connection = read(Path(written))
    # What is read does not hang on where the reader of the views stands.
    monkeypatch.chdir(tmp_path)
    found = connection.execute("select source_file, LocalPatientId from raw.v2_ids001mpi order by 1").fetchall()
    assert found == [(f"v2_1/{PEOPLE}/april.csv", PATIENT), (f"v2_1/{PEOPLE}/may.parquet", "PARQUET")]


def test_a_file_name_that_is_no_text_is_named_in_one_line(extract: Path) -> None:
    name = os.fsdecode(b"caf\xe9.csv")
    try:
        (extract / "v2_1" / PEOPLE / name).write_text(HEADER)
    except OSError:
        pytest.skip("the file system takes names in UTF-8 only")
    with pytest.raises(InputError, match="a file name that is not UTF-8") as error:
        read(extract)
    str(error.value).encode("utf-8")


# Hidden files and folders are not read.

HIDDEN = [
    ".ipynb_checkpoints/april-checkpoint.csv",
    ".hidden.csv",
    "._april.csv",
    "~$april.csv",
    "~april.csv",
    ".Trash-1000/files/april.csv",
    "_temporary/0/part-0.parquet",
    "$RECYCLE.BIN/april.csv",
    "#recycle/april.csv",
    "@Recycle/april.csv",
    "__MACOSX/._april.csv",
    "month=04/.part-0.parquet.crc",
    ".git/a.csv",
]


@pytest.mark.parametrize("name", HIDDEN)
def test_hidden_copies_are_not_read_and_are_listed(extract: Path, name: str) -> None:
    write_people(extract / "v2_1" / PEOPLE / name, "stale")
    connection = read(extract)
    assert people(connection) == normal([PATIENT])
    assert unread(connection) == {f"v2_1/{PEOPLE}/{name}": "hidden"}


def test_hidden_folders_beside_the_tables_are_not_read(extract: Path) -> None:
    write_people(extract / "v2_1" / ".ipynb_checkpoints" / PEOPLE / "april.csv", "stale")
    write_people(extract / "v2_1" / f".{PEOPLE}.csv", "stale")
    connection = read(extract)
    assert people(connection) == normal([PATIENT])
    assert set(unread(connection).values()) == {"hidden"}


def test_other_files_are_listed_with_the_reason_and_counted_in_one_line(extract: Path) -> None:
    folder = extract / "v2_1" / PEOPLE
    for name in ("april.xlsx", "april.csv.bak", "april.csv~", "april.csv.crdownload", "_SUCCESS", "Thumbs.db"):
        (folder / name).write_text(HEADER)
    (folder / "notes.txt").write_text("These were sent again in May.")
    (folder / "picture.dat").write_bytes(b"\x00\x01\x02")
    (folder / "gone.csv").symlink_to(folder / "nowhere.csv")
    write_people(extract / "v2_1" / "IDS902CarePersQual" / "one.csv", "other")
    (extract / "v2_1" / "README").write_text("x")
    connection = read(extract)
    assert people(connection) == normal([PATIENT])
    place = f"v2_1/{PEOPLE}/"
    endings = ("april.xlsx", "april.csv.bak", "april.csv~", "april.csv.crdownload", "_SUCCESS", "Thumbs.db")
    assert unread(connection) == {
        **{place + name: "unknown_ending" for name in endings},
        f"{place}notes.txt": "other_header",
        f"{place}picture.dat": "other_header",
        f"{place}gone.csv": "no_file",
        "v2_1/IDS902CarePersQual/one.csv": "unknown_table",
        "v2_1/README": "unknown_ending",
    }
    (line,) = say_unread(connection)
    assert line.startswith("11 files or folders not read, listed in quality.files_not_read: MDS_DIR: 7 ending")
    assert "\n" not in line


def test_old_files_beside_new_ones_of_the_same_name_are_not_read(extract: Path) -> None:
    place = extract / "v2_1" / PEOPLE
    write_people(place / "Archive" / "april.csv", "stale")
    write_people(place / "Archive" / "march.csv", "kept")
    write_people(place / "Old Trust" / "april.csv", "kept too")
    write_people(place / "2016" / "may.csv", "new")
    write_people(place / "2016" / "superseded" / "may.csv", "stale too")
    connection = duckdb.connect()
    rows = create_views(connection, MDS, extract, "MDS_DIR")
    assert people(connection) == normal([PATIENT, "kept", "kept too", "new"])
    assert unread(connection) == {
        f"v2_1/{PEOPLE}/Archive/april.csv": "replaced",
        f"v2_1/{PEOPLE}/2016/superseded/may.csv": "replaced",
    }
    # The folder of which something is read is named, the other ones are not.
    assert [line for line in rows if "read as data" in line] == [
        f"{place / 'Archive'}: read as data, whatever its name says; move it elsewhere if other files replaced it"
    ]


def test_no_line_where_every_file_is_read(extract: Path) -> None:
    assert say_unread(read(extract)) == []


def test_a_listing_of_the_last_time_is_replaced(extract: Path) -> None:
    (extract / "v2_1" / PEOPLE / "april.xlsx").write_text("x")
    connection = read(extract)
    (extract / "v2_1" / PEOPLE / "april.xlsx").unlink()
    create_views(connection, MDS, extract, "MDS_DIR")
    assert unread(connection) == {}


def test_the_same_holds_in_the_reference_folder(tmp_path: Path) -> None:
    reference = tmp_path / "reference"
    write_csv(reference / "deprivation" / "a.csv", [{"lsoa_code": "E01000001", "imd_decile": "3"}])
    write_csv(reference / "deprivation" / ".ipynb_checkpoints" / "a.csv", [{"lsoa_code": "E01", "imd_decile": "9"}])
    write_csv(reference / "lookups" / "x.csv", [{"a": "b"}])
    (reference / "deprivation" / "a.xlsx").write_text("x")
    connection = duckdb.connect()
    create_views(connection, CONTRACTS["reference"], reference, "REFERENCE_DIR")
    assert connection.execute("select lsoa_code from raw.reference_deprivation").fetchall() == [("E01000001",)]
    assert unread(connection) == {
        "deprivation/.ipynb_checkpoints/a.csv": "hidden",
        "deprivation/a.xlsx": "unknown_ending",
        "lookups/": "unknown_table",
    }
    assert "REFERENCE_DIR" in say_unread(connection)[0]


def test_every_reason_is_one_that_the_mart_accepts() -> None:
    page = (PROJECT / "models/quality/accounting/_accounting__models.yml").read_text(encoding="utf-8")
    block = page.split("- name: files_not_read")[1].split("- name: validation_warnings")[0]
    accepted = set(re.findall(r"^ +- (\w+)$", block, re.MULTILINE))
    assert accepted == set(REASONS)


def test_links_to_folders_are_followed_once(extract: Path, tmp_path: Path) -> None:
    write_people(tmp_path / "elsewhere" / "may.csv", "linked")
    folder = extract / "v2_1" / PEOPLE
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    (folder / "circle").symlink_to(folder)
    assert people(read(extract)) == normal([PATIENT, "linked"])


@pytest.mark.parametrize("name", ["IDS001MPI.parquet", "ids001mpi.csv", "IDS001MPI.delta"])
def test_a_folder_may_be_named_as_a_file(extract: Path, name: str) -> None:
    (extract / "v2_1" / PEOPLE / "april.csv").unlink()
    (extract / "v2_1" / PEOPLE).rmdir()
    write_people(extract / "v2_1" / name / "part-0.parquet", "spark")
    assert people(read(extract)) == normal(["spark"])


def test_values_of_partition_folders_stay_text(extract: Path) -> None:
    (extract / "v2_1" / PEOPLE / "april.csv").unlink()
    for code in ("01", "A"):
        file = extract / "v2_1" / PEOPLE / f"EthnicCategory={code}" / "part-0.parquet"
        file.parent.mkdir()
        pq.write_table(pa.table({"UniqueSubmissionID": ["s1"], "LocalPatientId": [code]}), file)
        if code == "01":
            found = read(extract).execute("select EthnicCategory from raw.v2_ids001mpi").fetchall()
            assert found == [("01",)]
    found = read(extract).execute("select EthnicCategory from raw.v2_ids001mpi order by 1").fetchall()
    assert found == [("01",), ("A",)]


# Delta tables.


def write_log(folder: Path, *commits: list[dict[str, object]], first: int = 0) -> None:
    log = folder / "_delta_log"
    log.mkdir(parents=True, exist_ok=True)
    for number, commit in enumerate(commits, start=first):
        text = "\n".join(json.dumps(action) for action in commit)
        (log / f"{number:020d}.json").write_text(text + "\n", encoding="utf-8")


def add(path: str, **more: object) -> dict[str, object]:
    return {"add": {"path": quote(path), "partitionValues": {}, "size": 1, "dataChange": True, **more}}


def remove(path: str) -> dict[str, object]:
    return {"remove": {"path": quote(path), "dataChange": True}}


@pytest.fixture
def delta(extract: Path) -> Path:
    """A Delta table of people whose first file was replaced."""
    folder = extract / "v2_1" / PEOPLE
    (folder / "april.csv").unlink()
    write_people(folder / "part-0 old.parquet", "stale")
    write_people(folder / "part-1 [new].parquet", "current")
    write_log(folder, [add("part-0 old.parquet")], [remove("part-0 old.parquet"), add("part-1 [new].parquet")])
    return folder


def test_a_delta_table_is_read_at_its_current_version(extract: Path, delta: Path) -> None:
    connection = read(extract)
    assert people(connection) == normal(["current"])
    assert unread(connection) == {f"v2_1/{PEOPLE}/part-0 old.parquet": "not_in_current_version"}


VECTOR = {"storageType": "u", "pathOrInlineDv": "ab^-aqEH.-t@S}K{vb[*k^", "offset": 1, "cardinality": 6}


def test_a_delta_table_is_read_whose_deletion_vectors_are_gone(extract: Path, delta: Path) -> None:
    name = "part-1 [new].parquet"
    restored = [add(name), {"remove": {**remove(name)["remove"], "deletionVector": VECTOR}}]  # type: ignore[dict-item]
    write_log(delta, [remove(name), add(name, deletionVector=VECTOR)], restored, first=2)
    assert people(read(extract)) == normal(["current"])


def write_checkpoint(folder: Path, name: str, actions: list[dict[str, object]]) -> None:
    fields = [
        ("add", pa.struct([("path", pa.string()), ("partitionValues", pa.map_(pa.string(), pa.string()))])),
        ("remove", pa.struct([("path", pa.string())])),
        ("protocol", pa.struct([("minReaderVersion", pa.int32())])),
    ]
    rows = [{name: action.get(name) for name, _ in fields} for action in actions]
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(fields)), folder / "_delta_log" / name)


def only_path(path: str) -> dict[str, object]:
    return {"add": {"path": quote(path), "partitionValues": []}}


def test_a_checkpoint_stands_for_a_log_whose_beginning_is_gone(extract: Path, delta: Path) -> None:
    write_people(delta / "part-2.parquet", "later")
    write_log(delta, [add("part-2.parquet"), remove("part-0 old.parquet")], first=2)
    for number in (0, 1):
        (delta / "_delta_log" / f"{number:020d}.json").unlink()
    both = [only_path("part-0 old.parquet"), only_path("part-1 [new].parquet")]
    write_checkpoint(delta, f"{1:020d}.checkpoint.parquet", [{"protocol": {"minReaderVersion": 1}}, *both])
    assert people(read(extract)) == normal(["current", "later"])


def test_a_checkpoint_in_parts_counts_when_it_is_whole(extract: Path, delta: Path) -> None:
    for number in (0, 1):
        (delta / "_delta_log" / f"{number:020d}.json").unlink()
    parts = [f"{1:020d}.checkpoint.{part:010d}.{2:010d}.parquet" for part in (1, 2)]
    write_checkpoint(delta, parts[0], [only_path("part-0 old.parquet")])
    with pytest.raises(InputError, match="_delta_log: the log of the Delta table has a gap"):
        read(extract)
    write_checkpoint(delta, parts[1], [only_path("part-1 [new].parquet")])
    assert people(read(extract)) == normal(["current", "stale"])


def test_partition_folders_of_a_delta_table_give_their_column(extract: Path, delta: Path) -> None:
    file = delta / "EthnicCategory=01" / "part-2.parquet"
    file.parent.mkdir()
    pq.write_table(pa.table({"UniqueSubmissionID": ["s1"], "LocalPatientId": ["partitioned"]}), file)
    inside = add("EthnicCategory=01/part-2.parquet", partitionValues={"EthnicCategory": "01"})
    write_log(delta, [remove("part-1 [new].parquet"), inside], first=2)
    found = read(extract).execute("select LocalPatientId, EthnicCategory from raw.v2_ids001mpi").fetchall()
    assert found == [("PARTITIONED", "01")]


def missing_part(folder: Path) -> str:
    (folder / "part-1 [new].parquet").unlink()
    return "part-1 [new].parquet: the Delta table's log names this file and it is not there"


def gap(folder: Path) -> str:
    write_log(folder, [add("part-0 old.parquet")], first=3)
    return "_delta_log: the log of the Delta table has a gap"


def no_beginning(folder: Path) -> str:
    (folder / "_delta_log" / f"{0:020d}.json").unlink()
    return "_delta_log: the log of the Delta table has a gap"


def no_log(folder: Path) -> str:
    for file in (folder / "_delta_log").iterdir():
        file.unlink()
    return "_delta_log: the log of the Delta table has a gap"


def broken_log(folder: Path) -> str:
    (folder / "_delta_log" / f"{1:020d}.json").write_text('{"add": {"path": "pa')
    return "_delta_log: the log of the Delta table cannot be read"


def log_of_another_kind(folder: Path) -> str:
    (folder / "_delta_log" / f"{1:020d}.json").write_text('{"add": 5}\n["x"]')
    return "_delta_log: the log of the Delta table cannot be read"


def damaged_checkpoint(folder: Path) -> str:
    (folder / "_delta_log" / f"{0:020d}.json").unlink()
    (folder / "_delta_log" / f"{1:020d}.checkpoint.parquet").write_bytes(b"PAR1 but no more")
    return "_delta_log: the log of the Delta table cannot be read"


def deletion_vectors(folder: Path) -> str:
    write_log(folder, [add("part-1 [new].parquet", deletionVector={"storageType": "u", "cardinality": 1})], first=2)
    return "a Delta table with deletion vectors, which are not read"


def deletion_vectors_before_the_removal(folder: Path) -> str:
    """A file is added with its vector and removed without it in one commit, whose actions have no order."""
    name = "part-1 [new].parquet"
    write_log(folder, [add(name, deletionVector=VECTOR), remove(name), add("part-0 old.parquet")], first=2)
    return "a Delta table with deletion vectors, which are not read"


def column_mapping(folder: Path) -> str:
    write_log(folder, [{"metaData": {"configuration": {"delta.columnMapping.mode": "name"}}}], first=2)
    return "a Delta table with column mapping, which is not read"


def unknown_feature(folder: Path) -> str:
    protocol = {"minReaderVersion": 3, "readerFeatures": ["timestampNtz", "variantType"]}
    write_log(folder, [{"protocol": protocol}], first=2)
    return "a Delta table with variantType, which is not read"


def later_reader(folder: Path) -> str:
    write_log(folder, [{"protocol": {"minReaderVersion": 4}}], first=2)
    return "a Delta table with reader version 4, which is not read"


def files_elsewhere(folder: Path) -> str:
    write_log(folder, [{"add": {"path": "s3://bucket/part.parquet"}}], first=2)
    return "a Delta table with files outside its folder"


def files_above(folder: Path) -> str:
    write_log(folder, [add("../other/part.parquet")], first=2)
    return "a Delta table with files outside its folder"


def partitions_without_folders(folder: Path) -> str:
    write_log(folder, [add("part-0 old.parquet", partitionValues={"EthnicCategory": "A"})], first=2)
    return "a Delta table whose partitions are not folders of that name"


def iceberg(folder: Path) -> str:
    (folder / "metadata").mkdir()
    (folder / "metadata" / "v1.metadata.json").write_text("{}")
    return "Iceberg tables are not read"


def hudi(folder: Path) -> str:
    (folder / ".hoodie").mkdir()
    return "Hudi tables are not read"


@pytest.mark.parametrize(
    "spoil",
    [
        missing_part,
        gap,
        no_beginning,
        no_log,
        broken_log,
        log_of_another_kind,
        damaged_checkpoint,
        deletion_vectors,
        deletion_vectors_before_the_removal,
        column_mapping,
        unknown_feature,
        later_reader,
        files_elsewhere,
        files_above,
        partitions_without_folders,
        iceberg,
        hudi,
    ],
)
def test_a_table_whose_current_version_is_not_known_stops_in_one_line(
    extract: Path, delta: Path, spoil: Callable[[Path], str]
) -> None:
    expected = spoil(delta)
    with pytest.raises(InputError) as error:
        read(extract)
    assert expected in str(error.value)
    assert str(delta) in str(error.value)
    assert "\n" not in str(error.value)


# Packed and plain text.


def write_zip(file: Path, **members: str) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__dot__", ".").replace("__slash__", "/"), text)
    return file


@pytest.mark.parametrize("name", ["may.csv.zip", "may.zip", "may.CSV.ZIP", "may [1].zip"])
def test_a_zip_of_one_csv_file_is_read(extract: Path, name: str) -> None:
    folder = extract / "v2_1" / PEOPLE
    text = f'{HEADER}\r\ns1,"zipped, with comma",A\r\ns1,b,"B"\r\n'
    write_zip(folder / name, may__dot__csv=text, __MACOSX__slash___may__dot__csv="\x00\x05")
    assert people(read(extract)) == normal([PATIENT, "b", "zipped, with comma"])


def test_a_zip_may_be_the_whole_table(extract: Path) -> None:
    (extract / "v2_1" / PEOPLE / "april.csv").unlink()
    (extract / "v2_1" / PEOPLE).rmdir()
    write_zip(extract / "v2_1" / f"{PEOPLE}.zip", export__dot__txt=f"{HEADER}\ns1,whole,A\n")
    assert people(read(extract)) == normal(["whole"])


@pytest.mark.parametrize("name", ["may.txt", "may.tsv", "may.TXT", "may.psv", "may.dat", "may.txt.gz"])
def test_text_with_the_names_of_the_table_is_read(extract: Path, name: str) -> None:
    text = f"{HEADER}\ns1,text,A\n".replace(",", "|" if name == "may.psv" else "\t")
    file = extract / "v2_1" / PEOPLE / name
    file.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    connection = read(extract)
    assert people(connection) == normal([PATIENT, "text"])
    assert unread(connection) == {}


def test_text_with_the_names_of_another_table_is_listed(extract: Path) -> None:
    file = extract / "v2_1" / PEOPLE / "may.txt"
    file.write_text("UniqueSubmissionID,ServiceRequestId\ns1,r1\n")
    connection = read(extract)
    assert people(connection) == normal([PATIENT])
    assert unread(connection) == {f"v2_1/{PEOPLE}/may.txt": "other_header"}


# Lines before the names, columns without a name, commas at the ends of lines.

ROW = "s1,second,B"


@pytest.mark.parametrize(
    "text",
    [
        f"\n{HEADER}\n{ROW}\n",
        f"\r\n\r\n{HEADER}\r\n{ROW}\r\n",
        f",,\n  \n{HEADER}\n{ROW}\n",
        f"sep=,\n{HEADER}\n{ROW}\n",
        f"\ufeff\n{HEADER}\n{ROW}\n",
        f"{HEADER},,\n{ROW},,\n",
        f"{HEADER},\n{ROW}\n",
        f"{HEADER}\n{ROW},\n",
        f'{HEADER},"", \n{ROW},,\n',
        f"{HEADER},,\n{ROW},remark,\n",
        f"\n{HEADER},,\n{ROW},,\n,,,,\n\n",
        f",{HEADER}\n0,{ROW}\n",
        f"UniqueSubmissionID,,LocalPatientId,,EthnicCategory\n{ROW.replace(',', ',x,')}\n",
    ],
)
@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_blanks_around_the_names_change_nothing(extract: Path, text: str, ending: str) -> None:
    (extract / "v2_1" / PEOPLE / "april.csv").unlink()
    file = extract / "v2_1" / PEOPLE / f"april.{ending}"
    file.write_bytes(gzip.compress(text.encode()) if ending == "csv.gz" else text.encode())
    found = read(extract).execute(
        "select UniqueSubmissionID, LocalPatientId, EthnicCategory, source_row from raw.v2_ids001mpi "
        "where LocalPatientId is not null"
    )
    assert found.fetchall() == [("S1", "SECOND", "B", 0)]


def test_what_is_passed_over_is_said(extract: Path) -> None:
    (extract / "v2_1" / PEOPLE / "april.csv").write_text(f"\n{HEADER},,\n{ROW},,\n")
    notices = create_views(duckdb.connect(), MDS, extract, "MDS_DIR")
    said = "read with 1 lines before the column names passed over and 2 columns without a name passed over"
    assert f"v2_1/{PEOPLE}/april.csv: {said}" in notices


def test_a_stray_comma_is_not_taken_for_a_comma_at_the_end(extract: Path) -> None:
    # The comma in a name shifts the blank at the end out of the row: read by width, the code would be wrong.
    text = f"{HEADER}\ns1,Smith, John,\ns1,b,B\ns1,c,C\n"
    (extract / "v2_1" / PEOPLE / "april.csv").write_text(text)
    connection = read(extract)
    assert people(connection) == normal(["b", "c"])
    found = connection.execute("select source_file, source_row, reason_code from raw.unreadable_rows").fetchall()
    assert found == [(f"v2_1/{PEOPLE}/april.csv", 0, "row_unreadable")]


# What stops in one line.


def cut_utf16(folder: Path) -> str:
    (folder / "may.csv").write_bytes(f"{HEADER}\n{ROW}\n".encode("utf-16")[:-3])
    return "may.csv: cannot be read to its end, so it is cut off or damaged (utf-16)"


def cut_utf16_in_the_names(folder: Path) -> str:
    (folder / "may.csv").write_bytes(HEADER.encode("utf-16")[:-3])
    return "may.csv: not a readable CSV file"


def cut_gzip(folder: Path) -> str:
    rows = "".join(f"s1,{os.urandom(20).hex()},A\n" for _ in range(20_000))
    (folder / "may.csv.gz").write_bytes(gzip.compress(f"{HEADER}\n{rows}".encode())[:-5000])
    return "may.csv.gz: not a readable CSV file"


def damaged_gzip(folder: Path) -> str:
    data = bytearray(gzip.compress(f"{HEADER}\n{ROW}\n".encode() * 500))
    data[30:40] = bytes(10)
    (folder / "may.csv.gz").write_bytes(bytes(data))
    return "may.csv.gz: not a readable CSV file"


def no_gzip(folder: Path) -> str:
    (folder / "may.csv.gz").write_text(f"{HEADER}\n{ROW}\n")
    return "may.csv.gz: not a readable CSV file"


def no_zip(folder: Path) -> str:
    (folder / "may.zip").write_text(f"{HEADER}\n{ROW}\n")
    return "may.zip: not a readable zip file"


def cut_zip(folder: Path) -> str:
    file = write_zip(folder / "may.zip", may__dot__csv=f"{HEADER}\n{ROW}\n" * 500)
    file.write_bytes(file.read_bytes()[:-30])
    return "may.zip: not a readable zip file"


def damaged_zip(folder: Path) -> str:
    file = write_zip(folder / "may.zip", may__dot__csv=f"{HEADER}\n{ROW}\n" * 500)
    data = bytearray(file.read_bytes())
    data[45:55] = bytes(10)
    file.write_bytes(bytes(data))
    return "may.zip: not a readable CSV file"


def zip_of_two(folder: Path) -> str:
    write_zip(folder / "may.csv.zip", a__dot__csv=HEADER, b__dot__csv=HEADER)
    return "may.csv.zip: holds 2 files; expected one CSV file"


def zip_of_none(folder: Path) -> str:
    write_zip(folder / "may.zip")
    return "may.zip: holds 0 files; expected one CSV file"


def zip_of_a_spreadsheet(folder: Path) -> str:
    write_zip(folder / "may.zip", a__dot__xlsx="x")
    return "may.zip: holds no CSV file"


def zip_with_a_password(folder: Path) -> str:
    file = write_zip(folder / "may.zip", a__dot__csv=HEADER)
    data = bytearray(file.read_bytes())
    # The flag of encryption, in the member's own header and in the archive's.
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(bytes(data))
    return "may.zip: is locked by a password"


def zip_packed_in_another_way(folder: Path) -> str:
    file = write_zip(folder / "may.zip", a__dot__csv=HEADER)
    data = bytearray(file.read_bytes())
    # The number of the way, in the member's own header and in the archive's: none that zipfile knows.
    data[8] = data[data.index(b"PK\x01\x02") + 10] = 99
    file.write_bytes(bytes(data))
    return "may.zip: is packed in a way that is not read"


def only_blank_lines(folder: Path) -> str:
    (folder / "may.csv").write_text("\n\n,,,\n")
    return "may.csv: the file is empty"


def a_title_above(folder: Path) -> str:
    (folder / "may.csv").write_text(f"Extract of May\n{HEADER}\n{ROW}\n")
    return "may.csv: column UniqueSubmissionID, LocalPatientId, EthnicCategory is missing"


def utf_32(folder: Path) -> str:
    (folder / "may.csv").write_bytes(f"{HEADER}\n{ROW}\n".encode("utf-32"))
    return "may.csv: not a readable CSV file"


def list_column(folder: Path) -> str:
    rows = [{"UniqueSubmissionID": "s1", "LocalPatientId": [PATIENT], "EthnicCategory": "A"}]
    pq.write_table(pa.Table.from_pylist(rows), folder / "may.parquet")
    return "may.parquet: column LocalPatientId holds lists or structures"


def structured_column(folder: Path) -> str:
    rows = [{"UniqueSubmissionID": "s1", "LocalPatientId": {"id": PATIENT}, "EthnicCategory": "A"}]
    pq.write_table(pa.Table.from_pylist(rows), folder / "may.parquet")
    return "may.parquet: column LocalPatientId holds lists or structures"


def map_column(folder: Path) -> str:
    codes = pa.array([[("a", PATIENT)]], pa.map_(pa.string(), pa.string()))
    table = pa.table({"UniqueSubmissionID": ["s1"], "LocalPatientId": ["x"], "EthnicCategory": codes})
    pq.write_table(table, folder / "may.parquet")
    return "may.parquet: column EthnicCategory holds lists or structures"


def cut_parquet(folder: Path) -> str:
    file = write_people(folder / "may.parquet", *(str(number) for number in range(500)))
    file.write_bytes(file.read_bytes()[:-100])
    return "may.parquet: not a readable Parquet file"


def parquet_without_its_beginning(folder: Path) -> str:
    file = write_people(folder / "may.parquet", "x")
    file.write_bytes(file.read_bytes()[100:-4])
    return "may.parquet: not a readable Parquet file"


def csv_named_parquet(folder: Path) -> str:
    (folder / "may.parquet").write_text(f"{HEADER}\n{ROW}\n")
    return "may.parquet: not a readable Parquet file"


def parquet_named_csv(folder: Path) -> str:
    (folder / "may.csv").write_bytes(write_people(folder / "may.parquet", "x").read_bytes())
    return "may.csv: not a readable CSV file"


def two_columns_of_one_name(folder: Path) -> str:
    names = [*HEADER.split(","), "ETHNICCATEGORY"]
    pq.write_table(pa.table([["s1"], ["x"], [None], ["A"]], names=names), folder / "may.parquet")
    return "may.parquet: a column name stands twice"


def two_columns_that_could_be_one(folder: Path) -> str:
    (folder / "may.csv").write_text(f"{HEADER},Person ID,[Person_Id]\n{ROW},1,2\n")
    return "may.csv: columns Person ID and [Person_Id] could both be Person_ID; rename one"


def page_of_a_sign_in(folder: Path) -> str:
    (folder / "may.csv").write_text("<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>\n")
    return "may.csv: column UniqueSubmissionID, LocalPatientId, EthnicCategory is missing"


def pointer_of_git_lfs(folder: Path) -> str:
    (folder / "may.parquet").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n")
    return "may.parquet: not a readable Parquet file"


def spreadsheet_named_csv(folder: Path) -> str:
    file = write_zip(folder / "may.zip", xl__slash__workbook__dot__xml="<workbook/>" * 50)
    file.rename(folder / "may.csv")
    return "may.csv: "


def rows_as_json(folder: Path) -> str:
    (folder / "may.csv").write_text(json.dumps(person(PATIENT)))
    return "may.csv: "


STOPS = [
    two_columns_of_one_name,
    two_columns_that_could_be_one,
    page_of_a_sign_in,
    pointer_of_git_lfs,
    spreadsheet_named_csv,
    rows_as_json,
    cut_utf16,
    cut_utf16_in_the_names,
    cut_gzip,
    damaged_gzip,
    no_gzip,
    no_zip,
    cut_zip,
    damaged_zip,
    zip_of_two,
    zip_of_none,
    zip_of_a_spreadsheet,
    zip_with_a_password,
    zip_packed_in_another_way,
    only_blank_lines,
    a_title_above,
    utf_32,
    list_column,
    structured_column,
    map_column,
    cut_parquet,
    parquet_without_its_beginning,
    csv_named_parquet,
    parquet_named_csv,
]


@pytest.mark.parametrize("spoil", STOPS)
def test_a_file_that_cannot_be_read_stops_in_one_line_and_changes_nothing(
    extract: Path, spoil: Callable[[Path], str]
) -> None:
    connection = read(extract)
    expected = spoil(extract / "v2_1" / PEOPLE)
    with pytest.raises(InputError) as error:
        create_views(connection, MDS, extract, "MDS_DIR")
    message = str(error.value)
    assert expected in message
    assert "\n" not in message
    assert PATIENT not in message
    assert people(connection) == normal([PATIENT])


SCORES = "IDS607CodedScoreAssessmentAct"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "april.csv.zst",
            "april.csv.bz2",
            "april.xlsx",
            "april.json",
            "part-0.snappy.orc",
            "part-00000",
            "2022/april.7z",
        ),
        # Text of bcp, which writes no names.
        *("april.txt", "april.dat"),
    ],
)
def test_a_table_of_which_no_file_can_be_read_stops_in_one_line(extract: Path, name: str) -> None:
    """Scores are optional: without this, nobody would have recovered, and the build be green."""
    connection = read(extract)
    file = extract / "v2_1" / SCORES / name
    file.parent.mkdir(parents=True)
    file.write_text("s1,a1,720433000,12\n")
    with pytest.raises(InputError) as error:
        create_views(connection, MDS, extract, "MDS_DIR")
    expected = f"{SCORES}: no CSV or Parquet file with its column names among its 1 files, such as {file.name};"
    assert expected in str(error.value)
    assert "\n" not in str(error.value)
    assert people(connection) == normal([PATIENT])
    (extract / "v2_1" / SCORES / "may.csv").write_text("UniqueSubmissionID,CareActId,CodedAssToolType,PersScore\n")
    assert set(unread(read(extract)).values()) <= {"unknown_ending", "other_header"}


@pytest.mark.parametrize("name", ["_SUCCESS", ".april.csv.zst", "_temporary/april.csv.zst"])
def test_a_folder_without_a_file_of_data_is_an_empty_table(extract: Path, name: str) -> None:
    file = extract / "v2_1" / SCORES / name
    file.parent.mkdir(parents=True)
    file.write_text("" if name == "_SUCCESS" else "x")
    connection = read(extract)
    assert connection.execute(f"select count(*) from raw.v2_{SCORES.lower()}").fetchall() == [(0,)]


def test_the_one_file_of_a_table_that_cannot_be_read_stops_in_one_line(extract: Path, tmp_path: Path) -> None:
    (extract / "v2_1" / f"{SCORES}.csv.zst").write_text("x")
    with pytest.raises(InputError, match=f"{SCORES}: no CSV or Parquet file with its column names among its 1 files"):
        read(extract)
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "deprivation.xlsx").write_text("x")
    with pytest.raises(InputError, match="deprivation: no CSV or Parquet file with its column names among its 1 files"):
        create_views(duckdb.connect(), CONTRACTS["reference"], tmp_path / "reference", "REFERENCE_DIR")


def test_the_very_name_of_a_column_counts_before_one_like_it(extract: Path) -> None:
    (extract / "v2_1" / PEOPLE / "april.csv").write_text(f"{HEADER},Person ID,Person_ID\ns1,a,A,other,its own\n")
    assert read(extract).execute("select Person_ID from raw.v2_ids001mpi").fetchall() == [("ITS OWN",)]


def test_long_names_are_read_where_programs_cut_them(tmp_path: Path) -> None:
    """After 30 characters in Oracle, after 32 in SAS and Stata; of fewer no name is whole enough to be known by."""
    complaints, mapped = "IDS603PresentingComplaints", "PresentingComplaintCode_ICD10_Mapped"
    for table, rows in ROWS.items():
        write_csv(tmp_path / "v2_1" / table / "april.csv", rows)
    for place, length in enumerate((len(mapped), 32, 30, 29)):
        row = {"UniqueSubmissionID": f"{place}", "ServiceRequestId": "r1", "PresComp": "1", mapped[:length]: "F32.1"}
        write_csv(tmp_path / "v2_1" / complaints / f"{length}.csv", [row])
    found = read(tmp_path).execute(f"select {mapped} from raw.v2_{complaints.lower()} order by UniqueSubmissionID")
    assert [code for (code,) in found.fetchall()] == ["F32.1", "F32.1", "F32.1", None]


def test_lists_in_a_column_that_is_not_read_do_not_matter(extract: Path) -> None:
    rows = [{**person("nested")[0], "Extra": [1, 2], "More": {"a": {"b": 1}}}]
    pq.write_table(pa.Table.from_pylist(rows), extract / "v2_1" / PEOPLE / "may.parquet")
    assert people(read(extract)) == normal([PATIENT, "nested"])


# Reference tables.


@pytest.mark.parametrize(
    ("area", "decile"),
    [
        ("LSOA code (2011)", "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)"),
        ("LSOA code (2021)", "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)"),
        ("LSOA21CD", "IMDDecil"),
        ("lsoa21_code", "IMD_decile"),
    ],
)
def test_deprivation_is_read_under_the_names_of_each_release(tmp_path: Path, area: str, decile: str) -> None:
    rows = [{area: "E01000001", "LSOA name (2021)": "City of London 001A", decile: "9"}]
    write_csv(tmp_path / "deprivation" / "File_7_[IoD].csv", rows)
    connection = duckdb.connect()
    create_views(connection, CONTRACTS["reference"], tmp_path, "REFERENCE_DIR")
    found = connection.execute("select lsoa_code, imd_decile from raw.reference_deprivation").fetchall()
    assert found == [("E01000001", 9)]


RELEASES = {
    "deprivation": [
        {"LSOA code (2011)": "E01000001", "IMD_decile": "9"},
        {"LSOA code (2021)": " e01000001", "IMD_decile": "8"},
    ],
    "commissioners": [
        {"CCG15CDH": "00C", "CCG15NM": "Darlington"},
        {"CCG19CDH": "00C", "CCG19NM": "NHS Darlington"},
    ],
    "census_ethnicity": [
        {"commissioner_code": "00C", "ethnic_category_code": "A", "population_count": "10"},
        {"commissioner_code": "00C", "ethnic_category_code": "A", "population_count": "11"},
    ],
    "census_small_areas": [
        {"lsoa_code": "E01000001", "census_group": "White", "population_count": "10"},
        {"lsoa_code": "E01000001", "census_group": "White", "population_count": "11"},
    ],
    "commissioner_successors": [
        {"commissioner_code": "00C", "successor_commissioner_code": "84H"},
        {"commissioner_code": "00c ", "successor_commissioner_code": "84H"},
    ],
    "provider_successors": [
        {"provider_code": "RAA", "successor_provider_code": "RBB", "change_month": "2018-04-01"},
        {"provider_code": "RAA", "successor_provider_code": "RBB", "change_month": "2019-04-01"},
    ],
}


@pytest.mark.parametrize("table", RELEASES)
def test_two_releases_of_a_reference_table_stop_in_one_line(tmp_path: Path, table: str) -> None:
    before, after = RELEASES[table]
    write_csv(tmp_path / table / "before.csv", [before])
    connection = duckdb.connect()
    create_views(connection, CONTRACTS["reference"], tmp_path, "REFERENCE_DIR")
    write_csv(tmp_path / table / "later.csv", [after])
    with pytest.raises(InputError) as error:
        create_views(connection, CONTRACTS["reference"], tmp_path, "REFERENCE_DIR")
    message = str(error.value)
    assert message.startswith(f"{table}/later.csv: gives 1 of the same ")
    assert f"as {table}/before.csv; two releases of {table}?" in message
    assert "\n" not in message
    assert connection.execute(f"select count(*) from raw.reference_{table}").fetchall() == [(1,)]


def test_an_area_twice_in_one_file_stops_in_one_line(tmp_path: Path) -> None:
    rows = [{"lsoa_code": "E01000001", "imd_decile": decile} for decile in "12"]
    write_csv(tmp_path / "deprivation.csv", rows)
    with pytest.raises(InputError, match=r"^deprivation\.csv: gives 1 of the same lsoa_code twice"):
        create_views(duckdb.connect(), CONTRACTS["reference"], tmp_path, "REFERENCE_DIR")


OF_A_TABLE = {
    "deprivation": {"lsoa_code": "E01000001", "imd_decile": "9"},
    "census_ethnicity": {"commissioner_code": "00C", "ethnic_category_code": "A", "population_count": "10"},
    "census_small_areas": {"lsoa_code": "E01000001", "census_group": "White", "population_count": "10"},
    "provider_successors": {
        "provider_code": "RAA",
        "successor_provider_code": "RBB",
        "change_month": "2018-04-01",
    },
}


@pytest.mark.parametrize(
    ("table", "change", "trouble"),
    [
        ("deprivation", {"imd_decile": "1 (most deprived)"}, "imd_decile that cannot be read"),
        ("deprivation", {"imd_decile": "11"}, "imd_decile that cannot be read"),
        ("census_ethnicity", {"population_count": "c"}, "population_count that cannot be read"),
        ("provider_successors", {"change_month": "201804"}, "change_month that cannot be read"),
        ("deprivation", {"lsoa_code": "#N/A"}, "lsoa_code that is blank"),
        (
            "census_ethnicity",
            {"commissioner_code": "Source: census", "ethnic_category_code": "", "population_count": ""},
            "ethnic_category_code that is blank",
        ),
        ("census_ethnicity", {"population_count": ""}, "population_count that is blank"),
        ("census_small_areas", {"population_count": "N/A"}, "population_count that is blank"),
        ("provider_successors", {"change_month": "9999-12-31"}, "change_month that is blank"),
        (
            "census_ethnicity",
            {"ethnic_category_code": "A1"},
            "ethnic_category_code that seed ethnic_categories does not list",
        ),
        (
            "census_small_areas",
            {"census_group": "White: Cornish"},
            "census_group that seed census_group_labels does not list",
        ),
        (
            "census_small_areas",
            {"census_group": "All usual residents"},
            "census_group that seed census_group_labels does not list",
        ),
    ],
)
def test_a_row_of_a_reference_table_that_says_too_little_stops_in_one_line(
    tmp_path: Path, table: str, change: dict[str, str], trouble: str
) -> None:
    row = OF_A_TABLE[table]
    other = dict(zip(row, ("E01000002", *list(row.values())[1:]), strict=True))
    write_csv(tmp_path / f"{table}.csv", [other, {**row, **change}])
    with pytest.raises(InputError) as error:
        create_views(duckdb.connect(), CONTRACTS["reference"], tmp_path, "REFERENCE_DIR")
    beginning = f"{table}.csv: 1 rows of {table} with a {trouble}, first in source_row 1; expected "
    assert str(error.value).startswith(beginning)
    assert "\n" not in str(error.value)


def test_a_name_that_means_nothing_is_none(tmp_path: Path) -> None:
    row = {"commissioner_code": "00A", "commissioner_name": "NULL", "icb_name": "N/A", "region_name": "#N/A"}
    named = dict(zip(row, ("00B", "Nadder & Napton (NA) - 1", "NHS None-such ICB", "North"), strict=True))
    write_csv(tmp_path / "commissioners.csv", [row, named])
    connection = duckdb.connect()
    create_views(connection, CONTRACTS["reference"], tmp_path, "REFERENCE_DIR")
    names = "commissioner_name, icb_name, region_name"
    found = connection.execute(f"select {names} from raw.reference_commissioners order by commissioner_code")
    assert found.fetchall() == [(None, None, None), tuple(list(named.values())[1:])]


def test_an_area_whose_decile_is_blank_is_read(tmp_path: Path) -> None:
    write_csv(tmp_path / "deprivation.csv", [{"lsoa_code": "W01000001", "imd_decile": "NULL"}])
    create_views(connection := duckdb.connect(), CONTRACTS["reference"], tmp_path, "REFERENCE_DIR")
    assert connection.execute("select * exclude (source_file) from raw.reference_deprivation").fetchall() == [
        ("W01000001", None, False, 0)
    ]


# Other time zones and locales.


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland", "UTC"])
def test_days_do_not_hang_on_where_the_machine_stands(
    extract: Path, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        file = extract / "v2_1" / "IDS201CareContact" / "april.csv"
        row = file.read_text()
        file.write_text(row.replace("2015-04-03", "2015-04-03T23:30:00"))
        found = read(extract).execute("select cast(CareContDate as varchar) from raw.v2_ids201carecontact").fetchall()
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found == [("2015-04-03",)]


@pytest.mark.parametrize("locale", ["C", "de_DE.UTF-8", "tr_TR.UTF-8"])
def test_text_does_not_hang_on_the_locale(extract: Path, locale: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LANG"):
        monkeypatch.setenv(name, locale)
    monkeypatch.setenv("PYTHONUTF8", "0")
    write_people(extract / "v2_1" / PEOPLE / "may \u00df.csv", "J\u00f8rgen \u0130")
    assert people(read(extract)) == normal(["J\u00f8rgen \u0130", PATIENT])
