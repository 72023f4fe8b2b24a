"""Inserts that give way: SQLite and PostgreSQL say alike what happens to a row that is there."""

from functools import cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from models.base import Base

_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_new(connection: Connection, model: type[Base]) -> Any:
    """An insert into *model* that leaves out rows that are there already."""
    return adding(connection.dialect.name, model)


@cache
def adding(dialect: str, model: type[Base]) -> Any:
    """The same for the dialect of that name."""
    return _INSERT[dialect](model).on_conflict_do_nothing()


@cache
def moving(dialect: str, model: type[Base], *, key: str, forward: str) -> Any:
    """An insert into *model* that moves *forward*, of a row that is there, never back."""
    statement = _INSERT[dialect](model)
    later, kept = statement.excluded[forward], model.__table__.c[forward]
    return statement.on_conflict_do_update(
        index_elements=[key], set_={forward: later}, where=kept < later
    )
