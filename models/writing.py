"""Transactions that write to an SQLite file over a connection that is kept open."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine

from models.engine import HELD, QUEUE, keep_open
from models.prepared import execute
from models.queue import WriterQueue


class Writing:
    """Transactions that write to an SQLite file, one at a time, over a connection kept open."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(**{HELD: True})
        self._queue: WriterQueue = engine.get_execution_options()[QUEUE]
        self._connection: Connection | None = None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction with the right to write; raises QueueTimeoutError."""
        self._queue.enter()
        try:
            if self._connection is None or self._connection.closed:
                self._connection = keep_open(self._engine.connect())
            connection = self._connection
            execute(connection, "BEGIN IMMEDIATE", ()).close()
            yield connection
            if connection.in_transaction():
                connection.commit()  # which SQLAlchemy began in its own eyes
            else:
                execute(connection, "COMMIT", ()).close()
        except BaseException:
            self._close()  # which takes back what was begun
            raise
        finally:
            self._queue.leave()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            if not connection.invalidated:
                with suppress(self._engine.dialect.loaded_dbapi.Error):
                    connection.connection.rollback()  # closed alone it might keep its lock
                connection.invalidate()
            connection.close()
