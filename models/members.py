"""The members of a list that is one parameter, so that a statement is the same for any of them."""

from collections.abc import Iterable

import orjson
from sqlalchemy import JSON, BigInteger, ColumnElement, Select, Text, bindparam, cast, func, select


def members(dialect: str, name: str) -> Select[int]:
    """The numbers of the parameter *name*, for the dialect of that name; see `listed`."""
    return select(cast(_each(dialect, name), BigInteger))


def texts(dialect: str, name: str) -> Select[str]:
    """The same for texts."""
    return select(_each(dialect, name))


def listed(members: Iterable[int] | Iterable[str]) -> str:
    """Numbers or texts as that parameter is given."""
    return orjson.dumps(sorted(members)).decode()


def _each(dialect: str, name: str) -> ColumnElement[str]:
    given = bindparam(name, type_=Text)
    if dialect == "sqlite":
        return func.json_each(given).table_valued("value").c.value
    return func.json_array_elements_text(cast(given, JSON)).table_valued("value").c.value
