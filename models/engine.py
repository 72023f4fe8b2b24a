"""Opening a database: SQLite durable and with one writer at a time, or whatever the URL names."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from models.queue import WriterQueue

#: Execution option of a connection that will only read, so it takes no write lock.
READS = "gatehouse_reads"
_WAITING_SECONDS = 0.9
_QUEUED = "gatehouse_queued"
_SQLITE = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={int(_WAITING_SECONDS * 1000)}",
)


def open_engine(url: str) -> Engine:
    """An engine for *url*. SQLite writes begin with BEGIN IMMEDIATE: no update is ever lost."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    database = make_url(url).database
    if database in (None, "", ":memory:"):
        engine = create_engine(url, poolclass=StaticPool)
    else:
        engine = create_engine(url)
        _queue_writers(engine, Path(f"{database}.lock"))
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read."""
    return engine.execution_options(**{READS: True})


def _queue_writers(engine: Engine, lock_file: Path) -> None:
    """A writing transaction waits in the queue; it leaves when its connection is given back."""
    queue = WriterQueue(lock_file, seconds=_WAITING_SECONDS)

    @event.listens_for(engine, "begin")
    def enter(connection: Connection) -> None:
        if not _only_reads(connection):
            queue.enter()
            connection.info[_QUEUED] = True

    @event.listens_for(engine, "checkin")
    def leave(_raw: Any, entry: ConnectionPoolEntry) -> None:
        if entry.info.pop(_QUEUED, False):
            queue.leave()


def _set_up_sqlite(raw: Any, _entry: Any) -> None:
    raw.isolation_level = None  # the driver begins nothing by itself; `_begin_sqlite` does
    for pragma in _SQLITE:
        raw.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if _only_reads(connection) else "BEGIN IMMEDIATE")


def _only_reads(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(READS, False))
