"""Waiting for a server that says nothing ends; psycopg alone would wait for as long as it takes.

PostgreSQL itself gives up what takes too long. This is for one that stands still, or is behind a
network that swallows everything: neither an answer nor an end of the connection ever comes.
"""

import time
from collections.abc import Generator
from typing import Any, TypeVar

from psycopg import Connection, OperationalError
from sqlalchemy import Engine, event

_Done = TypeVar("_Done")
_Waits = Generator[Any, int, _Done]


class SilentError(OperationalError):
    """The server said nothing for too long; the connection is closed."""


def bear_silence(engine: Engine, seconds: float) -> None:
    """Let no connection of *engine* wait longer than *seconds* for a word of the server."""
    kind: type[_Impatient] = type("Impatient", (_Impatient,), {"seconds": seconds})

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _entry: Any, args: Any, named: Any) -> Any:
        return kind.connect(*args, **named)


class _Impatient(Connection[Any]):
    seconds: float

    def wait(self, gen: _Waits[_Done], *args: Any, **named: Any) -> _Done:
        try:
            return super().wait(_heard(gen, self.seconds), *args, **named)
        except SilentError:
            self.close()
            raise

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> Any:
        return _heard(super()._connect_gen(conninfo), cls.seconds)


def _heard(waits: _Waits[_Done], seconds: float) -> _Waits[_Done]:
    """The same, as long as something is heard within *seconds*; raises SilentError."""
    heard_at = time.monotonic()
    try:
        wanted = next(waits)
        while True:
            ready = yield wanted
            now = time.monotonic()
            if ready:
                heard_at = now
            elif now - heard_at > seconds:
                raise SilentError(f"the server said nothing for {seconds} s")
            wanted = waits.send(ready)
    except StopIteration as end:
        done: _Done = end.value
        return done
