"""A connection for each thread, kept open, on which every statement is committed by itself.

For work on PostgreSQL that writes in one statement: it needs no transaction around it, and neither
the pool nor SQLAlchemy's transactions are asked for every request.
"""

import time
from collections.abc import Callable
from threading import local
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from models.engine import keep_open
from models.resting import RESTED_SECONDS, there

_Done = TypeVar("_Done")


class Held:
    """Runs work on the connection of the present thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._mine = local()

    def run(self, work: Callable[[Connection], _Done]) -> _Done:
        """What *work* makes of the database; raises what it raises."""
        connection, well = self._connection(), False
        try:
            done = work(connection)
            well = True
            return done
        except Exception as error:
            well = not isinstance(error, SQLAlchemyError)
            raise
        finally:
            self._end(connection, well=well)

    def _end(self, connection: Connection, *, well: bool) -> None:
        """Keep *connection* for the next work, unless the database itself failed."""
        if not well:
            self._give_back()
            return
        if connection.in_transaction():
            connection.rollback()  # SQLAlchemy thinks of one; there is none to take back
        self._mine.used = time.monotonic()

    def _connection(self) -> Connection:
        found: Connection | None = getattr(self._mine, "connection", None)
        if found and not found.closed and time.monotonic() - self._mine.used > RESTED_SECONDS:
            found = self._still(found)
        if found is None or found.closed:
            opened = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            found = self._mine.connection = keep_open(opened)
        return found

    def _still(self, connection: Connection) -> Connection | None:
        """*connection*, if the server is still there on it."""
        raw = connection.connection.dbapi_connection
        if there(self._engine, raw):
            return connection
        connection.invalidate()
        self._give_back()
        return None

    def _give_back(self) -> None:
        connection, self._mine.connection = self._mine.connection, None
        connection.close()
