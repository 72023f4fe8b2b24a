"""Transactions of SQLite that several requests share, for what a commit costs.

One thread of the process does what is waiting, one after the other, in one transaction under the
right to write; only when that is committed does anybody learn what came of it. So none reads what
is older than its turn, and who fails harms nobody else.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from models.prepared import execute
from models.queue import QueueTimeoutError

_TOGETHER = 64
_IDLE_SECONDS = 1.0
_Done = TypeVar("_Done")


def shares(engine: Engine) -> bool:
    """Whether requests share transactions there: a database in memory is of one connection."""
    return engine.dialect.name == "sqlite" and engine.url.database not in (None, "", ":memory:")


class Shared:
    """Runs work on an SQLite database; its thread begins when it is needed, so after any fork."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        """Whoever waits longer than *seconds* is told QueueTimeoutError."""
        self._engine, self._seconds = engine, seconds
        self._asked: SimpleQueue[_Asked] = SimpleQueue()
        self._beginning, self._begun = Lock(), False

    @property
    def waiting(self) -> int:
        """How much work waits to be begun."""
        return self._asked.qsize()

    def run(self, work: Callable[[Connection], _Done]) -> _Done:
        """What *work* makes of the database, committed; raises what it raises."""
        asked = _Asked(work)
        self._asked.put(asked)
        self._begin()
        if not asked.ended.acquire(timeout=self._seconds):
            asked.given_up = True
            raise QueueTimeoutError(f"no right to write within {self._seconds} s")
        if asked.error is not None:
            raise asked.error
        done: _Done = asked.done
        return done

    def _begin(self) -> None:
        with self._beginning:
            if not self._begun:
                Thread(target=self._work_on, daemon=True, name="writer").start()
                self._begun = True

    def _work_on(self) -> None:
        while together := self._next():
            try:
                self._do([each for each in together if not each.given_up])
            except BaseException as error:  # whoever asked has to learn of it
                for each in together:
                    each.error = each.error or error
            for each in together:
                each.ended.release()

    def _next(self) -> list["_Asked"]:
        """What waits; nothing when nobody has asked for a while, and the thread ends."""
        try:
            return [self._asked.get(timeout=_IDLE_SECONDS), *self._more()]
        except Empty:
            with self._beginning:
                together = list(self._more())
                self._begun = bool(together)
                return together

    def _more(self) -> Iterator["_Asked"]:
        for _ in range(_TOGETHER - 1):
            try:
                yield self._asked.get_nowait()
            except Empty:
                return

    def _do(self, together: list["_Asked"]) -> None:
        """Do it all in one transaction."""
        if not together:
            return
        with self._engine.begin() as connection:
            if len(together) == 1:
                together[0].do(connection)
                return
            for each in (one for one in together if not one.given_up):
                with _apart(connection, each):
                    each.do(connection)


class _Asked:
    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self._work, self._context = work, copy_context()
        self.done: Any = None
        self.error: BaseException | None = None
        self.given_up = False
        self.ended = Lock()
        self.ended.acquire()

    def do(self, connection: Connection) -> None:
        self.done = self._context.run(self._work, connection)


@contextmanager
def _apart(connection: Connection, asked: _Asked) -> Iterator[None]:
    """What is written is taken back, and no more than that, if it fails; the error is kept."""
    execute(connection, "SAVEPOINT apart", ()).close()
    try:
        yield
    except Exception as error:
        asked.error = error
        execute(connection, "ROLLBACK TO apart", ()).close()
    execute(connection, "RELEASE apart", ()).close()
