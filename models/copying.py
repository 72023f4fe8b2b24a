"""Copying all rows of an embedded database into PostgreSQL: as a stream, value by value as it is.

SQLite keeps days and instants as the text PostgreSQL reads, yes and no as 1 and 0, documents and
bodies as bytes. So no value is understood here, and none comes out otherwise than it went in.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select, text
from sqlalchemy.exc import DBAPIError

from models.adding import add_rows
from models.base import Base
from models.ledger import TreeHead
from models.prepared import execute

_EVERY = 1000
#: Instants are kept in UTC; and a server may not tire of a long transaction.
_SETTINGS = ("timezone = 'UTC'", "idle_in_transaction_session_timeout = 0")
_TABLES = text("""
SELECT min(relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace
  AND relkind IN ('r', 'p')
""")
_NEXT = (
    "SELECT setval(pg_get_serial_sequence('{0}', '{1}'), max({1})) FROM {0} HAVING count(*) > 0"
)


class CopyError(Exception):
    """The rows of a table cannot be copied; the message names it and says why."""


def first_table(connection: Connection) -> str:
    """The name of a table that is there already, on PostgreSQL; '' when there is none."""
    return connection.scalar(_TABLES) or ""


def rows_of(connection: Connection) -> dict[str, int]:
    """How many rows each table has, those first that others point to."""
    return {
        str(each.name): connection.execute(select(func.count()).select_from(each)).scalar_one()
        for each in Base.metadata.sorted_tables
    }


def copy_rows(source: Connection, target: Connection, copied: Callable[[int], object]) -> None:
    """Copy every row of *source*, an SQLite database, to *target*, where the schema alone is.

    *copied* is told how many more are there, every so often. Raises CopyError.
    """
    for setting in _SETTINGS:
        target.exec_driver_sql(f"SET LOCAL {setting}")
    target.execute(delete(TreeHead))  # every schema begins a tree of its own
    for table in Base.metadata.sorted_tables:
        try:
            _copy(source, target, table, copied)
        except DBAPIError as error:
            raise CopyError(f"{table.name}: {str(error.orig).splitlines()[0]}") from None
        if (number := table.autoincrement_column) is not None:
            target.exec_driver_sql(_NEXT.format(table.name, number.name))


def _copy(
    source: Connection, target: Connection, table: Table, copied: Callable[[int], object]
) -> None:
    names = [each.name for each in table.columns]
    quoted = ", ".join(f'"{each}"' for each in names)
    found = execute(source, f"SELECT {quoted} FROM {table.name}", ())
    add_rows(target, table, names, _counted(found, copied))


def _counted(rows: Any, copied: Callable[[int], object]) -> Iterator[Any]:
    number = 0
    for number, row in enumerate(rows, 1):
        yield row
        if number % _EVERY == 0:
            copied(_EVERY)
    copied(number % _EVERY)
