"""What a user sets: a name that nothing reads is said, and a value that is none of its kind stops in one line."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import jinja2
import pytest
import yaml
from dbt.cli.main import dbtRunner

from dbt_iapt_equity import WorkingFolders
from iapt_equity.build_file import warehouse_file
from iapt_equity.inputs.errors import InputError
from iapt_equity.settings import check_variables, say_unread_settings
from in_process import PROJECT


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("trustd_outcomes", "(did you mean trusted_outcomes?)"),
        ("Follow_Up_Days", "(did you mean follow_up_days?)"),
        ("of_another_project", "no variable of_another_project; see dbt_project.yml"),
    ],
)
def test_a_variable_that_the_project_does_not_have_stops_in_one_line(name: str, said: str) -> None:
    with pytest.raises(InputError) as stop:
        check_variables({"follow_up_days": 7, name: 1}, PROJECT)
    assert said in str(stop.value)
    check_variables({"follow_up_days": 7}, PROJECT)
    check_variables({}, PROJECT)


def test_a_setting_that_nothing_reads_is_said_and_no_other() -> None:
    said: list[str] = []
    say_unread_settings(["IAPT_EQUITY_DB", "IAPT_EQUITY_SPARK", "MDS_DIR", "IAPT_EQUITY_MEMRY", "HOME"], said.append)
    assert said == ["IAPT_EQUITY_MEMRY is set, and nothing reads it (did you mean IAPT_EQUITY_MEMORY?); see README.md"]
    said.clear()
    say_unread_settings(["IAPT_EQUITY_WAREHOUSE"], said.append)
    [line] = said
    assert "IAPT_EQUITY_DB or IAPT_EQUITY_MEMORY" in line


def test_both_are_asked_before_dbt_parses(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = SimpleNamespace(VARS={"windw_start": "2016-04-01"}, PROJECT_DIR=str(PROJECT))
    monkeypatch.setattr("dbt_iapt_equity.get_flags", lambda: flags)
    with pytest.raises(Exception, match=r"--vars: the project has no variable windw_start") as stop:
        WorkingFolders("iapt_equity")
    assert str(stop.value).count("\n") == 1, "the heading of dbt and one line"
    WorkingFolders("another_project")


@pytest.mark.parametrize("is_empty", [True, False])
def test_tables_without_rows_are_not_made(is_empty: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers would get them, and kept records would be none."""
    flags = SimpleNamespace(VARS={}, PROJECT_DIR=str(PROJECT), EMPTY=is_empty)
    done: list[str] = []
    monkeypatch.setattr("dbt_iapt_equity.get_flags", lambda: flags)
    monkeypatch.setattr("dbt_iapt_equity.get_invocation_context", lambda: SimpleNamespace(env={}))
    for name in ("open_log", "skip_unseen_lines", "reserve_space"):
        monkeypatch.setattr(f"dbt_iapt_equity.{name}", lambda name=name: done.append(name))
    if is_empty:
        with pytest.raises(Exception, match="--empty: tables without rows would be published"):
            WorkingFolders("iapt_equity")
    else:
        WorkingFolders("iapt_equity")
    assert bool(done) is not is_empty


def render(call: str, **variables: Any) -> str:
    """What a macro of the file gives under variables."""

    def stop(message: str) -> NoReturn:
        raise ValueError(message)

    defaults = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    text = (PROJECT / "macros" / "checked_variables.sql").read_text(encoding="utf-8")
    stops = {"raise_compiler_error": stop}
    template = jinja2.Environment().from_string(f"{text}{{{{ {call} }}}}")
    return template.render(var={**defaults, **variables}.__getitem__, exceptions=stops).strip()


@pytest.mark.parametrize(
    ("macro", "name", "good", "bad"),
    [
        ("true_or_false", "use_ethnic_category_2021", [True, False], ["no", "", 1, None]),
        ("number_from_nought", "confidence_z", [0, 1.5, 2], ["1.5", -1, True, None]),
        (
            "crossed_area_levels",
            "crossed_area_levels",
            [["national"], ["icb", "provider"]],
            ["national", "", ["icbs"], 3, None],
        ),
    ],
)
def test_a_value_of_another_kind_stops_in_one_line(macro: str, name: str, good: list[Any], bad: list[Any]) -> None:
    call = "crossed_area_levels()" if macro == name else f"{macro}('{name}')"
    said = [render(call, **{name: value}) for value in good]
    expected = [str(value).strip("[]") if isinstance(value, list) else str(value).lower() for value in good]
    assert said == expected
    for value in bad:
        with pytest.raises(ValueError, match=f"variable {name} must be") as stop:
            render(call, **{name: value})
        assert "\n" not in str(stop.value)
    # And as the project has it.
    assert render(call) != ""


@pytest.mark.parametrize("command", ["build", "run", "parse"])
def test_a_command_from_elsewhere_says_what_to_type(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dbt looks for profiles.yml in the folder that it is typed in, and then in the home folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("DBT_PROFILES_DIR", "DBT_ENGINE_PROFILES_DIR"):
        monkeypatch.delenv(name, raising=False)
    places = ["--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path / "logs")]
    result = dbtRunner().invoke([command, "--quiet", "--project-dir", str(PROJECT), *places])
    assert str(result.exception).splitlines()[1:] == [
        "  Could not find profile named 'iapt_equity: add --profiles-dir and the folder of dbt_project.yml'"
    ]


def test_the_warehouse_file_is_where_the_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is the default, as for the other variables; DuckDB reads a tilde as the home, so it is the home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert warehouse_file({}) == warehouse_file({"IAPT_EQUITY_DB": ""}) == Path("iapt_equity.duckdb")
    assert warehouse_file({"IAPT_EQUITY_DB": "~/a b/w.duckdb"}) == tmp_path / "a b" / "w.duckdb"
    profile = yaml.safe_load((PROJECT / "profiles.yml").read_text(encoding="utf-8"))["iapt_equity"]["outputs"]
    for target, file in (("warehouse", "iapt_equity_build.duckdb"), ("readers", "iapt_equity.duckdb")):
        path = jinja2.Environment().from_string(profile[target]["path"])
        for given in ({}, {"IAPT_EQUITY_DB": ""}):
            assert path.render(env_var=given.get) == file
