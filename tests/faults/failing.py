"""A database of which one chosen call fails, and everything a login could leave behind in it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, event, select

from models.base import Base
from models.engine import reading

#: What may be asked of a driver's connection; the failing itself is left to *it*.
Fault = Callable[[Engine, Any], None]


def refuses(engine: Engine, _raw: Any) -> None:
    """The database refuses the call."""
    raise engine.dialect.loaded_dbapi.OperationalError("the database is not well")


def is_gone(_engine: Engine, raw: Any) -> None:
    """The connection breaks just before the call; the driver itself says so."""
    raw.close()


class FailingCall:
    """Fails one call, the *nth* from when it is set: a checkout, a statement or a commit."""

    def __init__(self, engine: Engine, fault: Fault) -> None:
        self._engine = engine
        self._fault = fault
        self._left = 0
        event.listen(engine, "checkout", lambda raw, _entry, _fairy: self._called(raw))
        for way in ("do_execute", "do_execute_no_params"):
            event.listen(engine, way, lambda cursor, *_: self._called(cursor.connection))
        event.listen(engine, "do_executemany", lambda cursor, *_: self._called(cursor.connection))
        event.listen(engine, "commit", self._commits)

    def set(self, nth: int) -> None:
        """Let the *nth* call from now on fail."""
        self._left = nth

    def unset(self) -> bool:
        """Let no call fail; whether one did."""
        failed, self._left = self._left <= 0, 0
        return failed

    def _commits(self, connection: Connection) -> None:
        self._called(connection.connection.dbapi_connection)

    def _called(self, raw: Any) -> None:
        self._left -= 1
        if self._left == 0:
            self._fault(self._engine, raw)


def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with reading(engine).begin() as connection:
        return {
            name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for name, table in Base.metadata.tables.items()
        }
