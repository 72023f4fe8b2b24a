"""Reading rows in the order of a key, a batch at a time: no cursor stays open when one stops."""

from collections.abc import Iterator

from sqlalchemy import Connection
from sqlalchemy.orm import InstrumentedAttribute

from models.types import AnyRow, AnySelect

_AT_A_TIME = 200


def in_order(
    connection: Connection,
    query: AnySelect,
    key: InstrumentedAttribute[str],
    *,
    descending: bool = False,
    size: int = _AT_A_TIME,
) -> Iterator[AnyRow]:
    """The rows of *query*, which selects its unique *key* first, in the order of that key."""
    ordered = query.order_by(key.desc() if descending else key).limit(size)
    rows = connection.execute(ordered).all()
    while rows:
        yield from rows
        if len(rows) < size:
            return
        last = rows[-1][0]
        behind = ordered.where(key < last if descending else key > last)
        rows = connection.execute(behind).all()
