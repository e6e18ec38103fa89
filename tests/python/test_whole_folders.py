"""Folders that are written whole or not at all, and never in the place of somebody else's."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from iapt_equity import whole_folders
from iapt_equity.inputs.errors import InputError
from iapt_equity.publication.releases import write_release
from iapt_equity.synthetic import generate
from iapt_equity.whole_folders import mark_of, swap_folders, whole_folder

MARK = mark_of("pages")


def write(out: Path, name: str) -> None:
    with whole_folder(out, "pages") as folder:
        (folder / "below").mkdir()
        (folder / "below" / name).write_text(name, encoding="utf-8")


def names_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.fixture(params=[True, False], ids=["swapped in one step", "in two steps"])
def both_systems(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.param:
        monkeypatch.setattr(whole_folders, "swap_folders", lambda one, other: False)


@pytest.mark.usefixtures("both_systems")
def test_a_folder_that_could_not_be_written_whole_stays_as_it_was(tmp_path: Path) -> None:
    """As where the disk fills up: what was written before stays, and nothing unfinished does."""
    out = tmp_path / "site"
    write(out, "before")
    with pytest.raises(FileNotFoundError), whole_folder(out, "pages") as folder:
        (folder / "absent").rename(folder / "other")
    assert names_in(tmp_path) == ["site", "site/below", "site/below/before", f"site/{MARK}"]
    with (out / "below" / "before").open(encoding="utf-8") as reader:
        write(out, "after")
        assert reader.read() == "before"
    assert names_in(tmp_path) == ["site", "site/below", "site/below/after", f"site/{MARK}"]


@pytest.mark.usefixtures("both_systems")
def test_what_a_stopped_command_left_is_put_back_or_removed(tmp_path: Path) -> None:
    """Killed while it wrote, and between the two steps of a system that cannot swap folders."""
    out = tmp_path / "site"
    write(out, "before")
    out.rename(tmp_path / "site.former")
    shutil.copytree(tmp_path / "site.former", tmp_path / "site.unfinished")
    with pytest.raises(FileNotFoundError), whole_folder(out, "pages") as folder:
        (folder / "absent").rename(folder / "other")
    assert names_in(tmp_path) == ["site", "site/below", "site/below/before", f"site/{MARK}"]


def test_a_folder_that_was_removed_in_part_keeps_its_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the next command would take what is left of it for somebody else's."""
    out, remove = tmp_path / "site", shutil.rmtree
    write(out, "before")

    def stop_at_the_last(path: Path) -> None:
        if path.name == "site.unfinished":
            raise PermissionError(str(path))
        remove(path)

    with monkeypatch.context() as stopped:
        stopped.setattr(shutil, "rmtree", stop_at_the_last)
        write(out, "after")
    assert names_in(tmp_path / "site.unfinished") == [MARK]
    write(out, "last")
    assert names_in(tmp_path) == ["site", "site/below", "site/below/last", f"site/{MARK}"]


@pytest.mark.parametrize("name", ["site", "site.unfinished", "site.former"])
@pytest.mark.parametrize("file", ["notes.txt", mark_of("report")])
def test_a_folder_of_somebody_else_or_of_another_kind_is_never_removed(name: str, file: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / file).write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=f"{name}: it holds something else"), whole_folder(tmp_path / "site", "pages"):
        pytest.fail("nothing is to be written")
    assert names_in(tmp_path) == [name, f"{name}/{file}"]


def test_a_folder_that_is_written_once_keeps_no_mark_and_is_not_replaced(tmp_path: Path) -> None:
    for _ in range(2):
        out = tmp_path / "release"
        if out.exists():
            with pytest.raises(InputError, match="it holds something else"), whole_folder(out, "pages", False):
                pytest.fail("nothing is to be written")
        else:
            with whole_folder(out, "pages", is_replaced=False) as folder:
                (folder / "counts").touch()
        assert names_in(tmp_path) == ["release", "release/counts"]


@pytest.mark.parametrize(
    "write_once",
    [
        lambda folder: write_release(folder / "w.duckdb", folder, "new"),
        lambda folder: generate(folder / "new", referrals=100, seed=1, progress=False),
    ],
    ids=["release", "synthetic-mds"],
)
def test_what_is_written_once_removes_no_folder_of_somebody_else(
    write_once: Callable[[Path], object], tmp_path: Path
) -> None:
    (tmp_path / "w.duckdb").touch()
    (tmp_path / "new.unfinished").mkdir()
    (tmp_path / "new.unfinished" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"new\.unfinished: it holds something else"):
        write_once(tmp_path)
    assert names_in(tmp_path) == ["new.unfinished", "new.unfinished/notes.txt", "w.duckdb"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux swaps folders in one step")
def test_folders_change_names_in_one_step(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "says").write_text(name, encoding="utf-8")
    assert swap_folders(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "one" / "says").read_text(encoding="utf-8") == "other"
    assert not swap_folders(tmp_path / "one", tmp_path / "absent")
