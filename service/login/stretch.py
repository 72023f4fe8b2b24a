"""Cutting what is looked at into stretches, so that none is held in memory or read for long."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from models.types import AnySelect


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many rows, from one ID to another, both included."""

    ends: tuple[str, str]
    rows: int


def cut(connection: Connection, ids: AnySelect, size: int) -> list[Stretch]:
    """What *ids* selects (as `id`), in its order, *size* rows in each stretch but the last."""
    each = ids.subquery()
    number = (func.row_number().over(order_by=each.c.id) - 1).label("number")
    numbered = select(each.c.id, number).subquery()
    part = (numbered.c.number - numbered.c.number % size).label("part")
    ends = (func.min(numbered.c.id), func.max(numbered.c.id))
    found = select(*ends, func.count()).group_by(part).order_by(part)
    return [Stretch((first, last), rows) for first, last, rows in connection.execute(found)]
