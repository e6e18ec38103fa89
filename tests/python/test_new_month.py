"""Kept from build to build: after any events, a kill among them, a build gives what one from nothing gives."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet
import pytest
from dbt.cli.main import dbtRunner

import in_process
from iapt_equity.inputs import digests
from iapt_equity.inputs.fingerprints import RULE_FOLDERS
from iapt_equity.synthetic import generate
from in_process import PROJECT, WITHOUT_TESTS, contents, failures, parsed, parsed_alike, run_dbt

RECORDED = "model.iapt_equity.int_recorded_submissions"
RECORDS = (*WITHOUT_TESTS, "--select", "+int_recorded_submissions")
"""All that stays from build to build. Every table after it is made anew of it (test_incremental builds them too)."""

SAYS_WHAT_WAS_READ = "intermediate.int_changed_submissions"
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
        if re.fullmatch(r"(All records are read anew|Records are read of) .*", event.info.msg.replace(":", " :")):
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
    (count,) = re.findall(r"Records are read of ([0-9]+) of \1 submissions[.]", " ".join(lines))
    all_of_them = f"Records are read of {count} of {count} submissions."
    assert lines == [all_of_them]
    assert int(count) > 50
    assert reading() == (before, [f"Records are read of 0 of {count} submissions."])
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
    ("int_submission_files", "NodeFinished", 0.0),
    ("int_changed_submissions", "NodeFinished", 0.0),
    *((f"int_checked_{entity}", "NodeFinished", 0.0) for entity in ("people", "referrals", "referral_scores")),
    # Amid a table: between taking rows out and writing others, or while they are written.
    *((f"int_checked_{entity}", "NodeStart", 0.05) for entity in ("referrals", "care_contacts", "activity_scores")),
    ("int_recorded_submissions", "NodeStart", 0.0),
    ("int_recorded_submissions", "NodeFinished", 0.0),
)
"""Nodes, events of them and seconds after these, at which a build is killed."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_after_a_kill_a_build_gives_what_a_full_build_gives(sets: Sets, tmp_path: Path, seed: int) -> None:
    """What the killed build had begun to read may be taken away again: what it replaced must come back."""
    chance = random.Random(seed)
    work = tmp_path / "work"
    without = build(sets.data, work)
    move(sets.held, sets.data, "2020-12")
    with_month = build(sets.data, tmp_path / "fresh")
    comes = True
    for model, event, seconds in chance.sample(MOMENTS, 3):
        kill_after(model, event, seconds, sets.data, work)
        if chance.random() < 0.5:
            comes = not comes
            move(*((sets.held, sets.data) if comes else (sets.data, sets.held)), "2020-12")
        assert differing(build(sets.data, work), with_month if comes else without) == [], (model, event, seconds)
        comes = not comes
        move(*((sets.held, sets.data) if comes else (sets.data, sets.held)), "2020-12")
    # All is read anew, and the kill comes when what was kept is gone.
    kill_after("int_checked_referrals", "NodeFinished", 0.0, sets.data, work, "--full-refresh")
    assert differing(build(sets.data, work), with_month if comes else without) == []


def kill_after(model: str, event: str, seconds: float, data: Path, work: Path, *arguments: str) -> None:
    """Builds in a process of its own, which kills itself so long after an event of a model."""
    parsed()
    child = os.fork()
    if child == 0:

        def kill() -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        def listen(found: Any) -> None:
            if found.info.name == event and found.data.node_info.node_name == model:
                threading.Timer(seconds, kill).start() if seconds else kill()

        in_process.dbtRunner = partial(dbtRunner, callbacks=[listen])
        run_dbt(["build", *RECORDS, *arguments], data, work)
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


def test_nothing_else_stays_from_build_to_build() -> None:
    nodes = parsed().nodes.values()
    stays = sorted(
        node.name for node in nodes if node.config.materialized not in ("table", "view", "seed", "test", "unit")
    )
    checked = [node.name for node in nodes if node.name.startswith("int_checked_") and node.resource_type == "model"]
    kept = [name for name in checked if not name.endswith(("_disabilities", "_waiting_time_pauses"))]
    assert stays == sorted([*kept, "int_recorded_submissions", "int_submission_files"])


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
        assert not re.search(r"over \(|group by|distinct|\blimit\b", model.raw_code), model.name
