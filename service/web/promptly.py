"""The one transaction of a request, in which nothing slow happens: others wait for it."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from models.engine import hurrying, reading
from service.policy.active import UnseenRevisionError
from service.web.wired import wiring

_TRIES = 3
_Done = TypeVar("_Done")


def promptly(work: Callable[[Connection], _Done]) -> _Done:
    """Do *work* in one transaction; a revision it meets first is compiled outside, and work done
    anew. Raises UnseenRevisionError when each try meets another one."""
    parts = wiring()
    for _ in range(_TRIES - 1):
        try:
            return _hurriedly(work)
        except UnseenRevisionError as unseen:
            with reading(parts.engine).begin() as connection:
                parts.courts.of(unseen.digest, connection)
    return _hurriedly(work)


def _hurriedly(work: Callable[[Connection], _Done]) -> _Done:
    with hurrying(wiring().engine).begin() as connection:
        return work(connection)
