"""Tables that are nothing but pairs: somebody (or a contract) and what belongs to them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select

from models import Base
from models.upsert import insert_new
from service.people.change import Change


def sync_pairs(
    connection: Connection,
    model: type[Base],
    pairs: frozenset[tuple[Any, Any]],
    about: frozenset[str] | None,
) -> Change:
    """Make *pairs* the whole truth of the table, or only of those rows that belong to *about*."""
    before = _kept(connection, model, about)
    added, ended = pairs - before, before - pairs
    _delete(connection, model, ended)
    _insert(connection, model, added)
    owners = frozenset(owner for owner, _ in added | ended)
    return Change(before=len(before), added=len(added), ended=len(ended), people=owners)


def add_pairs(
    connection: Connection, model: type[Base], pairs: frozenset[tuple[Any, Any]]
) -> Change:
    """Add those of *pairs* that are new."""
    if not pairs:
        return Change()
    before = _kept(connection, model, None)
    if rows := _rows(model, pairs - before):
        connection.execute(insert_new(connection, model), rows)
    return Change(before=len(before), added=len(pairs - before))


def _kept(
    connection: Connection, model: type[Base], about: frozenset[str] | None
) -> frozenset[tuple[Any, Any]]:
    table = _table(model)
    owner_column, owned_column = table.c
    query = select(owner_column, owned_column)
    if about is not None:
        query = query.where(owner_column.in_(about))
    return frozenset((owner, owned) for owner, owned in connection.execute(query))


def _insert(connection: Connection, model: type[Base], pairs: Iterable[tuple[Any, Any]]) -> None:
    if rows := _rows(model, pairs):
        connection.execute(insert(model), rows)


def _rows(model: type[Base], pairs: Iterable[tuple[Any, Any]]) -> list[dict[str, Any]]:
    owner, owned = (column.name for column in _table(model).c)
    return [{owner: pair[0], owned: pair[1]} for pair in sorted(pairs)]


def _delete(connection: Connection, model: type[Base], pairs: Iterable[tuple[Any, Any]]) -> None:
    owner, owned = _table(model).c
    statement = delete(model).where(owner == bindparam("_owner"), owned == bindparam("_owned"))
    if rows := [{"_owner": pair[0], "_owned": pair[1]} for pair in sorted(pairs)]:
        connection.execute(statement, rows)


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table
