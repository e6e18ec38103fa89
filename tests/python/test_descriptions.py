"""Everything is described, and what is said is said once: in its place, or in a doc block that is used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import yaml

from warehouses import Warehouse

PROJECT = Path(__file__).parents[2]
FOLDERS = ("models", "seeds", "python_models", "macros", "tests")
DOC_BLOCK = re.compile(r"{%-?\s*docs\s+(\w+)\s*-?%}(.*?){%-?\s*enddocs\s*-?%}", re.DOTALL)
DOC_USE = re.compile(r"""doc\(\s*["'](\w+)["']\s*\)""")
SIGNATURE = re.compile(r"{%-?\s*(?:macro|test)\s+\w+\s*\((.*?)\)\s*-?%}", re.DOTALL)
# A few words may be said twice; a sentence may not.
SENTENCE = 20

Node = dict[str, Any]


def relations(manifest: dict[str, dict[str, Node]]) -> list[Node]:
    found = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]
    assert found
    return found


def files(pattern: str) -> list[Path]:
    return sorted(file for folder in FOLDERS for file in (PROJECT / folder).rglob(pattern))


def texts_in_yaml() -> Iterator[tuple[str, str]]:
    """Every description in YAML with its place; what an anchor repeats is written once, and comes once."""
    seen: set[int] = set()

    def described(node: Node, where: str) -> Iterator[tuple[str, str]]:
        if id(node) not in seen:
            seen.add(id(node))
            name = f"{where}.{node['name']}"
            if node.get("description"):
                yield name, " ".join(str(node["description"]).split())
            for part in ("tables", "columns", "arguments"):
                for child in node.get(part) or ():
                    yield from described(child, name)

    # All at once: an object that is gone may leave its id to another.
    contents = {file: yaml.safe_load(file.read_text(encoding="utf-8")) or {} for file in files("*.yml")}
    for file, content in contents.items():
        for kind in ("models", "seeds", "sources", "macros"):
            for node in content.get(kind) or ():
                yield from described(node, file.name)


def doc_blocks() -> list[tuple[str, str]]:
    return [block for file in files("*.md") for block in DOC_BLOCK.findall(file.read_text(encoding="utf-8"))]


def test_every_relation_and_column_is_described(manifest: dict[str, dict[str, Node]]) -> None:
    described = relations(manifest) + list(manifest["sources"].values())
    missing = [node["unique_id"] for node in described if not node["description"].strip() or not node["columns"]]
    missing += [
        f"{node['unique_id']}.{column['name']}"
        for node in described
        for column in node["columns"].values()
        if not column["description"].strip()
    ]
    assert missing == []


def test_every_macro_is_described_with_its_arguments(manifest: dict[str, dict[str, Node]]) -> None:
    macros = [macro for macro in manifest["macros"].values() if macro["package_name"] == "iapt_equity"]
    assert macros
    wrong = [macro["name"] for macro in macros if not macro["description"].strip()]
    for macro in macros:
        signature = SIGNATURE.search(macro["macro_sql"])
        if macro["name"].startswith("test_"):
            # dbt counts no arguments of a generic test and warns of each that is described.
            continue
        if signature is None:
            assert macro["name"].startswith("materialization_")
            continue
        taken = re.findall(r"(?:^|,)\s*(\w+)", signature[1])
        described = {argument["name"]: argument["description"].strip() for argument in macro["arguments"]}
        wrong += [f"{macro['name']}({name})" for name in taken if not described.get(name)]
        wrong += [f"{macro['name']}({name}) is no argument" for name in described if name not in taken]
    assert wrong == []


def test_every_macro_that_is_described_exists(manifest: dict[str, dict[str, Node]]) -> None:
    known = {macro["name"] for macro in manifest["macros"].values() if macro["package_name"] == "iapt_equity"}
    contents = [yaml.safe_load(file.read_text(encoding="utf-8")) or {} for file in files("*.yml")]
    described = {macro["name"] for content in contents for macro in content.get("macros") or ()}
    assert described - known == set()


def test_no_text_is_written_twice() -> None:
    texts = [text for _, text in texts_in_yaml() if not DOC_USE.search(text)]
    texts += [" ".join(text.split()) for _, text in doc_blocks()]
    assert len(texts) > 100
    assert [text for text, count in Counter(texts).items() if count > 1 and len(text) >= SENTENCE] == []


def test_every_doc_block_is_used_and_has_a_name_of_its_own() -> None:
    names = Counter(name for name, _ in doc_blocks())
    used = {name for _, text in texts_in_yaml() for name in DOC_USE.findall(text)}
    assert sorted(names.keys() ^ used) == []
    assert [name for name, count in names.items() if count > 1] == []


def test_the_blocks_of_columns_stand_in_order() -> None:
    page = (PROJECT / "models" / "columns.md").read_text(encoding="utf-8")
    names = [name for name, _ in DOC_BLOCK.findall(page)]
    assert names == sorted(names, key=lambda name: (name.lower(), name))


def test_the_columns_described_are_those_that_are_built(
    manifest: dict[str, dict[str, Node]], whole_warehouse: Warehouse
) -> None:
    """Of tables and views alike; a contract asks it of tables for readers alone."""
    described = {
        (node["schema"], node["alias"]): {column.lower() for column in node["columns"]} for node in relations(manifest)
    }
    built: dict[tuple[str, str], set[str]] = {}
    with duckdb.connect(str(whole_warehouse.work / "warehouse_build.duckdb"), read_only=True) as connection:
        for schema, table, column in connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where not internal"
        ).fetchall():
            built.setdefault((schema, table), set()).add(column.lower())
    assert described.keys() - built.keys() == set()
    assert {place: columns ^ built[place] for place, columns in described.items() if columns != built[place]} == {}
