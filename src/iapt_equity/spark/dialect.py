"""Turns the SQL of the models, which is DuckDB's, into the SQL of another engine.

sqlglot does nearly all of it. Here stands what it leaves as DuckDB says it, or turns into what means something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sqlglot
from sqlglot import ErrorLevel, exp
from sqlglot.dialects.spark import Spark
from sqlglot.errors import UnsupportedError
from sqlglot.generators.databricks import DatabricksGenerator
from sqlglot.generators.spark import SparkGenerator
from sqlglot.optimizer.scope import Scope, traverse_scope

ColumnsOf = Callable[[str], list[str]]
"""Names of the columns of a table, by the name that a statement calls it."""


class OwnSpark(Spark):
    """sqlglot's Spark, with the clause `qualify`, which Spark knows since 4.3: without it, names of tables are lost."""

    class Generator(SparkGenerator):
        """As Databricks writes a query."""

        TRANSFORMS = {  # noqa: RUF012  # a constant of the class that this is made of
            **SparkGenerator.TRANSFORMS,
            exp.Select: DatabricksGenerator.TRANSFORMS[exp.Select],
        }


SPARK_FAMILY = ("spark", "databricks")
RESERVED = {"snowflake": ("sample",)}
"""Names of columns that are words of the other engine's own."""


def translate(sql: str, columns_of: ColumnsOf, dialect: str = "spark") -> str:
    """Return a statement of a model, which is one query, in the words of another engine.

    Args:
        sql: The compiled statement.
        columns_of: Asked for tables whose columns are not all named by the statement.
        dialect: The other engine's, as sqlglot calls it.

    Raises:
        sqlglot.errors.SqlglotError: If it cannot be read, or holds what the other engine has no words for.
    """
    (statement,) = sqlglot.parse(sql, read="duckdb")
    assert statement is not None
    _unpivot_by_clause(statement)
    for step in statement.find_all(exp.CTE):
        # Whether a step is kept in memory is DuckDB's alone.
        step.set("materialized", None)
    if dialect in SPARK_FAMILY:
        _rewrite_functions(statement)
    _name_columns(statement, columns_of)
    for name in statement.find_all(exp.Identifier):
        if name.name.lower() in RESERVED.get(dialect, ()):
            name.replace(exp.to_identifier(name.name.upper(), quoted=True))
    return statement.sql(dialect=OwnSpark if dialect == "spark" else dialect, unsupported_level=ErrorLevel.RAISE)


def translate_expression(sql: str) -> str:
    """Return an expression over the columns of one table, without a query in it, in Spark's words.

    Args:
        sql: The expression, in DuckDB's words.
    """
    return translate(f"select {sql}", lambda _: []).removeprefix("SELECT ")


def type_name(duckdb_type: str) -> str:
    """Return Spark's name of a type of DuckDB."""
    return exp.DataType.build(duckdb_type, dialect="duckdb").sql(dialect="spark")


def _unpivot_by_clause(statement: exp.Expr) -> None:
    """Say DuckDB's `unpivot t on a, b into name n value v` as a clause of a query over `t`."""
    for pivot in list(statement.find_all(exp.Pivot)):
        into = pivot.args.get("into")
        if not into:
            continue
        field = exp.In(this=into.this.copy(), expressions=[column.copy() for column in pivot.expressions])
        clause = exp.Pivot(unpivot=True, expressions=[into.expressions[0].copy()], fields=[field])
        table = pivot.this.copy()
        table.set("pivots", [clause])
        pivot.replace(exp.select("*").from_(table))


def _rewrite_functions(statement: exp.Expr) -> None:
    # What stands inside comes first: the function around it takes it over as it is then.
    for node in reversed(list(statement.walk(bfs=True))):
        new = _rewrite(node)
        if new is not node:
            node.replace(new)
    for query in list(statement.find_all(exp.Select)):
        _unnest_together(query)


def _unnest_together(query: exp.Select) -> None:
    """Say several lists that DuckDB takes apart side by side as one list of rows: Spark would pair each with each."""
    lists = [item for item in query.expressions if isinstance(item.unalias(), exp.Explode)]
    if len(lists) < 2:
        return
    rows = _call("inline", _call("arrays_zip", *[item.unalias().this.copy() for item in lists]))
    named = exp.Aliases(this=rows, expressions=[exp.to_identifier(item.alias) for item in lists])
    others = [item for item in query.expressions if item not in lists]
    query.set("expressions", [*others, named])


def _call(name: str, *arguments: exp.Expr | str | int) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=[exp.convert(a) if isinstance(a, int) else a for a in arguments])


def _rewrite(node: exp.Expr) -> exp.Expr:
    """Say in Spark's words what sqlglot leaves as it is, or turns into what means something else there."""
    for rule in (_rewrite_name, _rewrite_type, _rewrite_day, _rewrite_number, _rewrite_list, _rewrite_whole_number):
        new = rule(node)
        if new is not None:
            return new
    return node


def _rewrite_name(node: exp.Expr) -> exp.Expr | None:
    """Say a function that sqlglot does not know."""
    if not isinstance(node, exp.Anonymous):
        return None
    name = node.name.lower()
    if name in ("hash", "xxhash64"):
        return _hash(node)
    if name == "datesub" and node.expressions[0].name == "year":
        months = exp.MonthsBetween(this=node.expressions[2].copy(), expression=node.expressions[1].copy())
        return exp.cast(exp.Floor(this=exp.Div(this=months, expression=exp.Literal.number(12))), "bigint")
    other = {"strlen": "octet_length", "list_intersect": "array_intersect"}.get(name)
    return _call(other, *[part.copy() for part in node.expressions]) if other else None


def _rewrite_type(node: exp.Expr) -> exp.Expr | None:
    """Say a type that Spark lacks, or has under another name."""
    if not isinstance(node, exp.DataType):
        return None
    if node.this == exp.DType.TIME:
        return exp.DataType(this=exp.DType.USERDEFINED, kind="TIME(6)")
    digits = {exp.DType.INT128: 38, exp.DType.UINT128: 38, exp.DType.UBIGINT: 20}.get(node.this)
    return exp.DataType.build(f"decimal({digits}, 0)") if digits else None


def _rewrite_day(node: exp.Expr) -> exp.Expr | None:
    """Say what is done with days and times: DuckDB's are numbers, Spark's intervals."""
    if isinstance(node, exp.Sub) and _is_date(node.expression):
        return exp.DateDiff(this=node.this.copy(), expression=node.expression.copy(), unit=exp.var("DAY"))
    if isinstance(node, exp.Add) and _is_date(node.this) and _is_time(node.expression):
        moment = exp.cast(node.this.copy(), "timestamp_ntz")
        return _call("timestampadd", exp.var("MICROSECOND"), _call("time_to_micros", node.expression.copy()), moment)
    if isinstance(node, exp.TimeToUnix) and _is_date(node.this):
        return exp.Mul(this=_call("unix_date", node.this.copy()), expression=exp.Literal.number(86400))
    if isinstance(node, exp.TimeToUnix):
        # Of a time of the day, to whole seconds, as the cast around it rounds in DuckDB.
        micros = _call("time_to_micros", node.this.copy())
        return _call("rint", exp.Div(this=micros, expression=exp.Literal.number(1000000)))
    if isinstance(node, exp.Cast) and node.to.this == exp.DType.DATE and node.this.name == "infinity":
        # After every day that is written with four digits.
        return exp.cast(exp.Literal.string("9999-12-31"), "date")
    return None


def _rewrite_number(node: exp.Expr) -> exp.Expr | None:
    """Say what gives a floating number in DuckDB: Spark divides and averages decimals as decimals."""
    if isinstance(node, exp.Div):
        return exp.Div(this=exp.cast(node.this.copy(), "double"), expression=node.expression.copy())
    if isinstance(node, exp.Avg):
        return exp.Avg(this=exp.cast(node.this.copy(), "double"))
    if isinstance(node, exp.PercentileCont) and node.expression:
        return _call("percentile", node.this.copy(), node.expression.copy())
    return None


def _rewrite_list(node: exp.Expr) -> exp.Expr | None:
    """Say what is done with lists."""
    smallest = node.this if isinstance(node, exp.Filter) else node
    if isinstance(smallest, exp.Min) and smallest.args.get("count") and not isinstance(node.parent, exp.Filter):
        return _smallest(node, smallest)
    values = node.this if isinstance(node, exp.Filter) else node
    if isinstance(values, exp.ArrayAgg) and not isinstance(node.parent, exp.Filter):
        return _list(node, values)
    if isinstance(node, exp.WithinGroup) or (isinstance(node, exp.Order) and node.this and not _keeps_order(node)):
        raise UnsupportedError(f"no rule says an aggregate in an order: {node.parent}")
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Explode):
        # A row for each member of a list, of another type: the list is cast.
        if node.to.this in _WHOLE_NUMBERS:
            raise UnsupportedError(f"no rule rounds the members of a list: {node}")
        wanted = exp.DataType.build(f"array<{node.to.sql('spark')}>", dialect="spark")
        return exp.Explode(this=exp.Cast(this=node.this.this.copy(), to=wanted))
    if isinstance(node, exp.Concat) and any(part.find(exp.Array) for part in node.expressions):
        return _call("concat", *[part.copy() for part in node.expressions])
    return None


_WHOLE_NUMBERS = {exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT}


def _rewrite_whole_number(node: exp.Expr) -> exp.Expr | None:
    """Say a cast to a whole number: DuckDB rounds, floating numbers to even at a half, others up; Spark cuts off."""
    if not isinstance(node, exp.Cast) or node.to.this not in _WHOLE_NUMBERS or _is_whole(node.this):
        return None
    floating, other = node.copy(), node.copy()
    floating.set("this", _call("rint", exp.cast(node.this.copy(), "double")))
    # As a decimal of 18 places: a text is a number by what it says, not by what Java makes of it (`1d`).
    decimal = type(node)(this=node.this.copy(), to=exp.DataType.build("decimal(38, 18)"))
    other.set("this", exp.Round(this=decimal))
    return exp.If(this=exp.Typeof(this=node.this.copy()).isin("double", "float"), true=floating, false=other)


def _is_whole(node: exp.Expr) -> bool:
    """Say whether an expression has no fraction, whatever its columns hold."""
    if isinstance(node, exp.Literal):
        return bool(node.is_int)
    if isinstance(node, exp.Round):
        return node.args.get("decimals") is None
    if isinstance(node, exp.Anonymous):
        return node.name == "rint"
    return isinstance(node, exp.Predicate | exp.Floor | exp.Ceil | exp.Null | exp.DateDiff)


def _is_date(node: exp.Expr) -> bool:
    """Say whether an expression is a date: by the names that columns have, which a rule of the project holds."""
    if isinstance(node, exp.Column):
        return node.name.endswith(("_date", "_month"))
    if isinstance(node, exp.Window | exp.Max | exp.Min | exp.Least | exp.Greatest):
        return _is_date(node.this)
    return isinstance(node, exp.LastDay) or (isinstance(node, exp.Cast) and node.to.this == exp.DType.DATE)


def _is_time(node: exp.Expr) -> bool:
    """Say whether an expression is a time of the day, by the names that columns have."""
    if isinstance(node, exp.Coalesce):
        return _is_time(node.this)
    return isinstance(node, exp.Column) and node.name.endswith("_time")


def _hash(node: exp.Anonymous) -> exp.Expr:
    """Say a hash of 64 bits; Spark's passes over null, so that it is told where one stands."""
    parts: list[exp.Expr] = []
    for part in node.expressions:
        parts += [part.is_(exp.null()), part.copy()]
    return _call("xxhash64", *parts)


def _keeps_order(order: exp.Order) -> bool:
    """Say whether the order of an aggregate is one that is said below, or by sqlglot."""
    return isinstance(order.parent, exp.ArrayAgg | exp.GroupConcat)


def _list(node: exp.Expr, function: exp.ArrayAgg) -> exp.Expr:
    """Say `list(x order by y)`, with `filter` or without: Spark's has no order and passes over null.

    What is collected are rows of what orders them, the value last; sorted, each gives its value. A null stands last.
    """
    values, orders = function.this, []
    if isinstance(values, exp.Order):
        values, orders = values.this, values.expressions
    if any(order.args.get("desc") or order.args.get("nulls_first") for order in orders):
        raise UnsupportedError(f"no rule says a list in a falling order, or with nulls first: {function}")
    is_distinct = isinstance(values, exp.Distinct)
    (value,) = values.expressions if is_distinct else [values]
    keys = [part for order in orders for part in (order.this.is_(exp.null()), order.this.copy())]
    row: exp.Expr = _call("struct", *keys, exp.alias_(value.copy(), "value"))
    rows: exp.Expr = _call("collect_list", exp.Distinct(expressions=[row]) if is_distinct else row)
    if isinstance(node, exp.Filter):
        rows = exp.Filter(this=rows, expression=node.expression.copy())
    of_row = exp.Lambda(this=exp.column("value", "each"), expressions=[exp.to_identifier("each")])
    return _call("transform", _call("array_sort", rows) if orders else rows, of_row)


def _smallest(node: exp.Expr, function: exp.Expr) -> exp.Expr:
    """Say `min(x, n)`, the list of the n smallest, with `filter` or without."""
    assert isinstance(function, exp.Min)
    values: exp.Expr = _call("collect_list", function.this.copy())
    if isinstance(node, exp.Filter):
        values = exp.Filter(this=values, expression=node.expression.copy())
    return _call("slice", _call("array_sort", values), 1, function.args["count"].copy())


def _name_columns(statement: exp.Expr, columns_of: ColumnsOf) -> None:
    """Name the columns where a star replaces or renames some, and where a union goes by name."""
    for scope in traverse_scope(statement):
        query = scope.expression
        if isinstance(query, exp.Select):
            for star in [item for item in query.expressions if _changes(item)]:
                names = list(_columns_of_star(star, scope, columns_of))
                _replace_star(star, names)
        elif isinstance(query, exp.Union) and query.args.get("by_name"):
            _unite_by_name(scope, columns_of)
    for union in statement.find_all(exp.Union):
        union.set("by_name", None)


def _star(item: exp.Expr) -> exp.Star | None:
    found = item.this if isinstance(item, exp.Column) else item
    return found if isinstance(found, exp.Star) else None


def _changes(item: exp.Expr) -> bool:
    star = _star(item)
    return star is not None and bool(star.args.get("replace") or star.args.get("rename"))


def _names(scope: Scope, columns_of: ColumnsOf) -> list[str]:
    """Return the names of the columns of a query."""
    query = scope.expression
    if isinstance(query, exp.Union):
        left, right = (_names(side, columns_of) for side in scope.set_operation_scopes)
        return _united(left, right) if query.args.get("by_name") else left
    names: list[str] = []
    for item in query.expressions:
        if _star(item) is None:
            names.append(item.alias_or_name)
        else:
            names += [name for _, name in _columns_of_star(item, scope, columns_of)]
    return names


def _columns_of_star(item: exp.Expr, scope: Scope, columns_of: ColumnsOf) -> Iterator[tuple[str, str]]:
    """Yield the table and the name of every column that a star stands for."""
    star = _star(item)
    assert star is not None
    left_out = {column.name.lower() for column in star.args.get("except_") or []}
    renamed = {alias.this.name: alias.alias for alias in star.args.get("rename") or []}
    wanted = item.table if isinstance(item, exp.Column) else ""
    for table, (node, source) in scope.selected_sources.items():
        if wanted and table != wanted:
            continue
        names = _names(source, columns_of) if isinstance(source, Scope) else columns_of(_table_name(source))
        for pivot in node.args.get("pivots") or []:
            (field,) = pivot.args["fields"]
            gone = {column.name.lower() for column in field.expressions}
            names = [name for name in names if name.lower() not in gone]
            names += [field.this.name, pivot.expressions[0].name]
        yield from ((table, renamed.get(name, name)) for name in names if name.lower() not in left_out)


def _table_name(table: exp.Table) -> str:
    return ".".join(part.name for part in table.parts)


def _replace_star(item: exp.Expr, columns: list[tuple[str, str]]) -> None:
    star = _star(item)
    assert star is not None
    replaced = {alias.alias: alias for alias in star.args.get("replace") or []}
    renamed = {alias.alias: alias.this.name for alias in star.args.get("rename") or []}
    named = []
    for table, name in columns:
        if name in replaced:
            named.append(replaced[name].copy())
        elif name in renamed:
            named.append(exp.alias_(exp.column(renamed[name], table), name))
        else:
            named.append(exp.column(name, table))
    query = item.parent
    assert isinstance(query, exp.Select)
    place = query.expressions.index(item)
    query.set("expressions", [*query.expressions[:place], *named, *query.expressions[place + 1 :]])


def _unite_by_name(scope: Scope, columns_of: ColumnsOf) -> None:
    """Select the columns of both sides in the order of the left side, then those that only the right side has."""
    left, right = scope.set_operation_scopes
    of_left, of_right = _names(left, columns_of), _names(right, columns_of)
    names = _united(of_left, of_right)
    for side, of_side in ((left, of_left), (right, of_right)):
        query, has = side.expression, {name.lower() for name in of_side}
        items = [exp.column(name) if name.lower() in has else exp.alias_(exp.null(), name) for name in names]
        query.replace(exp.select(*items).from_(exp.Subquery(this=query.copy(), alias=exp.to_identifier("side"))))


def _united(left: list[str], right: list[str]) -> list[str]:
    """Return the names of the left side, and those that only the right side has."""
    known = {name.lower() for name in left}
    return left + [name for name in right if name.lower() not in known]
