"""Transactions that write to an SQLite file over a connection that is kept open."""

import math
import time
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
        self._bears = 0

    @contextmanager
    def begin(self, until: float) -> Iterator[Connection]:
        """A transaction with the right to write; raises QueueTimeoutError.

        *until*: the `monotonic` instant from which on nobody waits for it any more.
        """
        self._queue.enter(until)
        try:
            if self._connection is None or self._connection.closed:
                self._connection = keep_open(self._engine.connect())
                self._bears = 0
            connection = self._connection
            self._bear(connection, until - time.monotonic())
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

    def _bear(self, connection: Connection, seconds: float) -> None:
        """Let *connection* wait no longer for whoever writes without a queue; in tenths of them,
        so that it seldom has to be told."""
        tenths = max(1, math.ceil(10 * seconds))
        if tenths != self._bears:
            execute(connection, f"PRAGMA busy_timeout = {100 * tenths}", ()).close()
            self._bears = tenths

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            if not connection.invalidated:
                with suppress(self._engine.dialect.loaded_dbapi.Error):
                    connection.connection.rollback()  # closed alone it might keep its lock
                connection.invalidate()
            connection.close()
