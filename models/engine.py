"""Opening a database: SQLite durable and with one writer at a time, or whatever the URL names."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from models.prepared import execute
from models.queue import WriterQueue
from models.resting import ask_the_rested
from models.silence import bear_silence

#: Execution option of a connection that will only read, so it takes no write lock.
READS = "gatehouse_reads"
#: Execution option of a connection whose transaction others wait for: nothing slow happens in it.
_HURRIES = "gatehouse_hurries"
_PATIENCE = "gatehouse_patience"
#: Execution option of a connection for one statement that only reads, without a transaction.
_SINGLE = "gatehouse_single"
#: Execution option of a connection whose transactions are begun by `models.writing`.
HELD = "gatehouse_held"
#: Execution option of an engine: where those who write to its SQLite file wait.
QUEUE = "gatehouse_queue"
#: Each thread of a worker may keep one and need another; the sealer has its own.
_POOL = {"pool_size": 10, "max_overflow": 10}


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds to wait for a lock, and for one statement (0: as long as it takes)."""

    lock: float
    statement: float


#: A command line may take its time; a request has to end within its one second.
COMMAND, REQUEST = Patience(5.0, 0.0), Patience(0.9, 0.9)
_QUEUED = "gatehouse_queued"
_KEPT_OPEN = "gatehouse_kept_open"
_CONNECTING_SECONDS = 2  # the least libpq takes
_ON_THE_WAY_SECONDS = 0.1  # so that the server itself gives up first, where it can
_SET = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-8000")


def open_engine(url: str, *, patience: Patience = COMMAND) -> Engine:
    """An engine for *url* that waits no longer than *patience* says.

    SQLite writes begin with BEGIN IMMEDIATE: no update is ever lost.
    """
    kept = {_PATIENCE: patience, _KEPT_OPEN: WeakSet[Connection]()}
    engine = _open(url, patience, kept)
    event.listen(engine, "engine_disposed", _close_what_is_kept)
    return engine


def _open(url: str, patience: Patience, kept: dict[str, Any]) -> Engine:
    if not url.startswith("sqlite"):
        return _open_postgresql(url, patience, kept)
    database = make_url(url).database
    if database in (None, "", ":memory:"):
        engine = create_engine(url, poolclass=StaticPool, execution_options=kept)
    else:
        queue = WriterQueue(Path(f"{database}.lock"), seconds=patience.lock)
        options = {**kept, QUEUE: queue}
        engine = create_engine(url, execution_options=options, **_POOL, pool_timeout=patience.lock)
        _queue_writers(engine, queue)

    @event.listens_for(engine, "connect")
    def set_up(raw: Any, _entry: Any) -> None:
        raw.isolation_level = None  # the driver begins nothing by itself; `_begin_sqlite` does
        for pragma in (*_SET, f"busy_timeout={int(patience.lock * 1000)}"):
            raw.execute(f"PRAGMA {pragma}")

    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _open_postgresql(url: str, patience: Patience, kept: dict[str, Any]) -> Engine:
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
    if patience.statement:
        bear_silence(engine, patience.statement + _ON_THE_WAY_SECONDS)
    ask_the_rested(engine)
    return engine


def keep_open(connection: Connection) -> Connection:
    """*connection*, which somebody keeps until its engine is disposed of."""
    kept: WeakSet[Connection] = connection.get_execution_options()[_KEPT_OPEN]
    kept.add(connection)
    return connection


def _close_what_is_kept(engine: Engine) -> None:
    for each in list(engine.get_execution_options()[_KEPT_OPEN]):
        if not each.closed:
            each.invalidate()  # its pool is gone already
            each.close()


def patience_of(engine: Engine) -> Patience:
    """How long *engine* waits."""
    patience: Patience = engine.get_execution_options()[_PATIENCE]
    return patience


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read: all of one shows the same moment."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{READS: True})
    return engine.execution_options(**{READS: True}, isolation_level="REPEATABLE READ")


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


def _queue_writers(engine: Engine, queue: WriterQueue) -> None:
    """A writing transaction waits in the queue; it leaves when its connection is given back."""

    @event.listens_for(engine, "begin")
    def enter(connection: Connection) -> None:
        held = connection.get_execution_options().get(HELD, False)
        if not held and not _only_reads(connection):
            queue.enter()
            connection.info[_QUEUED] = True

    @event.listens_for(engine, "checkin")
    def leave(_raw: Any, entry: ConnectionPoolEntry) -> None:
        if entry.info.pop(_QUEUED, False):
            queue.leave()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(_SINGLE, False) or options.get(HELD, False):
        return
    execute(connection, "BEGIN" if _only_reads(connection) else "BEGIN IMMEDIATE", ()).close()


def _only_reads(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(READS, False))
