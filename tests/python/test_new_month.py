"""Kept from build to build: after any events, a kill among them, a build gives what one from nothing gives."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet
import pytest
from dbt.cli.main import dbtRunner

import in_process
from iapt_equity.inputs.fingerprints import RULE_FOLDERS
from iapt_equity.synthetic import generate
from in_process import PROJECT, WITHOUT_TESTS, failures, parsed, run_dbt

Sets = tuple[Path, Path]
"""A data set, and the deliveries that are held back from it."""

RECORDED = "model.iapt_equity.int_recorded_submissions"
RECORDS = (*WITHOUT_TESTS, "--select", "+int_recorded_submissions")
"""All that stays from build to build. Every table after it is made anew of it (test_incremental builds them too)."""


@pytest.fixture(scope="module")
def data_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year over the change from version 1.5 to 2.0."""
    folder = tmp_path_factory.mktemp("month") / "mds"
    generate(folder, referrals=200, seed=31, years="2020-21:2020-21", version="by_date", progress=False)
    return folder


@pytest.fixture
def sets(data_set: Path, tmp_path: Path) -> Sets:
    data, held = tmp_path / "mds", tmp_path / "held"
    shutil.copytree(data_set, data)
    for file in data.glob("v2_0/IDS201CareContact/*.parquet"):
        rewrite(file, "from rows")
    for delivery in ("2020-07", "2020-12", "2021-03"):
        move(data, held, delivery)
    return data, held


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project, whose texts a test may change, in place of the project."""
    copy = tmp_path / "project"
    for folder in ("macros", "models", "python_models", "seeds", "analyses"):
        shutil.copytree(PROJECT / folder, copy / folder)
    shutil.copytree(PROJECT / "tests", copy / "tests", ignore=shutil.ignore_patterns("python"))
    for file in ("dbt_project.yml", "profiles.yml", "selectors.yml"):
        shutil.copy(PROJECT / file, copy)
    # Parsed anew it would take longer than all builds of a test.
    manifest = parsed()
    monkeypatch.setitem(in_process._MANIFESTS, (str(copy),), manifest)
    for node in manifest.nodes.values():
        if node.resource_type == "seed":
            monkeypatch.setattr(node, "root_path", str(copy))
    node = manifest.nodes["model.iapt_equity.int_checked_care_contacts"]
    monkeypatch.setattr(node, "raw_code", node.raw_code)
    monkeypatch.setattr(in_process, "PROJECT", copy)
    return copy


def move(source: Path, target: Path, delivery: str) -> None:
    """Moves all files of a delivery, of whatever version, from one folder to another."""
    files = sorted(source.glob(f"v*/*/{delivery}.parquet"))
    assert len(files) > 3
    for file in files:
        place = target / file.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, place)


def deliveries(folder: Path) -> list[str]:
    return sorted({file.stem for file in folder.glob("v*/*/*.parquet")})


def rewrite(file: Path, query: str) -> None:
    """Puts a query on a file (as `rows`) in its place. As nothing is packed, values of equal length make equal size."""
    with duckdb.connect() as connection:
        connection.execute(f"create view rows as from read_parquet('{file.as_posix()}')")
        rows = connection.sql(query).to_arrow_table()
    pyarrow.parquet.write_table(rows, file, compression="none", use_dictionary=False)


def build(data: Path, work: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Builds, and gives the rows of every table that stays, in an order of their own."""
    assert failures(run_dbt(["build", *RECORDS], data, work)) == []
    with duckdb.connect(str(work / "warehouse_build.duckdb"), read_only=True) as connection:
        names = connection.execute("select table_name from duckdb_tables() where table_name like 'int_checked_%'")
        models = sorted(name for (name,) in names.fetchall())
        assert len(models) == 10
        return {name: connection.execute(f"from intermediate.{name} order by all").fetchall() for name in models}


def differing(one: dict[str, list[tuple[Any, ...]]], other: dict[str, list[tuple[Any, ...]]]) -> list[str]:
    return [name for name in other if one.get(name) != other[name]]


# Events: each changes the data set at random, and says what it was.


def new_month(sets: Sets, chance: random.Random) -> str:
    data, held = sets
    delivery = chance.choice(deliveries(held))
    move(held, data, delivery)
    return f"{delivery} comes"


def withdrawn(sets: Sets, chance: random.Random) -> str:
    data, held = sets
    delivery = chance.choice(deliveries(data))
    move(data, held, delivery)
    return f"{delivery} is withdrawn"


def late_correction(sets: Sets, chance: random.Random) -> str:
    """A table of a delivery loses one row of ten, or of fewer the first."""
    file = chance.choice(sorted(sets[0].glob("v*/*/*.parquet")))
    rewrite(file, "select * exclude (n) from (select *, row_number() over () as n from rows) where n % 10 <> 1")
    return f"{file.parent.name}/{file.name} is corrected"


def header_moved(sets: Sets, chance: random.Random) -> str:
    """Headers of a delivery name another provider; the other files of their submissions stay as they are."""
    file = chance.choice(sorted(sets[0].glob("v2_0/IDS000Header/*.parquet")))
    rewrite(file, "select * replace ('Z9' || right(OrgIDProv, 3) as OrgIDProv) from rows")
    return f"{file.name}: providers of headers change"


def same_size_and_time(sets: Sets, chance: random.Random) -> str:
    """Attendance codes change in place, and neither size nor time of change of the file tells."""
    file = chance.choice(sorted(sets[0].glob("v2_0/IDS201CareContact/*.parquet")))
    before = file.stat()
    rewrite(file, "select * replace (translate(AttendOrDNACode, '52', '25') as AttendOrDNACode) from rows")
    assert file.stat().st_size == before.st_size
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    return f"{file.name}: codes change in place"


def another_folder(sets: Sets, chance: random.Random) -> str:
    """The data set stands elsewhere, under other times of change: nothing of it has changed."""
    data = sets[0]
    moved = data.with_name(f"elsewhere_{chance.random()}")
    shutil.copytree(data, moved, copy_function=shutil.copyfile)
    shutil.rmtree(data)
    moved.rename(data)
    return "copied"


EVENTS = (new_month, withdrawn, late_correction, header_moved, same_size_and_time, another_folder)


def replace_once(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def change(file: Path, old: str, new: str) -> None:
    file.write_text(replace_once(file.read_text(encoding="utf-8"), old, new), encoding="utf-8")


def seed_changed(project: Path) -> str:
    file = "seeds/validation/accepted_codes.csv"
    change(project / file, "v2_0,attendance_code,2,NHS England reusable code library IDS201 (v2.0),read\n", "")
    return file


def contract_changed(project: Path) -> str:
    file = "models/staging/v2/_v2__sources.yml"
    change(
        project / file,
        "{name: PsychMed, data_type: varchar,",
        "{name: PsychMed, config: {meta: {since: v2_1}}, data_type: varchar,",
    )
    return file


def model_changed(project: Path) -> str:
    file = "models/intermediate/records/int_checked_care_contacts.sql"
    old, new = "appointment_type_code is null then", "appointment_type_code = '03' then"
    change(project / file, old, new)
    node = parsed().nodes["model.iapt_equity.int_checked_care_contacts"]
    node.raw_code = replace_once(node.raw_code, old, new)
    return file


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What builds say of records that are read anew."""
    lines: list[str] = []

    def listen(event: Any) -> None:
        if found := re.fullmatch(r"All records are read anew: (.*)", event.info.msg):
            lines.append(found[1])

    monkeypatch.setattr(in_process, "dbtRunner", partial(dbtRunner, callbacks=[listen]))
    return lines


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_any_events_give_what_a_full_build_gives(sets: Sets, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data, work = sets[0], tmp_path / "work"
    build(data, work)
    events = [new_month, *chance.sample(EVENTS, len(EVENTS)), new_month]
    what: list[str] = []
    for first, second in zip(events[::2], events[1::2], strict=True):
        what += [first(sets, chance), second(sets, chance)]
        kept = build(data, work)
        # Now and then: what one build gets wrong, the next carries on.
        if len(what) % 4 == 0:
            assert differing(kept, build(data, tmp_path / f"fresh_{len(what)}")) == [], what


@pytest.mark.slow
def test_a_changed_rule_reads_all_records_anew_and_says_so(
    sets: Sets, project: Path, tmp_path: Path, said: list[str]
) -> None:
    data, work = sets[0], tmp_path / "work"
    before = build(data, work)
    files = [seed_changed(project), contract_changed(project)]
    kept = build(data, work)
    assert said == [f"{', '.join(sorted(files))} changed since."]
    assert kept["int_checked_care_contacts"] != before["int_checked_care_contacts"]
    file = model_changed(project)
    changed = build(data, work)
    assert said[1:] == [f"{file} changed since."]
    assert changed["int_checked_care_contacts"] != kept["int_checked_care_contacts"]
    assert differing(changed, build(data, tmp_path / "fresh")) == []
    build(data, work)
    assert len(said) == 2


@pytest.mark.slow
def test_after_a_kill_a_build_gives_what_a_full_build_gives(sets: Sets, tmp_path: Path) -> None:
    """What the killed build had begun to read is taken away again: what it replaced must come back."""
    data, held = sets
    work = tmp_path / "work"
    whole = build(data, work)
    for model in ("int_changed_submissions", "int_checked_referrals", "int_checked_activity_scores"):
        move(held, data, "2020-12")
        kill_after(model, data, work)
        move(data, held, "2020-12")
        assert differing(build(data, work), whole) == [], model


def kill_after(model: str, data: Path, work: Path) -> None:
    """Builds in a process of its own, which kills itself as soon as a model has been made."""
    parsed()
    child = os.fork()
    if child == 0:

        def kill(event: Any) -> None:
            if event.info.name == "NodeFinished" and event.data.node_info.node_name == model:
                os.kill(os.getpid(), signal.SIGKILL)

        in_process.dbtRunner = partial(dbtRunner, callbacks=[kill])
        run_dbt(["build", *RECORDS], data, work)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


# The texts that are compared are those that decide; nothing else that records rest on changes by itself.


def upstream() -> list[Any]:
    """Every model and seed that records are made of."""
    nodes = parsed().nodes
    keys = [RECORDED]
    for key in keys:
        if nodes[key].resource_type == "model":
            keys += [parent for parent in nodes[key].depends_on.nodes if parent in nodes and parent not in keys]
    assert len(keys) > 40
    return [nodes[key] for key in keys]


def test_every_text_that_records_rest_on_is_compared() -> None:
    files = {node.original_file_path for node in upstream()}
    files |= {node.patch_path.split("://")[1] for node in upstream() if node.patch_path}
    assert sorted(file for file in files if not file.startswith(tuple(f"{folder}/" for folder in RULE_FOLDERS))) == []


def test_no_record_asks_for_the_environment() -> None:
    texts = [node.raw_code for node in upstream() if node.resource_type == "model"]
    texts += [macro.macro_sql for macro in parsed().macros.values() if macro.package_name == "iapt_equity"]
    assert [text for text in texts if "env_var" in text] == []


def test_a_row_of_version_2_is_read_by_itself() -> None:
    """Files are compared one by one there: no row of one may say what a row of another is."""
    models = [node for node in upstream() if node.original_file_path.startswith("models/staging/v2/")]
    assert len(models) > 8
    for model in models:
        sources = [parent for parent in model.depends_on.nodes if not parent.startswith("seed.")]
        assert [parent.split(".")[0] for parent in sources] == ["source"], model.name
        assert not re.search(r"over \(|group by|distinct|\blimit\b", model.raw_code), model.name
