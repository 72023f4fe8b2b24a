"""Opening a database: SQLite durable and with one writer at a time, or whatever the URL names."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import StaticPool

#: Execution option of a connection that will only read, so it takes no write lock.
READS = "gatehouse_reads"
_BUSY_MILLISECONDS = 500
_SQLITE = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}",
)


def open_engine(url: str) -> Engine:
    """An engine for *url*. SQLite writes begin with BEGIN IMMEDIATE: no update is ever lost."""
    in_memory = make_url(url).database in (None, "", ":memory:")
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, poolclass=StaticPool) if in_memory else create_engine(url)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def reading(engine: Engine) -> Engine:
    """The same engine for transactions that only read."""
    return engine.execution_options(**{READS: True})


def _set_up_sqlite(raw: Any, _record: Any) -> None:
    raw.isolation_level = None  # the driver begins nothing by itself; `_begin_sqlite` does
    for pragma in _SQLITE:
        raw.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get(READS, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
