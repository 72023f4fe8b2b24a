"""The numbers of a list that is one parameter, so that a statement is the same for any of them."""

from collections.abc import Iterable

import orjson
from sqlalchemy import JSON, BigInteger, Select, Text, bindparam, cast, func, select


def members(dialect: str, name: str) -> Select[int]:
    """The numbers of the parameter *name*, for the dialect of that name; see `listed`."""
    given = bindparam(name, type_=Text)
    if dialect == "sqlite":
        return select(func.json_each(given).table_valued("value").c.value)
    each = func.json_array_elements_text(cast(given, JSON)).table_valued("value")
    return select(cast(each.c.value, BigInteger))


def listed(numbers: Iterable[int]) -> str:
    """*numbers* as that parameter is given."""
    return orjson.dumps(sorted(numbers)).decode()
