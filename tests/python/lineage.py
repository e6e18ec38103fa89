"""Which columns of which models a column decides, read from compiled SQL.

A column reaches another in one of two ways:

* by value: it stands in the expression that makes the other column;
* by rows: it stands where rows are chosen or put together (``where``, the condition of a join, ``having``, ``qualify``,
  ``group by``, ``distinct``, ``order by``), and so decides what every column of the query holds. A rule that
  works as a filter, such as ``is_accepted`` or ``is_finished_course``, reaches the marts in this way. The rows of a
  relation are written as a column of it, ``ROWS``.

What is only handed on by ``select *`` and read by nobody reaches nothing. A name that cannot be found is an error: no
lineage is half a lineage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp

ROWS = "<rows>"
Place = tuple[str, str]  # model and column
_CLAUSES = ("where", "group", "having", "qualify", "order", "distinct", "limit")


class LineageError(ValueError):
    """A name that is not there, or SQL that this module does not know."""


@dataclass
class Relation:
    """A table, view or query: for each column the places that make it, and the places that choose its rows.

    ``open_names``: sources whose columns are not all listed (the reader of files adds some); any name is one of theirs.
    """

    columns: dict[str, frozenset[Place]]
    rows: frozenset[Place] = frozenset()
    open_names: frozenset[str] = frozenset()

    def find(self, name: str) -> frozenset[Place] | None:
        if name in self.columns:
            return self.columns[name]
        return frozenset((source, name) for source in self.open_names) or None


@dataclass
class _Scope:
    """What a name may mean inside one ``select``."""

    relations: dict[str, Relation] = field(default_factory=dict)
    aliases: dict[str, frozenset[Place]] = field(default_factory=dict)
    outer: _Scope | None = None

    def column(self, name: str, table: str) -> frozenset[Place]:
        if table:
            if table in self.relations:
                found = self.relations[table].find(name)
                if found is not None:
                    return found
            # A field of a struct reads like a column of a table: s.x
            elif (found := self._bare(table)) is not None:
                return found
        elif (found := self._bare(name)) is not None:
            return found
        if not table and name in self.relations:
            # A whole row, as in hash(rows): that something of it has changed is no use of what its columns say.
            return frozenset()
        if self.outer is not None:
            return self.outer.column(name, table)
        raise LineageError(f"no column {table + '.' if table else ''}{name} among {', '.join(self.relations)}")

    def _bare(self, name: str) -> frozenset[Place] | None:
        for relation in sorted(self.relations.values(), key=lambda one: bool(one.open_names)):
            if name in relation.columns or (relation.open_names and name not in self.aliases):
                return relation.find(name)
        # A select list may go on with a name that it has just given.
        return self.aliases.get(name)


def _name(node: exp.Expression | None) -> str:
    return "" if node is None else node.name.lower()


class _Query:
    """Resolves one statement; ``tables`` gives the relations that are no common table expression."""

    def __init__(self, tables: Mapping[str, Relation]) -> None:
        self.tables = tables

    def relation(self, query: exp.Expression, known: Mapping[str, Relation], outer: _Scope | None = None) -> Relation:
        known = dict(known)
        if with_ := query.args.get("with_"):
            for cte in with_.expressions:
                known[cte.alias.lower()] = self._cte(cte, known, is_recursive=bool(with_.args.get("recursive")))
        if isinstance(query, exp.Subquery):
            return self.relation(query.this, known, outer)
        if isinstance(query, exp.Union):
            return self._union(query, known, outer)
        if isinstance(query, exp.Pivot):
            return self._unpivot(query, known)
        if isinstance(query, exp.Select):
            return self._select(query, known, outer)
        if isinstance(query, exp.Values):
            return self._values(query)
        raise LineageError(f"unknown kind of query: {type(query).__name__}")

    def _cte(self, cte: exp.CTE, known: dict[str, Relation], *, is_recursive: bool) -> Relation:
        body = cte.this
        if is_recursive and isinstance(body, exp.Union):
            # A query that reads itself: its first part gives the columns, a second round what the other part adds.
            first = self.relation(body.this, known)
            name = cte.alias.lower()
            return self.relation(body, {**known, name: self.relation(body, {**known, name: first})})
        return self._renamed(self.relation(body, known), cte.args.get("alias"))

    @staticmethod
    def _renamed(relation: Relation, alias: exp.Expression | None) -> Relation:
        names = [_name(column) for column in alias.args.get("columns") or []] if alias is not None else []
        if not names:
            return relation
        columns = dict(zip([*names, *list(relation.columns)[len(names) :]], relation.columns.values(), strict=True))
        return Relation(columns, relation.rows, relation.open_names)

    def _union(self, query: exp.Union, known: Mapping[str, Relation], outer: _Scope | None) -> Relation:
        left, right = self.relation(query.left, known, outer), self.relation(query.right, known, outer)
        rows = left.rows | right.rows
        if not query.args.get("by_name"):
            if len(left.columns) != len(right.columns) and not (left.open_names or right.open_names):
                raise LineageError(f"union of {len(left.columns)} and {len(right.columns)} columns")
            right = Relation(
                dict(zip(left.columns, right.columns.values(), strict=False)), right.rows, right.open_names
            )
        names = dict.fromkeys([*left.columns, *right.columns])
        none: frozenset[Place] = frozenset()
        columns = {name: left.columns.get(name, none) | right.columns.get(name, none) for name in names}
        if query.args.get("distinct"):
            rows = rows.union(*columns.values())
        return Relation(columns, rows, left.open_names | right.open_names)

    def _unpivot(self, query: exp.Pivot, known: Mapping[str, Relation]) -> Relation:
        into = query.args.get("into")
        if not query.args.get("unpivot") or into is None:
            raise LineageError("only `unpivot … on … into name … value …` is known")
        source = self._table(query.this, known)
        scope = _Scope({"": source})
        turned = [_name(column) for column in query.expressions]
        values = frozenset().union(*(scope.column(name, "") for name in turned))
        columns = {name: places for name, places in source.columns.items() if name not in turned}
        columns |= {_name(into.this): values} | {_name(value): values for value in into.expressions}
        # An empty value makes no row.
        return Relation(columns, source.rows | values, source.open_names)

    def _values(self, query: exp.Values) -> Relation:
        alias = query.args.get("alias")
        names = [_name(column) for column in alias.args.get("columns") or []] if alias is not None else []
        return Relation({name: frozenset() for name in names or ["col0"]})

    def _table(self, node: exp.Expression, known: Mapping[str, Relation], outer: _Scope | None = None) -> Relation:
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            name = _name(node)
            if not node.db and name in known:
                return self._renamed(known[name], node.args.get("alias"))
            key = f"{node.db}.{node.name}".lower()
            if key not in self.tables:
                raise LineageError(f"no relation {key}")
            return self._renamed(self.tables[key], node.args.get("alias"))
        if isinstance(node, exp.Subquery):
            return self._renamed(self.relation(node.this, known, outer), node.args.get("alias"))
        if isinstance(node, exp.Values):
            return self._values(node)
        raise LineageError(f"unknown kind of relation: {node.sql('duckdb')[:80]}")

    def _select(self, query: exp.Select, known: Mapping[str, Relation], outer: _Scope | None) -> Relation:
        scope = _Scope(outer=outer)
        rows: frozenset[Place] = frozenset()
        shown: dict[str, Relation] = {}
        parts = [query.args["from_"].this] if query.args.get("from_") else []
        joins = query.args.get("joins") or []
        for node, join in [(part, None) for part in parts] + [(join.this, join) for join in joins]:
            relation = self._table(node, known, scope)
            name = node.alias_or_name.lower()
            scope.relations[name] = relation
            if join is None or join.kind not in ("SEMI", "ANTI"):
                shown[name] = relation
            rows |= relation.rows
        columns: dict[str, frozenset[Place]] = {}
        for item in query.expressions:
            for name, places in self._item(item, scope, shown, known):
                columns[name] = places
                scope.aliases[name] = places
        for join in joins:
            if on := join.args.get("on"):
                rows |= self._places(on, scope, known)
            for name in join.args.get("using") or []:
                rows |= frozenset().union(*(one.find(_name(name)) or frozenset() for one in scope.relations.values()))
        for clause in _CLAUSES:
            if node := query.args.get(clause):
                rows |= self._places(node, scope, known)
                if clause == "distinct" or (clause == "group" and node.args.get("all")):
                    rows = rows.union(*columns.values())
        opened: frozenset[str] = frozenset()
        if any(self._is_star(item) for item in query.expressions):
            opened = opened.union(*(one.open_names for one in shown.values()))
        return Relation(columns, rows, opened)

    @staticmethod
    def _is_star(item: exp.Expression) -> bool:
        return isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star))

    def _item(
        self, item: exp.Expression, scope: _Scope, shown: Mapping[str, Relation], known: Mapping[str, Relation]
    ) -> Iterator[tuple[str, frozenset[Place]]]:
        if self._is_star(item):
            star = item if isinstance(item, exp.Star) else item.this
            left_out = {_name(column) for column in star.args.get("except_") or star.args.get("except") or []}
            replaced = {one.alias.lower(): one for one in star.args.get("replace") or []}
            chosen = [shown[_name(item.args["table"])]] if isinstance(item, exp.Column) else list(shown.values())
            for relation in chosen:
                for name, places in relation.columns.items():
                    if name not in left_out:
                        yield name, self._places(replaced[name], scope, known) if name in replaced else places
            return
        yield item.alias_or_name.lower() or item.sql("duckdb").lower(), self._places(item, scope, known)

    def _places(self, node: exp.Expression, scope: _Scope, known: Mapping[str, Relation]) -> frozenset[Place]:
        """Every place that an expression reads; of a query inside it, its columns and its rows."""
        if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
            return scope.column(node.name.lower(), node.table.lower())
        if isinstance(node, exp.Select | exp.Union | exp.Subquery):
            inner = self.relation(node, known, scope)
            return inner.rows.union(*inner.columns.values())
        found: frozenset[Place] = frozenset()
        for child in node.iter_expressions():
            found |= self._places(child, scope, known)
        return found


@dataclass
class Lineage:
    """Columns of every model, and which places read which.

    Attributes:
        columns: Columns by model, in order.
        readers: For each place the places that it decides, one step on.
    """

    columns: dict[str, tuple[str, ...]]
    readers: dict[Place, set[Place]]

    def reached(self, start: Place) -> set[Place]:
        """Every place that a column decides, over any number of steps."""
        found, open_ends = {start}, [start]
        while open_ends:
            for place in self.readers.get(open_ends.pop(), ()):
                if place not in found:
                    found.add(place)
                    open_ends.append(place)
        return found - {start}

    def marts(self, start: Place, marts: Iterable[str]) -> set[Place]:
        """The columns (or the rows) of the marts that a column decides.

        Raises:
            LineageError: If there is no such column.
        """
        model, column = start
        if column not in self.columns.get(model, ()):
            raise LineageError(f"no column {model}.{column}")
        marts = set(marts)
        return {place for place in self.reached(start) | {start} if place[0] in marts}


def trace(manifest: Mapping[str, Any], compiled: Mapping[str, str]) -> Lineage:
    """The lineage of models from a manifest (as JSON) and their compiled SQL.

    Args:
        manifest: ``manifest.json``; gives names, order, and the columns of seeds and sources.
        compiled: Compiled SQL by unique identifier. What depends on a model without it must be left out too.
    """
    tables: dict[str, Relation] = {}
    columns: dict[str, tuple[str, ...]] = {}
    readers: dict[Place, set[Place]] = defaultdict(set)

    def enter(node: Mapping[str, Any], name: str, names: Iterable[str], *, is_open: bool = False) -> None:
        listed = {column.lower(): frozenset({(name, column.lower())}) for column in names}
        key = f"{node['schema']}.{node.get('alias') or node.get('identifier') or node['name']}".lower()
        tables[key] = Relation(listed, frozenset({(name, ROWS)}), frozenset({name} if is_open else ()))

    for source in manifest["sources"].values():
        name = f"{source['source_name']}.{source['name']}"
        enter(source, name, source["columns"], is_open=True)
    for node in manifest["nodes"].values():
        # A seed's columns and those of a Python model are what is described of them: a test holds that to be all.
        if node["resource_type"] == "seed" or (node["resource_type"] == "model" and node["language"] == "python"):
            columns[node["name"]] = tuple(column.lower() for column in node["columns"])
            enter(node, node["name"], node["columns"])
    for unique_id in _in_order(manifest, compiled):
        node = manifest["nodes"][unique_id]
        name = node["name"]
        try:
            result = _Query(tables).relation(sqlglot.parse_one(compiled[unique_id], read="duckdb"), {})
        except LineageError as error:
            raise LineageError(f"{name}: {error}") from error
        columns[name] = tuple(result.columns)
        for column, places in [*result.columns.items(), (ROWS, result.rows)]:
            for place in places:
                readers[place].add((name, column))
        enter(node, name, result.columns, is_open=bool(result.open_names))
    return Lineage(columns, dict(readers))


def upstream(manifest: Mapping[str, Any], ends: Iterable[str]) -> set[str]:
    """Unique identifiers of the SQL models that the ends are made of, with the ends themselves."""
    found: set[str] = set()
    open_ends = list(ends)
    while open_ends:
        unique_id = open_ends.pop()
        node = manifest["nodes"].get(unique_id)
        if unique_id not in found and node and node["resource_type"] == "model" and node["language"] == "sql":
            found.add(unique_id)
            open_ends.extend(node["depends_on"]["nodes"])
    return found


def _in_order(manifest: Mapping[str, Any], compiled: Mapping[str, str]) -> list[str]:
    """Models that have compiled SQL, each after those that it reads."""
    order: dict[str, None] = {}

    def visit(unique_id: str) -> None:
        if unique_id in order or unique_id not in compiled:
            return
        for parent in manifest["nodes"][unique_id]["depends_on"]["nodes"]:
            visit(parent)
        order[unique_id] = None

    for unique_id in compiled:
        visit(unique_id)
    return list(order)
