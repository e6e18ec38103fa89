"""Everything that a build reads, by the variables of the environment: checked, and made views of schema ``raw``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from dbt.flags import get_flags
from dbt_common.context import get_invocation_context

from iapt_equity.inputs.contract import read_project_contracts
from iapt_equity.inputs.demo import DEMO_DIR, ensure_demo_set
from iapt_equity.inputs.errors import InputError, one_line
from iapt_equity.inputs.fingerprints import States, create_fingerprints, file_states, prepare_fingerprints
from iapt_equity.inputs.folders import HIDDEN, OUTSIDE, entries, is_hidden, list_unread, say_unread
from iapt_equity.inputs.published import create_published_views
from iapt_equity.inputs.reader import create_empty_views, create_views
from iapt_equity.inputs.shipped import published_folder
from iapt_equity.inputs.views import unreadable_values_sql
from iapt_equity.last_release import read_last_release
from iapt_equity.progress import say
from iapt_equity.publication.releases import create_released_counts, releases_folder
from iapt_equity.summary import is_demo


@dataclass(frozen=True)
class DataSet:
    """The minimum data set that a command reads.

    Attributes:
        folder: Its folder.
        is_demo: Whether it is the demo set.
        states: The state of each file before anything of it was read.
    """

    folder: Path = Path()
    is_demo: bool = False
    states: States = field(default_factory=dict)


def read_inputs(conn: duckdb.DuckDBPyConnection, warehouse: Path, keeps_records: bool = False) -> DataSet:
    """Check the inputs that the command can need, and make the views of schema ``raw``; what is unusual is said.

    Args:
        conn: Connection to the build file.
        warehouse: The file that readers open, with the last release; it may not be there.
        keeps_records: Whether rows stay from build to build; only then is every byte of the data set read for it.

    Returns:
        The data set, without a folder where the command can need none.

    Raises:
        InputError: If an input cannot be used; no table has been changed then.
    """
    data_set = DataSet()
    notices: list[str] = []
    if _reads_data_set():
        of_data_set, data_set = _read_data_set(conn, keeps_records)
        notices += of_data_set
        notices += read_last_release(conn, warehouse)
    published_dir = _published_folder()
    if published_dir is not None:
        say(f"Reading the published statistics in '{published_dir}'")
    notices += create_published_views(conn, published_dir)
    project_dir = Path(get_flags().PROJECT_DIR)  # type: ignore[no-untyped-call]
    notices += create_released_counts(conn, releases_folder(get_invocation_context().env, project_dir))
    notices += say_unread(conn)
    for notice in notices:
        say(one_line(notice))
    return data_set


def _read_data_set(conn: duckdb.DuckDBPyConnection, keeps_records: bool) -> tuple[list[str], DataSet]:
    contracts = read_project_contracts(Path(get_flags().PROJECT_DIR))  # type: ignore[no-untyped-call]
    given_dir = _folder("MDS_DIR")
    mds_dir = given_dir or DEMO_DIR
    if given_dir is None:
        ensure_demo_set(mds_dir, say)
    say(f"Checking the files in '{mds_dir}'; what is new in CSV is read in, which takes minutes where it is much")
    data_set = [contract for name, contract in contracts.items() if name.startswith("mds_")]
    known = [folder.name for contract in data_set for folder in contract.folders]
    given = _given_versions(mds_dir, known)
    states = file_states(mds_dir, given)
    notices: list[str] = []
    for contract in data_set:
        if given & {folder.name for folder in contract.folders}:
            notices += create_views(conn, contract, mds_dir, "MDS_DIR")
        else:
            create_empty_views(conn, contract)
    conn.execute(unreadable_values_sql(table for contract in data_set for table in contract.tables))
    if absent := [name for name in known if name not in given]:
        notices.append(f"MDS_DIR: no folder {', '.join(absent)}; empty")
    list_unread(conn, "MDS_DIR", "MDS_DIR", mds_dir, _outside(mds_dir, given, _folder("REFERENCE_DIR")))
    prepare_fingerprints(conn)
    if keeps_records and _makes_tables():
        create_fingerprints(conn, mds_dir, Path(get_flags().PROJECT_DIR))  # type: ignore[no-untyped-call]
    reference = contracts["reference"]
    # A demo set brings its own areas; real data without reference tables still builds.
    named = _folder("REFERENCE_DIR")
    reference_dir = named or mds_dir / "reference"
    if named is not None or reference_dir.is_dir():
        notices += create_views(conn, reference, reference_dir, "REFERENCE_DIR")
    else:
        create_empty_views(conn, reference)
        notices.append("REFERENCE_DIR is not given: areas have no names, deprivation only where the extract has it")
    return notices, DataSet(mds_dir, is_demo(given_dir), states)


def _folder(variable: str) -> Path | None:
    text = get_invocation_context().env.get(variable, "")
    return Path(text).expanduser().absolute() if text else None


def _published_folder() -> Path | None:
    project_dir = Path(get_flags().PROJECT_DIR)  # type: ignore[no-untyped-call]
    return published_folder(get_invocation_context().env, project_dir)


def _reads_data_set() -> bool:
    """Say whether the command that runs can need the data set: seeds and the published statistics stand alone."""
    flags = get_flags()  # type: ignore[no-untyped-call]
    return flags.WHICH not in ("seed", "debug") and getattr(flags, "SELECTOR", None) != "published"


def _makes_tables() -> bool:
    return get_flags().WHICH in ("build", "run", "retry")  # type: ignore[no-untyped-call]


def _outside(mds_dir: Path, given: set[str], reference_dir: Path | None) -> dict[Path, str]:
    """Find what lies beside the folders of the versions: nothing of it is data, so folders are not looked into."""
    read = given | ({"reference"} if reference_dir is None else set())
    return {
        entry: HIDDEN if is_hidden(entry) else OUTSIDE
        for entry in entries(mds_dir)
        if entry.name not in read and entry != reference_dir
    }


def _given_versions(mds_dir: Path, known: list[str]) -> set[str]:
    """Find the folders of the versions that are given; any of the known ones will do, one there must be."""
    if not mds_dir.is_dir():
        raise InputError(f"MDS_DIR: folder '{mds_dir}' does not exist")
    given: set[str] = set()
    for entry in sorted(mds_dir.iterdir()):
        name = entry.name.lower()
        if not entry.is_dir() or name[:1] != "v" or not name[1:2].isdigit():
            continue
        if entry.name not in known:
            raise InputError(f"{entry}: this version of the data set cannot be read; expected {', '.join(known)}")
        given.add(entry.name)
    if not given:
        raise InputError(f"MDS_DIR: '{mds_dir}' holds no folder {' or '.join(known)}; expected the tables there")
    return given
