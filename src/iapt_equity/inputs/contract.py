"""The input contract: which tables and columns an extract may or must hold, and of which type.

The contract is the dbt source definition itself (``models/staging/*/_*__sources.yml``), so that what the
documentation shows, what staging reads and what the input check holds files against cannot drift apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from iapt_equity.inputs.value_rules import ValueRules, read_value_rules

TYPES = frozenset({"varchar", "date", "timestamp", "time", "integer", "double", "boolean"})
"""Column types that a contract may name."""

IDENTIFIER, CODE, TEXT, BIRTH_DATE, LOAD_NUMBER = "identifier", "code", "text", "birth_date", "load_number"
"""Kinds of value that the type does not tell: of text, of dates, of numbers. Text of no other kind is a code."""
_KINDS = {IDENTIFIER: "varchar", TEXT: "varchar", BIRTH_DATE: "date", LOAD_NUMBER: "integer"}

# The same loader in C where the library was built with it: a sixth of the time, at the start of every command.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# A text that dbt keeps as a doc block, and its place in YAML.
_BLOCK = re.compile(r"{%-?\s*docs\s+(\w+)\s*-?%}(.*?){%-?\s*enddocs\s*-?%}", re.DOTALL)
_PLACE = re.compile(r"""{{\s*doc\(\s*["'](\w+)["']\s*\)\s*}}""")


@dataclass(frozen=True)
class Column:
    """One column of an input table.

    Attributes:
        name: Official field name; matched without regard to case.
        data_type: One of :data:`TYPES`; what the typed view gives.
        is_required: Whether a file without the column is refused. An optional column that is absent is null.
        aliases: Other names under which publishers give the same column.
        since: The first folder whose version has the column; empty where all have it. In files of folders before it
            the column does not count.
        absent_in: Names of the folders before ``since``.
        description: What the column holds.
        kind: :data:`IDENTIFIER`, :data:`CODE`, :data:`TEXT`, :data:`BIRTH_DATE` or :data:`LOAD_NUMBER`, and for other
            types the type.
        keeps: Codes of the column, in upper case, that elsewhere mean nothing.
        is_number: Whether an identifier is a number wherever it has digits alone, so that leading zeros say nothing.
        is_filled: Whether every row of a table with a key needs a value; those of the key do anyway.
        listed_in: Seed, below the folder of the seeds, and its column that lists all values that there are, in any
            case; empty where none does. Only of tables with a key.
    """

    name: str
    data_type: str
    is_required: bool
    aliases: tuple[str, ...]
    since: str
    absent_in: frozenset[str]
    description: str
    kind: str = CODE
    keeps: frozenset[str] = frozenset()
    is_number: bool = False
    is_filled: bool = False
    listed_in: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One input table.

    Attributes:
        name: Official table name, which is the name of its folder (or file).
        identifier: Name of the typed view in schema ``raw``.
        is_required: Whether an input without the table is refused. An optional table that is absent is empty.
        columns: Its columns, in the order of the contract.
        description: What one row is.
        key: Columns that may not be the same in two rows, so that two releases of the table cannot stand in one
            another's way; empty where rows are judged one by one.
    """

    name: str
    identifier: str
    is_required: bool
    columns: tuple[Column, ...]
    description: str
    key: tuple[str, ...] = ()


@dataclass(frozen=True)
class InputFolder:
    """One folder of input, which holds one version of the data set.

    Attributes:
        name: Name below the input directory, such as ``v2_1``, which is also the version that rows carry in column
            ``mds_version``; empty where the tables lie in the directory itself and have no version.
        data_set_version: What the header's version number must say, such as ``2.1``; empty where there is none.
    """

    name: str
    data_set_version: str

    def below(self, directory: Path) -> Path:
        """Return the folder in an input directory."""
        return directory / self.name if self.name else directory


@dataclass(frozen=True)
class Contract:
    """All tables of one source.

    Attributes:
        source: Name of the dbt source, such as ``mds_v2``.
        folders: Folders below the input directory that hold these tables, oldest version first; any may be absent.
        header_table: Name of the table with one row per submission; empty where there is none.
        tables: The tables.
        description: What the source is.
        rules: How the values of its columns are read.
    """

    source: str
    folders: tuple[InputFolder, ...]
    header_table: str
    tables: tuple[Table, ...]
    description: str
    rules: ValueRules = field(default_factory=ValueRules)


def _meta(node: dict[str, Any]) -> dict[str, Any]:
    meta: dict[str, Any] = (node.get("config") or {}).get("meta") or {}
    return meta


def _folders(meta: dict[str, Any]) -> tuple[InputFolder, ...]:
    folders = tuple(InputFolder(str(name), str(version)) for name, version in (meta["input_folders"] or {}).items())
    return folders or (InputFolder("", ""),)


def _description(node: dict[str, Any], blocks: Mapping[str, str], where: str) -> str:
    """The description of a node in one line, with doc blocks in their places."""

    def block(place: re.Match[str]) -> str:
        if place[1] not in blocks:
            raise ValueError(f"{where}: no doc block '{place[1]}'")
        return blocks[place[1]]

    return " ".join(_PLACE.sub(block, str(node.get("description", ""))).split())


@dataclass(frozen=True)
class _Shared:
    """What the columns of a source share: doc blocks, folders, kinds, codes that look blank, identifiers in numbers."""

    blocks: Mapping[str, str]
    folders: tuple[InputFolder, ...]
    kinds: Mapping[str, str]
    keeps: Mapping[str, list[str]]
    numbers: frozenset[str]


def _kinds(meta: dict[str, Any], where: str) -> dict[str, str]:
    """The kind of each column that ``meta.value_kinds`` names."""
    listed: dict[str, list[str]] = meta.get("value_kinds") or {}
    if unknown := listed.keys() - _KINDS.keys():
        raise ValueError(f"{where}: value_kinds {', '.join(sorted(unknown))} is none of {', '.join(sorted(_KINDS))}")
    return {str(name): kind for kind, names in listed.items() for name in names}


def _column(node: dict[str, Any], where: str, shared: _Shared) -> Column:
    data_type = str(node.get("data_type", "")).lower()
    if data_type not in TYPES:
        raise ValueError(f"{where}.{node['name']}: data_type '{data_type}' is none of {', '.join(sorted(TYPES))}")
    meta = _meta(node)
    names = [folder.name for folder in shared.folders]
    name = str(node["name"])
    kind = shared.kinds.get(name, CODE if data_type == "varchar" else data_type)
    if _KINDS.get(kind, data_type) != data_type:
        raise ValueError(f"{where}.{name}: kind '{kind}' is none of data_type '{data_type}'")
    since = str(meta.get("since", ""))
    if since and since not in names:
        raise ValueError(f"{where}.{node['name']}: since '{since}' is none of {', '.join(names)}")
    return Column(
        name=name,
        data_type=data_type,
        is_required=bool(meta.get("required", False)),
        aliases=tuple(str(alias) for alias in meta.get("aliases", ())),
        since=since,
        absent_in=frozenset(names[: names.index(since)] if since else ()),
        description=_description(node, shared.blocks, f"{where}.{name}"),
        kind=kind,
        keeps=frozenset(str(code).upper() for code in shared.keeps.get(name, ())),
        is_number=name in shared.numbers,
        is_filled=bool(meta.get("filled", False)),
        listed_in=tuple(str(part) for part in meta.get("listed_in", ())),
    )


def _table(node: dict[str, Any], shared: _Shared) -> Table:
    name = str(node["name"])
    return Table(
        name=name,
        identifier=str(node.get("identifier", name)),
        is_required=bool(_meta(node).get("required", False)),
        columns=tuple(_column(column, name, shared) for column in node.get("columns", ())),
        description=_description(node, shared.blocks, name),
        key=tuple(str(column) for column in _meta(node).get("key", ())),
    )


def read_contracts(
    files: Iterable[Path], blocks: Mapping[str, str] | None = None, rules: ValueRules | None = None
) -> dict[str, Contract]:
    """Read contracts from dbt source definitions.

    Only sources that carry ``meta.input_folders`` are input contracts; others are passed over. It maps each folder to
    the version of the data set in it; an empty mapping says that the tables lie in the input directory itself.

    Args:
        files: YAML files with a ``sources`` list.
        blocks: Texts of the doc blocks that descriptions name, by name.
        rules: How values are read; without them every text means what it says.

    Returns:
        The contracts by source name, in the order of the files.

    Raises:
        ValueError: If a column names a type that is none of :data:`TYPES`, or a folder that is none of the source's, or
            if a description names a block that is not there, or the source a kind or column that is not there.
    """
    blocks = blocks or {}
    contracts: dict[str, Contract] = {}
    for file in files:
        for source in (yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER) or {}).get("sources", ()):
            meta = _meta(source)
            if "input_folders" not in meta:
                continue
            folders = _folders(meta)
            keeps = meta.get("codes_that_look_blank") or {}
            numbers = frozenset(meta.get("identifiers_in_numbers") or ())
            shared = _Shared(blocks, folders, _kinds(meta, source["name"]), keeps, numbers)
            tables = tuple(_table(table, shared) for table in source.get("tables", ()))
            named = {column.name for table in tables for column in table.columns}
            if absent := sorted((shared.kinds.keys() | keeps.keys() | numbers) - named):
                raise ValueError(f"{source['name']}: no column {', '.join(absent)}")
            contracts[source["name"]] = Contract(
                source=source["name"],
                folders=folders,
                header_table=str(meta.get("header_table", "")),
                tables=tables,
                description=_description(source, blocks, source["name"]),
                rules=rules or ValueRules(),
            )
    return contracts


def read_project_contracts(project_dir: Path) -> dict[str, Contract]:
    """Read the contracts of a dbt project.

    Args:
        project_dir: Folder of ``dbt_project.yml``.

    Returns:
        The contracts by source name.

    Raises:
        ValueError: If the project defines no input contract.
    """
    texts = [file.read_text(encoding="utf-8") for file in sorted(project_dir.glob("models/**/*.md"))]
    blocks = {name: text for page in texts for name, text in _BLOCK.findall(page)}
    files = sorted(project_dir.glob("models/staging/*/_*__sources.yml"))
    contracts = read_contracts(files, blocks, read_value_rules(project_dir))
    if not contracts:
        raise ValueError(f"no input contract below {project_dir / 'models' / 'staging'}")
    return contracts
