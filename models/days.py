"""A day as the database itself writes it: ISO text, '' for none."""

from typing import Any

from sqlalchemy import ColumnElement, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class day_text(FunctionElement[str]):  # noqa: N801  # SQL functions are written small
    """The day of *column* as text, which is dearer to make in Python."""

    type = String()
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any] | InstrumentedAttribute[str]) -> None:
        super().__init__(column)


@compiles(day_text)
def _kept_as_text(element: day_text, compiler: SQLCompiler, **more: Any) -> str:
    return f"coalesce({compiler.process(element.clauses, **more)}, '')"


@compiles(day_text, "postgresql")
def _cast(element: day_text, compiler: SQLCompiler, **more: Any) -> str:
    return f"coalesce({compiler.process(element.clauses, **more)}::text, '')"
