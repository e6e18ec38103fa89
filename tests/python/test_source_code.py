"""How the Python code is laid out: no import in a circle, no function too long to read without a reason."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
MOST_LINES = 60
REASON = re.compile(r"#\s*Long because \w+(?:\W+\w+){2,}")


def modules_of(root: Path) -> dict[str, Path]:
    """Every module below a folder by its dotted name; a package is its __init__.py."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(name: str, path: Path, modules: dict[str, Path]) -> set[str]:
    """Modules of the tree that a module names in an import, wherever the import stands: in functions and types too."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")
                kept = parents[: len(parents) - node.level + 1]
                base = ".".join([*kept, *([base] if base else [])])
            # A name may be a module of the package or something that the package itself holds.
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                found.add(inner if inner in modules else base)
    return (found & modules.keys()) - {name}


def circle_in(graph: dict[str, set[str]]) -> list[str]:
    """Modules of one circle of imports, the first of them again at the end; empty where there is none."""
    ended: set[str] = set()
    for start in sorted(graph):
        way: list[str] = []
        following: list[Iterator[str]] = [iter([start])]
        while following:
            name = next(following[-1], None)
            if name is None:
                following.pop()
                if way:
                    ended.add(way.pop())
            elif name in way:
                return [*way[way.index(name) :], name]
            elif name not in ended:
                way.append(name)
                following.append(iter(sorted(graph[name])))
    return []


def import_graph(root: Path) -> dict[str, set[str]]:
    modules = modules_of(root)
    return {name: imports_of(name, path, modules) for name, path in modules.items()}


def long_functions(source: str) -> list[str]:
    """Functions and methods of more than MOST_LINES lines, docstring and all, that do not say why.

    The reason is a comment that begins with "Long because", right above the function (and its decorators) or before its
    first statement.
    """
    lines = source.splitlines()
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        top = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        beginning = node.body[0].end_lineno if len(body) < len(node.body) else node.lineno
        where = [*lines[max(top - 2, 0) : top - 1], *lines[beginning : body[0].lineno - 1 if body else beginning]]
        if length > MOST_LINES and not any(REASON.search(line) for line in where):
            found.append(f"{node.name}: {length} lines")
    return found


def test_no_module_imports_itself_in_a_circle() -> None:
    graph = import_graph(PROJECT / "src")
    assert len(graph) > 50
    assert sum(len(named) for named in graph.values()) > 100
    assert circle_in(graph) == []


@pytest.mark.parametrize("folder", ["src", "python_models", ".ci", "benchmarks", "tests/python"])
def test_no_function_is_too_long_without_a_reason(folder: str) -> None:
    files = sorted((PROJECT / folder).rglob("*.py"))
    assert files
    found = {str(path.relative_to(PROJECT)): long_functions(path.read_text(encoding="utf-8")) for path in files}
    assert {name: functions for name, functions in found.items() if functions} == {}


def packages_imported(source: str) -> set[str]:
    """First names of everything that a module imports, wherever the import stands."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def unused(needs: list[str], imported: set[str]) -> list[str]:
    """Dependencies that nothing imports, by the names under which they are imported, and that have no other use."""
    names = [re.split(r"[<>=\[ ;]", need)[0] for need in needs]
    return [name for name in names if name not in OTHER_USE and IMPORTED_AS.get(name, name) not in imported]


IMPORTED_AS = {
    "dbt-core": "dbt",
    "great-expectations": "great_expectations",
    "pyyaml": "yaml",
    "vl-convert-python": "vl_convert",
}
OTHER_USE = {
    "dbt-duckdb": "the adapter that profiles.yml names",
    "statsmodels": "what the statistics engine is compared with, in tests and on a user's own data",
}


def test_every_dependency_of_the_product_has_a_use() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    files = [path for folder in ("src", "python_models") for path in (PROJECT / folder).rglob("*.py")]
    imported = set().union(*(packages_imported(path.read_text(encoding="utf-8")) for path in files))
    assert unused(project["project"]["dependencies"], imported) == []


# ------------------------------------------------------------------------------------------------- tests of the tests


def write_package(root: Path, **sources: str) -> dict[str, set[str]]:
    (root / "pack" / "inner").mkdir(parents=True)
    for folder in ("pack", "pack/inner"):
        (root / folder / "__init__.py").touch()
    for name, source in sources.items():
        (root / "pack" / f"{name.replace('__', '/')}.py").write_text(source, encoding="utf-8")
    return import_graph(root)


def test_imports_are_found_wherever_they_stand(tmp_path: Path) -> None:
    graph = write_package(
        tmp_path,
        plain="import os\nimport pack.a\nfrom pack import b\nfrom pack.inner import Thing\n",
        a="def run() -> None:\n    from pack import inner\n",
        b="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .inner.c import Thing\n",
        inner__c="from .. import a\nfrom . import d as other\n",
        inner__d="",
    )
    assert graph["pack.plain"] == {"pack.a", "pack.b", "pack.inner"}
    assert graph["pack.a"] == {"pack.inner"}
    assert graph["pack.b"] == {"pack.inner.c"}
    assert graph["pack.inner.c"] == {"pack.a", "pack.inner.d"}


def test_a_circle_through_a_function_is_found(tmp_path: Path) -> None:
    graph = write_package(
        tmp_path,
        a="from pack.b import thing\n",
        b="from pack import c\n",
        c="def late() -> None:\n    from pack.a import other\n",
        d="from pack import a\n",
    )
    assert circle_in(graph) == ["pack.a", "pack.b", "pack.c", "pack.a"]


def test_two_ways_to_one_module_are_no_circle(tmp_path: Path) -> None:
    graph = write_package(
        tmp_path, a="from pack import b, c\n", b="from pack import d\n", c="from pack import d\n", d=""
    )
    assert circle_in(graph) == []


FILL = "    x = 1\n"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f():\n" + FILL * 59, []),
        ("def f():\n" + FILL * 60, ["f: 61 lines"]),
        ("class C:\n    def f(self):\n" + "        x = 1\n" * 60, ["f: 61 lines"]),
        ("async def f():\n    def g():\n" + "        x = 1\n" * 60 + FILL, ["f: 63 lines", "g: 61 lines"]),
        ("# Long because it is one list of columns.\ndef f():\n" + FILL * 60, []),
        ("# Long because it is one list of columns.\n@cache\ndef f():\n" + FILL * 60, []),
        ("def f():\n    # Long because it is one list of columns.\n" + FILL * 60, []),
        ('def f():\n    """What."""\n\n    # Long because it is one list of columns.\n' + FILL * 60, []),
        ("def f():\n    x = 1\n    # Long because it is one list of columns.\n" + FILL * 60, ["f: 63 lines"]),
        ("# Long because it is one list of columns.\n\ndef f():\n" + FILL * 60, ["f: 61 lines"]),
        ("# Long because.\ndef f():\n" + FILL * 60, ["f: 61 lines"]),
        ('def f():\n    """Long because it is one list of columns."""\n' + FILL * 60, ["f: 62 lines"]),
    ],
)
def test_length_and_reason_are_read_right(source: str, found: list[str]) -> None:
    assert long_functions(source) == found


def test_a_dependency_without_a_use_is_found() -> None:
    imported = packages_imported(
        "import numpy as np\ndef f():\n    from yaml.nodes import Node\nfrom . import altair\n"
    )
    assert imported == {"numpy", "yaml"}
    assert unused(["numpy>=2", "pyyaml>=6", "altair>=6", "dbt-duckdb"], imported) == ["altair"]
