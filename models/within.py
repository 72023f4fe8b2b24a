"""Whether some bytes stand within the bytes of a column: each database calls it otherwise."""

from typing import Any

from sqlalchemy import Boolean, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class within(FunctionElement[bool]):  # noqa: N801  # SQL functions are written small
    """Whether *part* stands somewhere in the bytes of *column*."""

    type = Boolean()
    inherit_cache = True

    def __init__(self, part: bytes, column: InstrumentedAttribute[bytes]) -> None:
        super().__init__(literal(part), column)


@compiles(within)
def _instr(element: within, compiler: SQLCompiler, **more: Any) -> str:
    part, column = (compiler.process(each, **more) for each in element.clauses)
    return f"(instr({column}, {part}) > 0)"


@compiles(within, "postgresql")
def _position(element: within, compiler: SQLCompiler, **more: Any) -> str:
    part, column = (compiler.process(each, **more) for each in element.clauses)
    return f"(position({part} in {column}) > 0)"
