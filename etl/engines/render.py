"""The SQL of models and checks as Spark reads it: rendered by SQLGlot from DuckDB's dialect, with a short list of what it leaves over.

Relations become temporary views, so that no catalogue is touched: `marts.deals` is the view `marts__deals`.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import ErrorLevel, exp, parse_one

from etl.build import Model

Rendering = Callable[[exp.Expression], exp.Expression]


def view_name(full_name: str) -> str:
    """Return the name of the view that stands for a relation.

    >>> view_name("marts.deals")
    'marts__deals'
    """
    return full_name.replace(".", "__")


def _relation(node: exp.Expression) -> exp.Expression:
    """Name the view of a relation: `from raw.deals` → `from raw__deals`."""
    if isinstance(node, exp.Table) and node.db:
        return exp.Table(this=exp.to_identifier(view_name(f"{node.db}.{node.name}")), alias=node.args.get("alias"))
    return node


def _length(node: exp.Expression) -> exp.Expression:
    """Take the length of a list, as models take that of no text: `len(days)` → `size(days)`."""
    return exp.ArraySize(this=node.this) if isinstance(node, exp.Length) else node


def _element(node: exp.Expression) -> exp.Expression:
    """Give null, not an error, beyond the end of a list: `days[1]` → `try_element_at(days, 1)`."""
    if isinstance(node, exp.Bracket):
        index = int(node.expressions[0].name) - int(node.args.get("offset") or 0)  # SQLGlot counts from 0
        return exp.Anonymous(this="try_element_at", expressions=[node.this, exp.Literal.number(index + 1)])
    return node


def _collected(node: exp.Expression) -> exp.Expression:
    """Make a list of no rows null, not empty: `array_agg(day)`, with a filter or without, → `nullif(collect_list(day), array())`."""
    is_list = isinstance(node.this if isinstance(node, exp.Filter) else node, exp.ArrayAgg)
    if is_list and not isinstance(node.parent, exp.Filter | exp.Nullif):
        return exp.Nullif(this=node.copy(), expression=exp.Array(expressions=[]))
    return node


RENDERINGS: tuple[Rendering, ...] = (_relation, _length, _element, _collected)
"""What SQLGlot does not render by itself, each told in its docstring."""


def rendered(sql: str) -> str:
    """Return a query of DuckDB's dialect as Spark reads it."""
    tree = parse_one(sql, read="duckdb")
    for rendering in RENDERINGS:
        tree = tree.transform(rendering)
    return tree.sql(dialect="spark", unsupported_level=ErrorLevel.RAISE, comments=False)


def columns_of(table: Model) -> dict[str, str]:
    """Return the columns of a raw table with Spark's types, from its definition."""
    return {column.name: _spark_type(column.args["kind"]) for column in parse_one(table.sql, read="duckdb").find_all(exp.ColumnDef)}


_OTHER_TYPES = {exp.DType.USERDEFINED: "STRING", exp.DType.UINT: "BIGINT"}
"""Types that Spark has no name for: an enumeration is text."""


def _spark_type(kind: exp.DataType) -> str:
    return _OTHER_TYPES.get(kind.this) or kind.sql(dialect="spark")
