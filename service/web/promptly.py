"""The one transaction of a request, in which nothing slow happens: others wait for it."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from service.policy.active import UnseenRevisionError
from service.web.wired import wiring
from service.wiring import Run

_TRIES = 3
_Done = TypeVar("_Done")


def promptly(work: Callable[[Connection], _Done], run: Run | None = None) -> _Done:
    """Do *work* in one transaction, or by *run*; a revision it meets first is compiled outside,
    and work done anew. Raises UnseenRevisionError when each try meets another one."""
    parts = wiring()
    run = run or parts.run
    for _ in range(_TRIES - 1):
        try:
            return run(work)
        except UnseenRevisionError as unseen:
            with parts.reader.begin() as connection:
                parts.courts.of(unseen.digest, connection)
    return run(work)
