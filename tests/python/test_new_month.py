"""Kept from build to build: after any events, a kill among them, a build gives what one from nothing gives."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pyarrow.parquet
import pytest
from dbt.cli.main import dbtRunner
from dbt_common.invocation import reset_invocation_id

import in_process
from iapt_equity.inputs import digests, fingerprints, sources
from iapt_equity.synthetic import generate
from in_process import PROJECT, WITHOUT_TESTS, contents, failures, parsed, parsed_alike, run_dbt

KEPT = "model.iapt_equity.int_kept_submissions"
RECORDS = (*WITHOUT_TESTS, "--select", "+int_kept_submissions")
"""All that stays from build to build. Every table after it is made anew of it (test_incremental builds them too)."""

SAYS_WHAT_WAS_READ = "intermediate.int_submissions_to_read"
"""The one table that tells of the build itself, and so is another where other submissions were read."""


@dataclass
class Sets:
    """A data set in a folder, deliveries that are held back from it, and another set with files of the same names."""

    data: Path
    held: Path
    other: Path


def made(folder: Path, seed: int) -> Path:
    """A year over the change from version 1.5 to 2.0, employment statuses as CSV."""
    generate(folder, referrals=200, seed=seed, years="2020-21:2020-21", version="by_date", progress=False)
    for file in sorted(folder.glob("v2_0/IDS004EmpStatus/*.parquet")):
        duckdb.read_parquet(file.as_posix()).write_csv(str(file.with_suffix(".csv")))
        file.unlink()
    for file in folder.glob("v2_0/IDS201CareContact/*.parquet"):
        rewrite(file, "from rows")
    return folder


@pytest.fixture(scope="module")
def data_sets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("month")
    return made(folder / "one", 31), made(folder / "other", 32)


@pytest.fixture
def sets(data_sets: tuple[Path, Path], tmp_path: Path) -> Sets:
    found = Sets(tmp_path / "mds", tmp_path / "held", tmp_path / "mds_of_others")
    for source, copy in zip(data_sets, (found.data, found.other), strict=True):
        shutil.copytree(source, copy)
    for delivery in ("2020-07", "2020-12", "2021-03"):
        move(found.data, found.held, delivery)
    return found


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


def files_of(source: Path, delivery: str) -> list[Path]:
    files = sorted(source.glob(f"v*/*/{delivery}.*"))
    assert len(files) > 3
    return files


def move(source: Path, target: Path, delivery: str) -> None:
    """Moves all files of a delivery, of whatever version, from one folder to another."""
    for file in files_of(source, delivery):
        place = target / file.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, place)


def deliveries(folder: Path) -> list[str]:
    return sorted({file.stem for file in folder.glob("v*/IDS101Referral/20*.*")})


def rewrite(file: Path, query: str) -> None:
    """Puts a query on a file (as `rows`) in its place. As nothing is packed, values of equal length make equal size."""
    with duckdb.connect() as connection:
        if file.suffix == ".csv":
            rows = connection.read_csv(file.as_posix(), all_varchar=True, header=True)
            rows.query("rows", query).to_df().to_csv(file, index=False)
            return
        rows = connection.read_parquet(file.as_posix())
        table = rows.query("rows", query).to_arrow_table()
    pyarrow.parquet.write_table(table, file, compression="none", use_dictionary=False)


def build(data: Path, work: Path, *arguments: str) -> dict[str, str]:
    """Builds, and gives a hash of the rows of every table, in an order of their own."""
    assert failures(run_dbt(["build", *RECORDS, *arguments], data, work)) == []
    found = contents(work / "warehouse_build.duckdb")
    assert len([name for name in found if name.startswith("intermediate.int_checked_")]) == 10
    del found[SAYS_WHAT_WAS_READ]
    return found


def differing(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]


# Events: each changes the data set at random, and says what it was.


def new_month(sets: Sets, chance: random.Random) -> str:
    """With it come Refreshes, which replace Primaries of the month before."""
    delivery = chance.choice(deliveries(sets.held) or deliveries(sets.data))
    if delivery in deliveries(sets.held):
        move(sets.held, sets.data, delivery)
    return f"{delivery} comes"


def withdrawn(sets: Sets, chance: random.Random) -> str:
    delivery = chance.choice(deliveries(sets.data))
    move(sets.data, sets.held, delivery)
    return f"{delivery} is withdrawn"


def file_withdrawn(sets: Sets, chance: random.Random) -> str:
    file = chance.choice(sorted(sets.data.glob("v2_0/IDS[1-6]*/*.*")))
    file.unlink()
    return f"{file.parent.name}/{file.name} is gone"


def late_correction(sets: Sets, chance: random.Random) -> str:
    """A table of a delivery loses one row of ten, or of fewer the first."""
    file = chance.choice(sorted(sets.data.glob("v*/*/*.*")))
    rewrite(file, "select * exclude (n) from (select *, row_number() over () as n from rows) where n % 10 <> 1")
    return f"{file.parent.name}/{file.name} is corrected"


def header_moved(sets: Sets, chance: random.Random) -> str:
    """Headers of a delivery name another provider; the other files of their submissions stay as they are."""
    file = chance.choice(sorted(sets.data.glob("v2_0/IDS000Header/*.parquet")))
    rewrite(file, "select * replace ('Z9' || right(OrgIDProv, 3) as OrgIDProv) from rows")
    return f"{file.name}: providers of headers change"


def same_size_and_time(sets: Sets, chance: random.Random) -> str:
    """Attendance codes change in place, and neither size nor time of change of the file tells."""
    file = chance.choice(sorted(sets.data.glob("v2_0/IDS201CareContact/*.parquet")))
    before = file.stat()
    rewrite(file, "select * replace (translate(AttendOrDNACode, '52', '25') as AttendOrDNACode) from rows")
    assert file.stat().st_size == before.st_size
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    return f"{file.name}: codes change in place"


def renamed(sets: Sets, chance: random.Random) -> str:
    """A file has another name and the same content, which every row of it names."""
    file = chance.choice(sorted(sets.data.glob("v2_0/IDS[0-9]0[146]*/20*.*")))
    file.rename(file.with_name(f"again_{file.name}"))
    return f"{file.parent.name}/{file.name} is renamed"


def copied(sets: Sets, chance: random.Random) -> str:
    """The data set stands elsewhere, under other times of change: nothing of it has changed."""
    moved = sets.data.with_name(f"elsewhere_{chance.random()}")
    shutil.copytree(sets.data, moved, copy_function=shutil.copyfile)
    sets.data = moved
    return "copied"


def another_set(sets: Sets, chance: random.Random) -> str:
    """MDS_DIR names another folder: another data set, whose files have the same names."""
    del chance
    sets.data, sets.other = sets.other, sets.data
    return "another set"


EVENTS = (
    new_month,
    withdrawn,
    file_withdrawn,
    late_correction,
    header_moved,
    same_size_and_time,
    renamed,
    copied,
    another_set,
)


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
    """What builds say of the records that they read."""
    lines: list[str] = []

    def listen(event: Any) -> None:
        if re.match(r"All records are read anew:|Reading (all )?[0-9]", event.info.msg):
            lines.append(event.info.msg)

    monkeypatch.setattr(in_process, "dbtRunner", partial(dbtRunner, callbacks=[listen]))
    return lines


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_any_events_give_what_a_full_build_gives(sets: Sets, tmp_path: Path, said: list[str], seed: int) -> None:
    chance = random.Random(seed)
    work = tmp_path / "work"
    build(sets.data, work)
    events = [*chance.sample(EVENTS, len(EVENTS)), new_month, late_correction, header_moved]
    what: list[str] = []
    while events:
        what += [events.pop()(sets, chance) for _ in range(chance.randint(1, 2)) if events]
        kept = build(sets.data, work)
        # Now and then: what one build gets wrong, the next carries on.
        if chance.random() < 0.4 or not events:
            assert differing(kept, build(sets.data, tmp_path / f"fresh_{len(what)}")) == [], what
    assert [line for line in said if line.startswith("All")] == []


@pytest.mark.slow
def test_a_build_says_what_it_reads(
    sets: Sets, project: Path, tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed text, variable or version reads all anew and says why; nothing else does."""
    work = tmp_path / "work"

    def reading(*arguments: str) -> tuple[dict[str, str], list[str]]:
        said.clear()
        return build(sets.data, work, *arguments), list(said)

    before, lines = reading()
    (count,) = re.findall(r"Reading all ([0-9]+) submissions[.]", " ".join(lines))
    all_of_them = f"Reading all {count} submissions."
    assert lines == [all_of_them]
    assert int(count) > 50
    assert reading() == (before, [f"Reading 0 of {count} submissions; the others are kept from the last build."])
    monkeypatch.setattr(digests, "version", lambda name: f"{name} of another day")
    versions = ", ".join(f"the version of {name}" for name in digests.PACKAGES[:3])
    assert reading()[1] == [f"All records are read anew: {versions} and more changed since.", all_of_them]
    files = ", ".join(sorted([seed_changed(project), contract_changed(project)]))
    contacts = "intermediate.int_checked_care_contacts"
    seeded, lines = reading()
    assert lines == [f"All records are read anew: {files} changed since.", all_of_them]
    assert seeded[contacts] != before[contacts]
    file = model_changed(project)
    changed, lines = reading()
    assert lines == [f"All records are read anew: {file} changed since.", all_of_them]
    assert changed[contacts] != seeded[contacts]
    assert differing(changed, build(sets.data, tmp_path / "fresh")) == []
    variable = ("--vars", "{trusted_outcomes: supplied}")
    parsed_alike(*variable)
    of_variable, lines = reading(*variable)
    assert lines == ["All records are read anew: variable trusted_outcomes changed since.", all_of_them]
    assert differing(of_variable, build(sets.data, tmp_path / "fresh", *variable)) == []
    assert reading("--full-refresh", *variable) == (
        of_variable,
        ["All records are read anew: --full-refresh.", all_of_them],
    )


MOMENTS = (
    # Its hook has taken off the list what changed, and the rows of that still stand.
    ("int_submissions", "NodeFinished", True),
    # Amid a table: rows have been taken out and others put in, in a transaction that is not over.
    ("int_checked_care_contacts", "inserted", True),
    # Every table is as it should be, and the list does not know.
    ("int_kept_submissions", "NodeStart", False),
    ("int_kept_submissions", "NodeFinished", False),
)
"""Nodes, events of them at which a build is killed, and whether what it had begun to read is taken away again."""


@pytest.mark.slow
def test_after_a_kill_a_build_gives_what_a_full_build_gives(sets: Sets, tmp_path: Path) -> None:
    """What the killed build had begun to read may be taken away again: what it replaced must come back."""
    work = tmp_path / "work"
    delivery = "2020-12"
    without = build(sets.data, work)
    move(sets.held, sets.data, delivery)
    with_month = build(sets.data, tmp_path / "fresh")
    comes = True
    for model, event, is_taken_back in MOMENTS:
        kill_at(model, event, sets.data, work)
        if event == "inserted":
            table = f"intermediate.{model}"
            assert contents(work / "warehouse_build.duckdb")[table] == without[table] != with_month[table]
        if is_taken_back:
            comes = not comes
            move(*((sets.held, sets.data) if comes else (sets.data, sets.held)), delivery)
        assert differing(build(sets.data, work), with_month if comes else without) == [], (model, event)
        comes = not comes
        move(*((sets.held, sets.data) if comes else (sets.data, sets.held)), delivery)
    # All is read anew, and the kill comes when what was kept is gone.
    kill_at("int_checked_referrals", "NodeFinished", sets.data, work, "--full-refresh")
    assert differing(build(sets.data, work), with_month if comes else without) == []


def kill_at(model: str, event: str, data: Path, work: Path, *arguments: str) -> None:
    """Builds in a process of its own, which kills itself at an event of a model; `inserted`: and not yet committed."""
    parsed()
    child = os.fork()
    if child == 0:
        last_query = ""

        def listen(found: Any) -> None:
            nonlocal last_query
            name = found.info.name
            if name not in (event, "SQLQuery", "SQLQueryStatus") or found.data.node_info.node_name != model:
                return
            is_inserted = event == "inserted" and name == "SQLQueryStatus" and "insert into" in last_query
            last_query = found.data.sql if name == "SQLQuery" else ""
            if name == event or is_inserted:
                os.kill(os.getpid(), signal.SIGKILL)

        in_process.dbtRunner = partial(dbtRunner, callbacks=[listen])
        run_dbt(["build", *RECORDS, *arguments], data, work)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


@pytest.mark.slow
def test_a_command_that_makes_no_table_does_not_read_every_byte(
    sets: Sets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr(fingerprints, "content_digest", lambda file: hashed.append(file.suffix) or "as it was")
    for command in ("show", "compile"):
        assert failures(run_dbt([command, "--inline", "select 1 as one"], sets.data, tmp_path)) == []
    assert hashed == []
    assert failures(run_dbt(["run", "--select", "stg_input_files__fingerprints"], sets.data, tmp_path)) == []
    assert hashed.count(".parquet") > 50


@pytest.mark.slow
def test_a_file_that_changes_while_a_build_runs_is_read_again(
    sets: Sets, tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copying goes on while a build runs: the one after it gives what one from nothing gives."""
    statuses = max(sets.data.glob("v2_0/IDS004EmpStatus/*.csv"))
    contacts, referrals = (
        max(sets.data.glob(f"v2_0/{name}/*.parquet")) for name in ("IDS201CareContact", "IDS101Referral")
    )
    whole = {file: file.read_bytes() for file in (statuses, contacts, referrals)}
    create, fresh = sources.create_fingerprints, build(sets.data, tmp_path / "fresh")

    def while_building(before: Callable[[], Any], after: Callable[[], Any], work: Path) -> None:
        """Builds while files change before and after they are hashed, and are whole in the end."""

        def hashed(*arguments: Any) -> None:
            before()
            create(*arguments)
            after()

        with monkeypatch.context() as patched:
            patched.setattr(sources, "create_fingerprints", hashed)
            assert differing(build(sets.data, work), fresh) != []
        for file, content in whole.items():
            if file.read_bytes() != content:
                file.write_bytes(content)
        assert differing(build(sets.data, work), fresh) == []

    half = "select * exclude (n) from (select *, row_number() over () as n from rows) where n % 2 = 0"
    rewrite(statuses, half)
    while_building(lambda: statuses.write_bytes(whole[statuses]), lambda: None, tmp_path / "csv")
    # The layout of a Parquet file is looked at first, its rows are read last.
    rewrite(referrals, "select * exclude (EndCode) from rows")
    while_building(
        lambda: referrals.write_bytes(whole[referrals]), lambda: rewrite(contacts, half), tmp_path / "parquet"
    )


# The texts that are compared are those that decide; nothing else that records rest on changes by itself.


def upstream() -> list[Any]:
    """Every model and seed that records are made of."""
    nodes = parsed().nodes
    keys = [KEPT]
    for key in keys:
        if nodes[key].resource_type == "model":
            keys += [parent for parent in nodes[key].depends_on.nodes if parent in nodes and parent not in keys]
    assert len(keys) > 40
    return [nodes[key] for key in keys]


def test_every_text_that_records_rest_on_is_compared() -> None:
    files = {node.original_file_path for node in upstream()}
    files |= {node.patch_path.split("://")[1] for node in upstream() if node.patch_path}
    assert (
        sorted(
            file for file in files if not file.startswith(tuple(f"{folder}/" for folder in fingerprints.RULE_FOLDERS))
        )
        == []
    )


def test_all_that_decides_is_compared_and_shown_as_a_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and variables of the whole project and the version of Python too; a value may be a name."""
    folder = tmp_path / "models" / "staging" / "v2"
    folder.mkdir(parents=True)
    names = ["dbt_project.yml", "profiles.yml", "vars.yml", "models/staging/v2/one.yaml", "models/staging/v2/one.yml"]
    for name in names:
        (tmp_path / name).write_text("{}", encoding="utf-8")
    flags = SimpleNamespace(PROFILES_DIR=str(tmp_path), PROFILE=None, TARGET="another")
    monkeypatch.setattr(fingerprints, "get_flags", lambda: flags)
    monkeypatch.setattr(fingerprints, "get_invocation_started_at", lambda: datetime.now(UTC).replace(tzinfo=None))

    def rules(**variables: str) -> dict[str, str]:
        with duckdb.connect() as connection:
            connection.execute("create schema raw; create table raw.birth_days_0 (mds_version varchar, day_0 varchar)")
            return fingerprints.record_rules(connection, tmp_path, variables)

    before = rules(name="Jane")
    assert {*names, "the version of Python", "the time zone", "variable name", "profile and target"} <= {*before}
    assert {part for part, hashed in before.items() if not re.fullmatch("[0-9a-f]{64}", hashed)} == set()
    assert rules(name="Jane") == before
    for name in names:
        (tmp_path / name).write_text("{} #", encoding="utf-8")
    monkeypatch.setattr(digests.sys, "version_info", (3, 99, 0))
    flags.TARGET = None
    after = rules(name="John")
    changed = sorted([*names, "the version of Python", "variable name", "profile and target"])
    assert sorted(part for part in before if before[part] != after[part]) == changed


def test_a_text_that_is_written_as_a_command_starts_is_read_again(tmp_path: Path) -> None:
    """dbt may have read it before: the rows may be those of what it said then."""
    file = tmp_path / "model.sql"
    file.write_text("select 1", encoding="utf-8")
    reset_invocation_id()
    settled = fingerprints._text_fingerprint(file)
    assert settled == digests.content_digest(file)
    file.touch()
    assert fingerprints._text_fingerprint(file) != settled
    reset_invocation_id()
    assert fingerprints._text_fingerprint(file) == settled


@pytest.mark.parametrize("selector", ["core", "production"])
def test_a_run_of_a_selector_makes_all_that_records_rest_on(selector: str, tmp_path: Path) -> None:
    """A run that leaves one of them out keeps nothing, so that every build would read all, without a word."""
    listed = run_dbt(
        ["ls", "--selector", selector, "--output", "json", "--output-keys", "unique_id"], tmp_path, tmp_path
    )
    chosen = {json.loads(line)["unique_id"] for line in listed.result}
    assert len(chosen) > 100
    assert sorted({node.unique_id for node in upstream()} - chosen) == []


def test_nothing_else_stays_from_build_to_build() -> None:
    nodes = parsed().nodes.values()
    stays = sorted(
        node.name for node in nodes if node.config.materialized not in ("table", "view", "seed", "test", "unit")
    )
    checked = [node.name for node in nodes if node.name.startswith("int_checked_") and node.resource_type == "model"]
    kept = [name for name in checked if not name.endswith(("_disabilities", "_waiting_time_pauses"))]
    assert stays == sorted([*kept, "int_kept_submissions", "int_submission_files"])


def test_what_reads_values_is_one_package() -> None:
    """The texts of this package are compared: nothing that a reader of values asks may stand elsewhere."""
    modules = ["iapt_equity.inputs.reader"]
    for module in modules:
        text = (PROJECT / "src" / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
        modules += [name for name in re.findall(r"(?m)^ *from (iapt_equity[.\w]+) import", text) if name not in modules]
    assert len(modules) > 8
    assert [module for module in modules if not module.startswith("iapt_equity.inputs.")] == []


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
        assert not re.search(r"\bover\b|group by|distinct|\blimit\b", model.raw_code), model.name
