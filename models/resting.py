"""Connections that rested in a pool: whether the server is still there is asked of these alone."""

import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from models.silence import SilentError

#: A connection that rested for longer is asked whether it is still there.
RESTED_SECONDS = 1.0
_GIVEN_BACK = "gatehouse_given_back"


def ask_the_rested(engine: Engine) -> None:
    """Whether a connection is still there is asked where it rested: a round trip less for most."""

    @event.listens_for(engine, "checkin")
    def given_back(_raw: Any, entry: ConnectionPoolEntry) -> None:
        entry.info[_GIVEN_BACK] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def taken(raw: Any, entry: ConnectionPoolEntry, _fairy: Any) -> None:
        rested = time.monotonic() - entry.info.get(_GIVEN_BACK, time.monotonic())
        if rested > RESTED_SECONDS and not there(engine, raw):
            raise DisconnectionError("the server is gone, or was there anew")


def there(engine: Engine, raw: Any) -> bool:
    """Whether the server answers on the driver's connection *raw*."""
    try:
        return engine.dialect.do_ping(raw)
    except SilentError:
        raise  # a new connection would hear no more
    except engine.dialect.loaded_dbapi.Error:
        return False
