"""Which models hold rows about one person, and which of their columns identify one, read from compiled SQL.

A relation has rows about one person if its rows come from such a relation without being summed up (no ``group by``, no
``distinct``, no aggregate function), or if they are grouped by something that identifies one. A column identifies if
the project says so of its name (``identifiers`` in the meta of dbt_project.yml), or if it is made of one that does
outside of an aggregate function.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp


@dataclass
class Rows:
    """A relation: whether its rows are about one person, and the columns of it that identify one."""

    is_about_one: bool
    identifiers: set[str] = field(default_factory=set)


class RowLineage:
    """Follows rows and identifiers through statements; tables are known by ``schema.name``."""

    def __init__(self, identifiers: Iterable[str]) -> None:
        self.names = {name.lower() for name in identifiers}
        self.tables: dict[str, Rows] = {}

    def about_one_person(self, place: str) -> None:
        """A table of the data set: its rows are about one person, and the columns of the names identify."""
        self.tables[place] = Rows(is_about_one=True, identifiers=set(self.names))

    def said(self, place: str, *, is_about_one: bool) -> None:
        """A relation that cannot be read off SQL."""
        self.tables[place] = Rows(is_about_one)

    def model(self, place: str, sql: str) -> Rows:
        """The relation that a model makes; it is known from then on."""
        self.tables[place] = self._query(sqlglot.parse_one(sql, dialect="duckdb"), {})
        return self.tables[place]

    def _query(self, query: exp.Expression, known: Mapping[str, Rows]) -> Rows:
        known = dict(known)
        if with_ := query.args.get("with_"):
            for cte in with_.expressions:
                known.setdefault(cte.alias.lower(), Rows(is_about_one=False))
                known[cte.alias.lower()] = self._query(cte.this, known)
        if isinstance(query, exp.Subquery):
            return self._query(query.this, known)
        if isinstance(query, exp.Union):
            left, right = self._query(query.left, known), self._query(query.right, known)
            is_about_one = (left.is_about_one or right.is_about_one) and not query.args.get("distinct")
            return Rows(is_about_one, left.identifiers | right.identifiers)
        if isinstance(query, exp.Select):
            return self._select(query, known)
        # Anything else (unpivot, values) hands on what it reads.
        found = [self._table(table, known) for table in query.find_all(exp.Table)]
        return Rows(any(one.is_about_one for one in found), set().union(*(one.identifiers for one in found)))

    def _table(self, node: exp.Expression, known: Mapping[str, Rows]) -> Rows:
        if isinstance(node, exp.Table):
            name = node.name.lower()
            place = f"{node.db.lower()}.{name}" if node.db else name
            return known[name] if not node.db and name in known else self.tables.get(place, Rows(is_about_one=False))
        if isinstance(node, exp.Subquery):
            return self._query(node.this, known)
        found = [self._table(table, known) for table in node.find_all(exp.Table)]
        return Rows(any(one.is_about_one for one in found), set().union(*(one.identifiers for one in found)))

    def _select(self, query: exp.Select, known: Mapping[str, Rows]) -> Rows:
        read = [query.args[key].this for key in ("from_", "from") if query.args.get(key)]
        read += [join.this for join in query.args.get("joins") or ()]
        sources = [self._table(node, known) for node in read]
        is_about_one = any(source.is_about_one for source in sources)
        inherited = set().union(*(source.identifiers for source in sources))
        keys = [item for item in query.expressions if not _is_summed(item)]
        identifiers = set().union(*(self._identifying(item, inherited) for item in keys))
        is_summed = bool(query.args.get("group") or query.args.get("distinct")) or len(keys) < len(query.expressions)
        group = query.args.get("group")
        grouped_by = {column.name.lower() for column in group.find_all(exp.Column)} if group else set()
        if is_summed and not (identifiers or grouped_by & (inherited | self.names)):
            is_about_one = False
        return Rows(is_about_one, identifiers)

    def _identifying(self, item: exp.Expression, inherited: set[str]) -> set[str]:
        """Names of the columns that a part of a select list makes and that identify."""
        if isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star)):
            star = item if isinstance(item, exp.Star) else item.this
            dropped = {column.name.lower() for column in star.args.get("except_") or star.args.get("except") or ()}
            return inherited - dropped
        body = item.this if isinstance(item, exp.Alias) else item
        if _is_summed(body):
            return set()
        named = {column.name.lower() for column in body.find_all(exp.Column) if not _is_asked(column, body)}
        return {item.alias_or_name.lower()} if named & (inherited | self.names) else set()


def _is_asked(column: exp.Expression, body: exp.Expression) -> bool:
    """Whether a column stands in a yes or no, such as that there is an identifier, which identifies nobody."""
    while not isinstance(column, exp.Predicate | exp.Connector | exp.Not):
        if column is body or column.parent is None:
            return False
        column = column.parent
    return True


def _is_summed(item: exp.Expression) -> bool:
    """Whether an expression has an aggregate function, as such and not over a window."""
    return any(not _in_window(found) for found in item.find_all(exp.AggFunc))


def _in_window(found: exp.Expression) -> bool:
    parent = found.parent
    while isinstance(parent, exp.Filter | exp.IgnoreNulls | exp.RespectNulls | exp.WithinGroup):
        parent = parent.parent
    return isinstance(parent, exp.Window)
