"""A host whose clock steps or whose zone is another: no lock ends by it, and no key early."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, make_url, select, text

from models.engine import open_engine, reading
from models.ledger import Entry
from service.web.idempotency import KEY
from tests.conftest import Clock
from tests.database.wass import IN_LAST_WINDOW, OAKS, PINES, TODAY, Somebody, Wass, coordinator
from tests.web.asking import ANY_DATABASE, Gate, activity_of

ALLOWED, IDLE, GONE = "M10001", "M10002", "M10003"
#: How far a clock is put back.
BACK = {
    "a second": timedelta(seconds=1),
    "an hour": timedelta(hours=1),
    "a day": timedelta(days=1),
}
ZONES = ("Pacific/Kiritimati", "Asia/Kathmandu", "America/Adak")
ENTRIES = ("tracs_menu", "imax", "rob")
_OF_ONE_ANSWER = {"decision_id", "receipt", "id", "request_id"}


@pytest.fixture(autouse=True)
def _people(wass: Wass) -> None:
    wass.knows(
        Somebody(id=ALLOWED, properties=[OAKS]),
        Somebody(id=IDLE, properties=[OAKS], last_activity_on="2025-08-01"),
        Somebody(id=GONE, properties=[OAKS], terminated=True),
        coordinator(bpr=(OAKS, PINES)),
        certified=[(each, "M90001", IN_LAST_WINDOW) for each in (ALLOWED, IDLE, GONE)],
    )


@ANY_DATABASE
@pytest.mark.parametrize("back", BACK)
def test_a_clock_that_is_put_back_moves_no_activity_back_and_opens_to_nobody(
    gate: Gate, engine: Engine, clock: Clock, back: str
) -> None:
    assert gate.login(ALLOWED)["decision"] == "allow"
    clock.at -= BACK[back]
    meanwhile = {who: gate.login(who)["decision"] for who in (ALLOWED, IDLE, GONE)}
    moved = activity_of(engine, ALLOWED)
    clock.at += BACK[back]

    assert meanwhile == {ALLOWED: "allow", IDLE: "lock", GONE: "lock"}
    assert moved == TODAY
    assert gate.login(IDLE)["reason"] == "INACTIVE"


@ANY_DATABASE
def test_a_clock_in_1970_opens_to_nobody_and_leaves_no_trace(
    gate: Gate, engine: Engine, clock: Clock
) -> None:
    today = clock.at
    clock.at = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    answers = [gate.asks(user_id=who, entry="tracs_menu") for who in (IDLE, GONE)]
    clock.at = today

    assert [each.json["decision"] for each in answers] == ["lock", "lock"], answers[0].json
    assert gate.login(IDLE)["reason"] == "INACTIVE"


@ANY_DATABASE
def test_a_clock_that_jumps_91_days_ahead_locks_and_what_it_locked_opens_once_it_is_right(
    gate: Gate, engine: Engine, clock: Clock
) -> None:
    before = activity_of(engine, ALLOWED)
    clock.at += timedelta(days=91)
    ahead = {who: gate.login(who)["decision"] for who in (ALLOWED, IDLE, GONE)}
    clock.at -= timedelta(days=91)

    assert ahead == dict.fromkeys((ALLOWED, IDLE, GONE), "lock")
    assert activity_of(engine, ALLOWED) == before
    assert gate.login(ALLOWED)["decision"] == "allow"


@ANY_DATABASE
@pytest.mark.parametrize("back", [*BACK.values(), timedelta(days=365 * 56)], ids=str)
def test_a_key_lives_on_while_a_clock_is_put_back(
    gate: Gate, clock: Clock, back: timedelta
) -> None:
    def ask() -> bytes:
        body, headers = {"user_id": ALLOWED, "entry": "imax"}, {**gate.headers, KEY: "the same"}
        return gate.http.post("/v1/logins", json=body, headers=headers).get_data()

    first = ask()
    clock.at -= back

    assert ask() == first


@contextmanager
def _in_the_zone(zone: str, engine: Engine, url: str) -> Iterator[None]:
    """The host, and the database where it has a zone, are in *zone*."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    if engine.dialect.name == "postgresql":
        owner = open_engine(url)
        with owner.begin() as connection:
            name = make_url(url).database
            connection.execute(text(f"ALTER DATABASE {name} SET timezone = '{zone}'"))
        owner.dispose()
    engine.dispose()
    try:
        yield
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()


def _answered(gate: Gate, engine: Engine) -> tuple[list[bytes], list[bytes]]:
    """What everybody is answered everywhere, and what the ledger keeps of it."""
    with reading(engine).begin() as connection:
        before = set(connection.scalars(select(Entry.id)))
    people = (ALLOWED, IDLE, GONE, "M77777")
    answers = [gate.login(who, entry) for who in people for entry in ENTRIES]
    with reading(engine).begin() as connection:
        rows = connection.execute(select(Entry.id, Entry.body))
        entries = [orjson.loads(row.body) for row in rows if row.id not in before]
    return [_told(each) for each in answers], sorted(map(_told, entries))


def _told(answer: dict[str, Any]) -> bytes:
    return orjson.dumps({k: v for k, v in answer.items() if k not in _OF_ONE_ANSWER})


@pytest.mark.parametrize("hour", [3, 5, 12, 23], ids=lambda hour: f"{hour}:59 UTC")
def test_in_whatever_zone_host_and_database_are_answers_and_entries_are_the_same(
    gate: Gate, engine: Engine, clock: Clock, database_url: str, hour: int
) -> None:
    clock.at = datetime(2026, 3, 8, hour, 59, 59, 999_999, UTC)  # the clocks change that day
    _answered(gate, engine)  # after which no activity moves any more
    here = _answered(gate, engine)

    for zone in ZONES:
        with _in_the_zone(zone, engine, database_url):
            assert _answered(gate, engine) == here, zone
