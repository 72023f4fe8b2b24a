"""Answers are kept for whoever asks the same again, and no longer than the key lives."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, insert, select

from models.engine import reading
from models.idempotency import Idempotency
from service.ledger.receipts import Signer
from service.sealer.forgetting import BATCH, forget
from service.sealer.work import Sealer
from service.web.idempotency import KEY, REPLAYED
from tests.conftest import Clock
from tests.database.wass import Wass
from tests.faults.gate import PATIENCE
from tests.web.asking import Gate

_LOOK_AGAIN = 0.05
Keep = Callable[[int], None]


@pytest.fixture
def expired(engine: Engine, clock: Clock) -> Keep:
    """Keeps so many answers of yesterday."""

    def keep(many: int) -> None:
        row = {"client": "somebody", "request_digest": "0" * 64, "answer": b"{}"}
        row |= {"expires_at": clock() - timedelta(days=1)}
        with engine.begin() as connection:
            connection.execute(insert(Idempotency), [{**row, "key": str(n)} for n in range(many)])

    return keep


def kept(engine: Engine) -> int:
    """How many answers are kept."""
    with reading(engine).begin() as connection:
        return connection.scalar(select(func.count()).select_from(Idempotency)) or 0


def test_only_answers_that_expired_are_forgotten(
    engine: Engine, clock: Clock, wass: Wass, gate: Gate, http: FlaskClient, expired: Keep
) -> None:
    asked = {"user_id": wass.knows_a_user(), "entry": "imax"}
    expired(2 * BATCH + 1)
    headers = {**gate.headers, KEY: "a login"}
    first = http.post("/v1/logins", json=asked, headers=headers)

    forget(engine, clock)

    assert kept(engine) == 1
    again = http.post("/v1/logins", json=asked, headers=headers)
    assert (again.data, again.headers.get(REPLAYED)) == (first.data, "true")


def test_an_answer_outlives_its_key_for_the_sake_of_clocks_that_are_behind(
    engine: Engine, clock: Clock, wass: Wass, gate: Gate, http: FlaskClient
) -> None:
    asked = {"user_id": wass.knows_a_user(), "entry": "imax"}
    http.post("/v1/logins", json=asked, headers={**gate.headers, KEY: "a login"})

    clock.at += timedelta(minutes=2)
    forget(engine, clock)
    still = kept(engine)
    clock.at += timedelta(minutes=5)
    forget(engine, clock)

    assert (still, kept(engine)) == (1, 0)


def test_the_sealer_forgets_beside_its_other_work(
    engine: Engine, clock: Clock, signer: Signer, expired: Keep
) -> None:
    expired(1)
    sealer = Sealer(engine, signer, clock, None, "")
    deadline = time.monotonic() + PATIENCE

    sealer.begin()

    try:
        while kept(engine):
            assert time.monotonic() < deadline, "it never forgot"
            time.sleep(_LOOK_AGAIN)
    finally:
        sealer.end()
