"""Checkpoints posted to a receiver, in order; one that is down is told all of it later."""

from collections.abc import Callable
from datetime import datetime
from http.client import HTTPException
from urllib.request import Request, urlopen

from sqlalchemy import Engine

from models.engine import reading
from service.ledger.delivery import Turn, behind, waiting_since

_SECONDS = 2.0
#: What a receiver that is down raises.
REFUSALS = (OSError, HTTPException)


def tell(engine: Engine, turn: Turn, clock: Callable[[], datetime]) -> None:
    """Post the checkpoints that the receiver of *turn* has not been told yet, a batch of them.

    One process at a time does; another takes over when that one is gone, and may tell again what
    was told last. Raises what is one of REFUSALS when the receiver does not take one.
    """
    with reading(engine).begin() as connection:
        if waiting_since(connection, turn.receiver) is None:
            return
    with engine.begin() as connection:
        if not turn.take(connection, clock()):
            return
        notes = behind(connection, turn.receiver)
    for number, note in notes:
        _post(turn.receiver, note)
        with engine.begin() as connection:
            if not turn.told(connection, number, clock()):
                return


def _post(url: str, note: str) -> None:
    asked = Request(url, note.encode(), {"Content-Type": "text/plain; charset=utf-8"})
    with urlopen(asked, timeout=_SECONDS):
        pass
