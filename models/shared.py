"""Transactions of SQLite that several requests share, for what a commit costs.

Whoever comes while nobody writes leads: it does what waits, its own work and that of others, one
after the other in one transaction under the right to write. Only when that is committed does
anybody learn what came of it, and the next who waits leads. So none reads what is older than its
turn, and who fails harms nobody else.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from models.prepared import execute
from models.queue import QueueTimeoutError
from models.writing import Writing

_TOGETHER = 64
_Done = TypeVar("_Done")


def shares(engine: Engine) -> bool:
    """Whether requests share transactions there: a database in memory is of one connection."""
    return engine.dialect.name == "sqlite" and engine.url.database not in (None, "", ":memory:")


class Shared:
    """Runs work on an SQLite database, over one connection that is kept open."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        """Whoever waits longer than *seconds* is told QueueTimeoutError."""
        self._writing, self._seconds = Writing(engine), seconds
        self._asked: deque[_Asked] = deque()
        self._looking, self._led = Lock(), False

    @property
    def waiting(self) -> int:
        """How much work waits to be begun."""
        return len(self._asked)

    def run(self, work: Callable[[Connection], _Done]) -> _Done:
        """What *work* makes of the database, committed; raises what it raises."""
        asked = _Asked(work)
        with self._looking:
            self._asked.append(asked)
            asked.leads, self._led = not self._led, True
        if not asked.leads and not asked.woken.acquire(timeout=self._seconds):
            self._give_up(asked)
        if asked.leads:
            self._lead(asked.since + self._seconds)
        if asked.error is not None:
            raise asked.error
        done: _Done = asked.done
        return done

    def _give_up(self, asked: "_Asked") -> None:
        """Raise QueueTimeoutError, unless *asked* is to lead since just now."""
        with self._looking:
            if asked.leads:
                return
            asked.given_up = True
        raise QueueTimeoutError(f"no right to write within {self._seconds} s")

    def _lead(self, until: float) -> None:
        """Do what waits, let others know of it, and hand on; waits for no other process after
        *until*, the end of the time that who leads has left."""
        with self._looking:
            together = [self._asked.popleft() for _ in range(min(_TOGETHER, len(self._asked)))]
        try:
            self._do(together, until)
        except BaseException as error:  # whoever asked has to learn of it
            for each in together:
                each.error = each.error or error
        self._hand_on()
        for each in together:
            if not each.leads:
                each.woken.release()

    def _hand_on(self) -> None:
        with self._looking:
            while self._asked and self._asked[0].given_up:
                self._asked.popleft()
            self._led = bool(self._asked)
            if self._led:
                self._asked[0].leads = True
                self._asked[0].woken.release()

    def _do(self, together: list["_Asked"], until: float) -> None:
        """Do it all in one transaction."""
        with self._writing.begin(until) as connection:
            if len(together) == 1:
                together[0].do(connection)
                return
            for each in (one for one in together if not one.given_up):
                with _apart(connection, each):
                    each.do(connection)


class _Asked:
    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self._work, self._context = work, copy_context()
        self.since = time.monotonic()
        self.done: Any = None
        self.error: BaseException | None = None
        self.leads = self.given_up = False
        self.woken = Lock()
        self.woken.acquire()

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
