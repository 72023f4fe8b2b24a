"""Opening a database: SQLite durable and with one writer at a time, or whatever the URL names."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from models.queue import WriterQueue

#: Execution option of a connection that will only read, so it takes no write lock.
READS = "gatehouse_reads"
#: Execution option of a connection whose transaction others wait for: nothing slow happens in it.
_HURRIES = "gatehouse_hurries"


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds to wait for a lock, and for one statement (0: as long as it takes)."""

    lock: float
    statement: float


#: A command line may take its time; a request has to end within its one second.
COMMAND, REQUEST = Patience(5.0, 0.0), Patience(0.9, 0.9)
_QUEUED = "gatehouse_queued"
_CONNECTING_SECONDS = 2  # the least libpq takes
_DURABLE = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


def open_engine(url: str, *, patience: Patience = COMMAND) -> Engine:
    """An engine for *url* that waits no longer than *patience* says.

    SQLite writes begin with BEGIN IMMEDIATE: no update is ever lost.
    """
    if not url.startswith("sqlite"):
        return _open_postgresql(url, patience)
    database = make_url(url).database
    if database in (None, "", ":memory:"):
        engine = create_engine(url, poolclass=StaticPool)
    else:
        engine = create_engine(url)
        _queue_writers(engine, Path(f"{database}.lock"), patience.lock)

    @event.listens_for(engine, "connect")
    def set_up(raw: Any, _entry: Any) -> None:
        raw.isolation_level = None  # the driver begins nothing by itself; `_begin_sqlite` does
        for pragma in (*_DURABLE, f"busy_timeout={int(patience.lock * 1000)}"):
            raw.execute(f"PRAGMA {pragma}")

    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_postgresql(url: str, patience: Patience) -> Engine:
    """PostgreSQL through psycopg 3; what waits or takes too long is given up."""
    lock, statement = int(patience.lock * 1000), int(patience.statement * 1000)
    options = f"-c lock_timeout={lock} -c statement_timeout={statement} -c timezone=UTC"
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_timeout=patience.lock,
        connect_args={
            "options": options,
            "connect_timeout": _CONNECTING_SECONDS,
            "tcp_user_timeout": lock,  # a server that is gone without a word
        },
    )


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read."""
    return engine.execution_options(**{READS: True})


def hurrying(engine: Engine) -> Engine:
    """The same engine for transactions that others wait for."""
    return engine.execution_options(**{_HURRIES: True})


def hurries(connection: Connection) -> bool:
    """Whether others wait for the transaction of *connection*."""
    return bool(connection.get_execution_options().get(_HURRIES, False))


def _queue_writers(engine: Engine, lock_file: Path, waits: float) -> None:
    """A writing transaction waits in the queue; it leaves when its connection is given back."""
    queue = WriterQueue(lock_file, seconds=waits)

    @event.listens_for(engine, "begin")
    def enter(connection: Connection) -> None:
        if not _only_reads(connection):
            queue.enter()
            connection.info[_QUEUED] = True

    @event.listens_for(engine, "checkin")
    def leave(_raw: Any, entry: ConnectionPoolEntry) -> None:
        if entry.info.pop(_QUEUED, False):
            queue.leave()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if _only_reads(connection) else "BEGIN IMMEDIATE")


def _only_reads(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(READS, False))
