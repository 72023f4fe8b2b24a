"""Idempotency-Key at the POSTs of the subsystem: asked twice, done once, answered alike."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from werkzeug.test import TestResponse

from models.access import Staff
from models.certification import CertificationRequest, Flag, Unlock
from models.engine import reading
from service.app import create_app
from service.clients import add_client
from service.ledger.receipts import Signer
from service.wiring import Wiring
from tests.conftest import Callers, Clock
from tests.database.wass import Wass, coordinator
from tests.web.asking import ANY_DATABASE, Subsystem, codes, entries, field_errors
from tests.web.doors import DOORS, EVERY_POST, OTHER, POSTS, Door, open_doors

AT_ONCE = 5
TABLES = (Staff, Unlock, Flag, CertificationRequest)


@pytest.fixture(autouse=True)
def _open(wass: Wass, subsystem: Subsystem) -> None:
    open_doors(wass, subsystem)


def _keyed(subsystem: Subsystem, door: Door, key: str = "once") -> TestResponse:
    return door.knock(subsystem, **{"Idempotency-Key": key})


def _replayed(response: TestResponse) -> bool:
    assert response.status_code == 200, response.text
    return response.headers.get("Idempotency-Replayed") == "true"


def _rows(engine: Engine) -> list[int]:
    with reading(engine).begin() as connection:
        counted = (select(func.count()).select_from(table) for table in TABLES)
        return [connection.execute(each).scalar_one() for each in counted]


def test_there_are_keys_at_every_post_of_the_subsystem(subsystem: Subsystem) -> None:
    paths = subsystem.http.get("/openapi.json").json["paths"]

    posts = {path for path, item in paths.items() if "Gatehouse-Actor" in str(item.get("post"))}

    assert posts == {each.path for each in POSTS.values()}


@EVERY_POST
def test_the_same_again_gets_the_same_bytes_and_nothing_is_done_twice(
    subsystem: Subsystem, engine: Engine, door: Door
) -> None:
    before, kept = _rows(engine), len(entries(engine, door.action))

    first = _keyed(subsystem, door)
    after = _rows(engine)
    again = [_keyed(subsystem, door) for _ in range(2)]

    assert [_replayed(each) for each in (first, *again)] == [False, True, True]
    assert {each.data for each in again} == {first.data}
    assert first.json["outcome"] == "done"
    assert sum(after) == sum(before) + 1
    assert _rows(engine) == after
    assert len(entries(engine, door.action)) == kept + 1


@ANY_DATABASE
def test_a_refusal_is_given_again_even_when_it_would_be_done_by_now(
    subsystem: Subsystem, wass: Wass
) -> None:
    late = subsystem.by("M90003")
    first = {name: _keyed(late, door, name) for name, door in POSTS.items()}
    wass.knows(coordinator(), coordinator("M90003"))  # now M90003 holds the roles

    for name, door in POSTS.items():
        assert codes(first[name].json)[0] == "ROLE_MISSING"
        assert _keyed(late, door, name).data == first[name].data
        assert "ROLE_MISSING" not in codes(door.answer(late))


@EVERY_POST
def test_the_same_key_with_another_actor_is_badly_asked(
    subsystem: Subsystem, engine: Engine, door: Door
) -> None:
    _keyed(subsystem, door)
    after = _rows(engine)

    for actor in ("M90006", "M90003", "M77777"):
        assert field_errors(_keyed(subsystem.by(actor), door)) == {"Idempotency-Key"}
    assert _rows(engine) == after
    assert _replayed(_keyed(subsystem, door))


@ANY_DATABASE
def test_the_same_key_with_another_body_or_at_another_door_is_badly_asked(
    subsystem: Subsystem, engine: Engine
) -> None:
    for name, door in POSTS.items():
        _keyed(subsystem, door, name)
        after = _rows(engine)

        others = [each for each in POSTS.values() if each != door]
        user = {"user_ids": [OTHER]} if name == "unlock" else {"user_id": OTHER}
        changed = replace(door, body={**(door.body or {}), **user})
        for other in (*others, changed):
            assert field_errors(_keyed(subsystem, other, name)) == {"Idempotency-Key"}
        assert _rows(engine) == after


@ANY_DATABASE
def test_the_same_key_of_another_client_is_another_key(
    subsystem: Subsystem, parts: Wiring
) -> None:
    with parts.engine.begin() as connection:
        token = add_client(connection, "another", ["subsystem"], parts.clock())
    other = replace(subsystem, headers={"Authorization": f"Bearer {token}"})
    door = DOORS["assign_staff"]

    mine, theirs = _keyed(subsystem, door), _keyed(other, door)

    assert not _replayed(theirs)
    assert theirs.json["decision_id"] != mine.json["decision_id"]


@ANY_DATABASE
def test_a_key_lives_a_day(subsystem: Subsystem, clock: Clock) -> None:
    def all_again() -> dict[str, TestResponse]:
        return {name: _keyed(subsystem, door, name) for name, door in POSTS.items()}

    first = all_again()
    clock.at += timedelta(hours=24) - timedelta(milliseconds=1)
    living = all_again()
    clock.at += timedelta(milliseconds=1)
    expired = all_again()

    for name in POSTS:
        assert living[name].data == first[name].data
        assert not _replayed(expired[name])
        assert expired[name].json["decision_id"] != first[name].json["decision_id"]


@ANY_DATABASE
def test_what_is_no_key_is_refused(subsystem: Subsystem, engine: Engine) -> None:
    before = _rows(engine)

    for door in POSTS.values():
        for key in ("", "k" * 256, "tab\there"):
            assert field_errors(_keyed(subsystem, door, key)) == {"Idempotency-Key"}
    assert _rows(engine) == before


@ANY_DATABASE
def test_a_key_says_nothing_at_a_call_that_is_no_post(subsystem: Subsystem) -> None:
    answers = [_keyed(subsystem, DOORS["unassign_staff"]) for _ in range(2)]

    assert [each.json["reason"] for each in answers] == ["OK", "NOT_ASSIGNED"]
    assert not [each for each in answers if _replayed(each)]


def test_the_same_at_once_has_one_effect_and_one_answer(
    parts: Wiring, callers: Callers, engine: Engine, signer: Signer
) -> None:
    app = create_app(parts, signer)
    together = Barrier(AT_ONCE)
    before = _rows(engine)

    def asks(door: Door) -> TestResponse:
        caller = Subsystem(app.test_client(), callers["subsystem"])
        together.wait()
        return _keyed(caller, door, door.action)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        rounds: list[list[Any]] = [
            list(threads.map(asks, [door] * AT_ONCE)) for door in POSTS.values()
        ]

    assert [sum(not _replayed(each) for each in answers) for answers in rounds] == [1] * 4
    assert [len({each.data for each in answers}) for answers in rounds] == [1] * 4
    assert [now - then for now, then in zip(_rows(engine), before, strict=True)] == [1] * 4
