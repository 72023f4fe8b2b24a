"""No connection is left, or none that may write: no decision, in time; afterwards decisions."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

import pytest
from sqlalchemy import Engine, event, make_url, text
from sqlalchemy.pool import QueuePool
from werkzeug.test import TestResponse

from models.engine import open_engine
from service.ledger.receipts import Signer
from service.serving import NotReadyError, start
from service.wiring import Wiring
from tests.database.wass import Wass
from tests.faults.hosts import HANGS
from tests.web.asking import Gate, activity_of, entries

pytestmark = pytest.mark.as_served


@pytest.fixture(autouse=True)
def user(wass: Wass) -> str:
    """Somebody who is allowed."""
    return wass.knows_a_user()


def _is_no_decision(response: TestResponse) -> bool:
    said = response.json
    return response.status_code == 503 and (said["decision"], said["retryable"]) == ("lock", True)


@contextmanager
def _only_to_read(engine: Engine, url: str) -> Iterator[None]:
    """Nobody may write, as on a standby, or in a file that became somebody else's."""
    if engine.dialect.name == "sqlite":
        with _of_this_process(engine):
            yield
        return
    owner = open_engine(url)
    name = make_url(url).database
    for done in ("SET default_transaction_read_only = on", "RESET default_transaction_read_only"):
        with owner.begin() as connection:
            connection.execute(text("SET TRANSACTION READ WRITE"))
            connection.execute(text(f"ALTER DATABASE {name} {done}"))
        engine.dispose()
        if done.startswith("SET"):
            yield
    owner.dispose()


@contextmanager
def _of_this_process(engine: Engine) -> Iterator[None]:
    def only_read(raw: object, _entry: object) -> None:
        raw.execute("PRAGMA query_only = ON")  # type: ignore[attr-defined]

    event.listen(engine, "connect", only_read)
    engine.dispose()
    yield
    event.remove(engine, "connect", only_read)
    engine.dispose()


def test_while_every_connection_is_taken_there_is_no_decision_and_nobody_waits_long(
    gate: Gate, engine: Engine, user: str
) -> None:
    pool = engine.pool
    assert isinstance(pool, QueuePool)

    with ExitStack() as taken:
        for _ in range(pool.size() + pool._max_overflow):
            taken.callback(pool.connect().close)
        began = time.monotonic()
        response = gate.asks(user_id=user, entry="imax")
        seconds = time.monotonic() - began

    assert _is_no_decision(response)
    assert seconds < HANGS
    assert entries(engine, "login") == []
    assert gate.login(user, "imax")["decision"] == "allow"


def test_a_database_that_can_only_be_read_decides_nothing_and_is_not_ready(
    gate: Gate, engine: Engine, database_url: str, user: str
) -> None:
    before = activity_of(engine, user)

    with _only_to_read(engine, database_url):
        response, ready = gate.asks(user_id=user, entry="imax"), gate.http.get("/readyz")
        moved = activity_of(engine, user)

    assert _is_no_decision(response)
    assert ready.status_code == 503
    assert "only" in str(ready.json["wrong"])
    assert moved == before
    assert gate.login(user, "imax")["decision"] == "allow"


def test_a_database_that_can_only_be_read_is_not_served(
    engine: Engine, database_url: str, signer: Signer, clock: Callable[[], datetime]
) -> None:
    with _only_to_read(engine, database_url), pytest.raises(NotReadyError, match="only"):
        start(Wiring(engine, clock), signer)
