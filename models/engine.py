"""Opening a database: SQLite durable and with one writer at a time, or whatever the URL names."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from models.prepared import execute
from models.queue import WriterQueue

#: Execution option of a connection that will only read, so it takes no write lock.
READS = "gatehouse_reads"
#: Execution option of a connection whose transaction others wait for: nothing slow happens in it.
_HURRIES = "gatehouse_hurries"
_PATIENCE = "gatehouse_patience"
#: Execution option of a connection for one statement that only reads, without a transaction.
_SINGLE = "gatehouse_single"
#: A connection that rested for longer is asked whether it is still there.
_RESTED_SECONDS = 1.0
_GIVEN_BACK = "gatehouse_given_back"
#: As many as the threads of a worker, and some for what goes on beside them.
_POOL = {"pool_size": 10, "max_overflow": 4}


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
    kept = {_PATIENCE: patience}
    if not url.startswith("sqlite"):
        return _open_postgresql(url, patience, kept)
    database = make_url(url).database
    if database in (None, "", ":memory:"):
        engine = create_engine(url, poolclass=StaticPool, execution_options=kept)
    else:
        engine = create_engine(url, execution_options=kept, **_POOL)
        _queue_writers(engine, Path(f"{database}.lock"), patience.lock)

    @event.listens_for(engine, "connect")
    def set_up(raw: Any, _entry: Any) -> None:
        raw.isolation_level = None  # the driver begins nothing by itself; `_begin_sqlite` does
        for pragma in (*_DURABLE, f"busy_timeout={int(patience.lock * 1000)}"):
            raw.execute(f"PRAGMA {pragma}")

    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_postgresql(url: str, patience: Patience, kept: dict[str, Patience]) -> Engine:
    """PostgreSQL through psycopg 3; what waits or takes too long is given up."""
    lock, statement = int(patience.lock * 1000), int(patience.statement * 1000)
    options = f"-c lock_timeout={lock} -c statement_timeout={statement} -c timezone=UTC"
    options += " -c jit=off"  # it compiles for seconds what takes milliseconds
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        execution_options=kept,
        **_POOL,
        pool_timeout=patience.lock,
        connect_args={
            "options": options,
            "connect_timeout": _CONNECTING_SECONDS,
            "tcp_user_timeout": lock,  # a server that is gone without a word
        },
    )
    _ask_the_rested(engine)
    return engine


def _ask_the_rested(engine: Engine) -> None:
    """Whether a connection is still there is asked where it rested: a round trip less for most."""

    @event.listens_for(engine, "checkin")
    def given_back(_raw: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_GIVEN_BACK] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def taken(raw: Any, entry: ConnectionPoolEntry, _fairy: Any) -> None:
        rested = time.monotonic() - entry.info.get(_GIVEN_BACK, time.monotonic())
        if rested > _RESTED_SECONDS and not _there(engine, raw):
            raise DisconnectionError("the server is gone, or was there anew")


def _there(engine: Engine, raw: Any) -> bool:
    try:
        return engine.dialect.do_ping(raw)
    except engine.dialect.loaded_dbapi.Error:
        return False


def patience_of(engine: Engine) -> Patience:
    """How long *engine* waits."""
    patience: Patience = engine.get_execution_options()[_PATIENCE]
    return patience


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read."""
    return engine.execution_options(**{READS: True})


def single(engine: Engine) -> Engine:
    """The same engine for one statement that only reads, and for no more than that."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{READS: True, _SINGLE: True})
    return engine.execution_options(isolation_level="AUTOCOMMIT")


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
    if connection.get_execution_options().get(_SINGLE, False):
        return
    execute(connection, "BEGIN" if _only_reads(connection) else "BEGIN IMMEDIATE", ()).close()


def _only_reads(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(READS, False))
