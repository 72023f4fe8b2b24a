"""Forgetting answers that nobody may ask for again: their keys have expired."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, Engine, delete, select, tuple_

from models.idempotency import Idempotency

#: So many at once, for others wait to write meanwhile.
BATCH = 500
#: A host whose clock is behind may still give the answer.
_BEHIND = timedelta(minutes=5)
_KEY = (Idempotency.client, Idempotency.key)


def forget(engine: Engine, clock: Callable[[], datetime]) -> None:
    """Remove what has expired, a batch in each transaction; whom another removes is left to it."""
    expired = Idempotency.expires_at <= clock() - _BEHIND
    some = select(*_KEY).where(expired).limit(BATCH).with_for_update(skip_locked=True)
    forgotten = BATCH
    while forgotten == BATCH:
        with engine.begin() as connection:
            done: CursorResult[object] = connection.execute(
                delete(Idempotency).where(tuple_(*_KEY).in_(some))
            )
            forgotten = done.rowcount
