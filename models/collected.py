"""The rows of a subquery as one JSON list, so that somebody and all that is theirs are one row."""

from typing import Any

from sqlalchemy import JSON, ColumnElement, ScalarSelect, Text, cast, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def collected(*columns: Any, where: ColumnElement[bool]) -> ColumnElement[str]:
    """The text of a list: of the values of one column, or of lists of those of several."""
    return cast(_subquery(columns, where), Text)


def within_a_row(column: Any, where: ColumnElement[bool]) -> ColumnElement[Any]:
    """Such a list as one of the *columns* of another.

    Not a join, which a database that does not know how many rows there are may do the long way.
    """
    return _nested(_subquery((column,), where))


def _subquery(columns: Any, where: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(_list(*columns)).where(where).scalar_subquery()


class _list(FunctionElement[Any]):  # noqa: N801  # SQL functions are written small
    type = JSON()
    inherit_cache = True


class _nested(FunctionElement[Any]):  # noqa: N801
    type = JSON()
    inherit_cache = True


@compiles(_list)
def _json_group_array(element: _list, compiler: SQLCompiler, **more: Any) -> str:
    row = compiler.process(element.clauses, **more)
    return f"json_group_array({row if len(element.clauses) == 1 else f'json_array({row})'})"


@compiles(_list, "postgresql")
def _json_agg(element: _list, compiler: SQLCompiler, **more: Any) -> str:
    row = compiler.process(element.clauses, **more)
    row = row if len(element.clauses) == 1 else f"json_build_array({row})"
    return f"coalesce(json_agg({row}), '[]')"


@compiles(_nested)
def _json(element: _nested, compiler: SQLCompiler, **more: Any) -> str:
    return f"json({compiler.process(element.clauses, **more)})"


@compiles(_nested, "postgresql")
def _as_it_is(element: _nested, compiler: SQLCompiler, **more: Any) -> str:
    return compiler.process(element.clauses, **more)
