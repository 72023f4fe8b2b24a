"""Idempotency-Key: who asks the same again gets the first answer, and nothing happens twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from service.app import create_app
from service.clients import add_client
from service.ledger.receipts import Signer
from service.wiring import Wiring
from tests.conftest import Callers, Clock
from tests.database.wass import TODAY, Wass, coordinator
from tests.web.asking import Gate, activity_of, entries, field_errors

LOGIN = {"user_id": "M10001", "entry": "tracs_menu"}
ACCEPTANCE = {"user_id": "M10001"}
AT_ONCE, ROUNDS = 5, 20
DOORS = [
    pytest.param("/v1/logins", LOGIN, "login", id="login"),
    pytest.param("/v1/rob-acceptances", ACCEPTANCE, "rob_acceptance", id="acceptance"),
]


def _keyed(
    gate: Gate, key: str, path: str = "/v1/logins", body: dict[str, Any] = LOGIN
) -> TestResponse:
    headers = {**gate.headers, "Idempotency-Key": key}
    return gate.http.post(path, json=body, headers=headers)


def _replayed(response: TestResponse) -> bool:
    assert response.status_code == 200, response.text
    return response.headers.get("Idempotency-Replayed") == "true"


def _do(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(("path", "body", "kind"), DOORS)
def test_the_same_again_gets_the_first_answer_and_leaves_one_entry(
    gate: Gate, wass: Wass, engine: Engine, path: str, body: dict[str, Any], kind: str
) -> None:
    wass.knows_a_user()

    first, again = (_keyed(gate, "once", path, body) for _ in range(2))

    assert (_replayed(first), _replayed(again)) == (False, True)
    assert "Idempotency-Replayed" not in first.headers
    assert (again.data, again.mimetype) == (first.data, first.mimetype)
    assert [each["id"] for each in entries(engine, kind)] == [first.json["decision_id"]]


def test_without_a_key_the_same_again_is_another_login(gate: Gate, wass: Wass) -> None:
    user = wass.knows_a_user()

    assert gate.login(user)["decision_id"] != gate.login(user)["decision_id"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/v1/logins", {**LOGIN, "entry": "imax"}, id="another body"),
        pytest.param("/v1/rob-acceptances", ACCEPTANCE, id="another path"),
    ],
)
def test_the_same_key_with_another_request_is_badly_asked(
    gate: Gate, wass: Wass, engine: Engine, path: str, body: dict[str, Any]
) -> None:
    wass.knows_a_user()
    _keyed(gate, "once")

    response = _keyed(gate, "once", path, body)

    assert field_errors(response) == {"Idempotency-Key"}
    assert len(entries(engine, "login", "rob_acceptance")) == 1


def test_the_same_key_of_another_client_is_another_key(
    gate: Gate, wass: Wass, parts: Wiring
) -> None:
    wass.knows_a_user()
    with parts.engine.begin() as connection:
        token = add_client(connection, "another", ["gate"], parts.clock())
    other = Gate(gate.http, {"Authorization": f"Bearer {token}"})

    mine, theirs = _keyed(gate, "once"), _keyed(other, "once", body={**LOGIN, "entry": "imax"})

    assert not _replayed(theirs)
    assert theirs.json["decision_id"] != mine.json["decision_id"]


@pytest.mark.parametrize(
    ("path", "body", "lives"),
    [
        pytest.param("/v1/logins", LOGIN, timedelta(seconds=60), id="login"),
        pytest.param("/v1/rob-acceptances", ACCEPTANCE, timedelta(hours=24), id="acceptance"),
    ],
)
def test_a_key_lives_so_long_and_is_then_a_new_one(
    gate: Gate, wass: Wass, clock: Clock, path: str, body: dict[str, Any], lives: timedelta
) -> None:
    wass.knows_a_user()
    first = _keyed(gate, "once", path, body)

    clock.at += lives - timedelta(milliseconds=1)
    living = _keyed(gate, "once", path, body)
    clock.at += timedelta(milliseconds=1)
    expired = _keyed(gate, "once", path, body)
    again = _keyed(gate, "once", path, body)

    assert living.data == first.data
    assert not _replayed(expired)
    assert expired.json["decision_id"] != first.json["decision_id"]
    assert _replayed(again)
    assert again.data == expired.data


def test_an_expired_key_may_come_with_another_request(
    gate: Gate, wass: Wass, clock: Clock
) -> None:
    wass.knows_a_user()
    _keyed(gate, "once")
    clock.at += timedelta(seconds=60)

    response = _keyed(gate, "once", "/v1/rob-acceptances", ACCEPTANCE)

    assert not _replayed(response)


@pytest.mark.parametrize(("path", "body", "kind"), DOORS)
def test_the_same_at_once_has_one_effect_and_one_answer(
    parts: Wiring,
    callers: Callers,
    wass: Wass,
    engine: Engine,
    signer: Signer,
    path: str,
    body: dict[str, Any],
    kind: str,
) -> None:
    wass.knows_a_user()
    app = create_app(parts, signer)
    together = Barrier(AT_ONCE)

    def asks(key: str) -> TestResponse:
        gate = Gate(app.test_client(), callers["gate"])
        together.wait()
        return _keyed(gate, key, path, body)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        rounds = [list(threads.map(asks, [f"round {n}"] * AT_ONCE)) for n in range(ROUNDS)]

    assert [sum(not _replayed(each) for each in answers) for answers in rounds] == [1] * ROUNDS
    assert [len({each.data for each in answers}) for answers in rounds] == [1] * ROUNDS
    given = {answers[0].json["decision_id"] for answers in rounds}
    assert len(given) == ROUNDS
    assert sorted(each["id"] for each in entries(engine, kind)) == sorted(given)


def test_a_try_that_got_no_decision_is_not_remembered(
    gate: Gate, wass: Wass, engine: Engine
) -> None:
    wass.knows_a_user()
    _do(engine, "ALTER TABLE entry RENAME TO elsewhere")
    failed = _keyed(gate, "once")
    _do(engine, "ALTER TABLE elsewhere RENAME TO entry")

    response = _keyed(gate, "once")

    assert failed.status_code == 503
    assert not _replayed(response)
    assert response.json["decision"] == "allow"


def test_a_login_whose_answer_cannot_be_kept_is_not_made(
    gate: Gate, wass: Wass, engine: Engine
) -> None:
    user = wass.knows_a_user()
    before = activity_of(engine, user)
    _do(engine, "ALTER TABLE idempotency RENAME TO elsewhere")

    response = _keyed(gate, "once")

    assert response.status_code == 503
    assert (entries(engine, "login"), activity_of(engine, user)) == ([], before)


def test_a_question_that_was_badly_asked_is_not_remembered(gate: Gate, wass: Wass) -> None:
    wass.knows_a_user()

    assert field_errors(_keyed(gate, "once", body={**LOGIN, "entry": "nowhere"})) == {"entry"}
    assert not _replayed(_keyed(gate, "once"))


def test_who_was_locked_meanwhile_still_gets_the_first_answer_within_its_life(
    gate: Gate, wass: Wass, clock: Clock, engine: Engine
) -> None:
    user = wass.knows_a_user()
    first = _keyed(gate, "once")
    wass.knows(coordinator())

    clock.at += timedelta(seconds=59)
    again = _keyed(gate, "once")

    assert gate.login(user)["decision"] == "lock"
    assert (first.json["decision"], again.data) == ("allow", first.data)
    assert activity_of(engine, user) == TODAY


def test_a_key_opens_nothing_for_who_is_revoked(gate: Gate, wass: Wass, engine: Engine) -> None:
    wass.knows_a_user()
    _keyed(gate, "once")
    _do(engine, "UPDATE client SET revoked_at = created_at")

    assert _keyed(gate, "once").status_code == 401


@pytest.mark.parametrize("key", ["k", " ~!" + "k" * 252, '"quoted"'])
def test_a_key_may_be_any_printable_ascii(gate: Gate, wass: Wass, key: str) -> None:
    wass.knows_a_user()

    assert [_replayed(_keyed(gate, key)) for _ in range(2)] == [False, True]


@pytest.mark.parametrize("key", ["", "k" * 256, "caf\xe9", "tab\there", "\x7f"])
def test_what_is_no_key_is_refused(gate: Gate, wass: Wass, engine: Engine, key: str) -> None:
    wass.knows_a_user()

    assert field_errors(_keyed(gate, key)) == {"Idempotency-Key"}
    assert entries(engine, "login") == []


def test_the_document_tells_of_the_key_at_every_post_and_at_no_other_call(
    http: FlaskClient,
) -> None:
    paths = http.get("/openapi.json").json["paths"]
    calls = {
        (verb, path): call
        for path, item in paths.items()
        for verb, call in item.items()
        if verb != "parameters"
    }

    keyed = {each for each, call in calls.items() if "Idempotency-Key" in str(call)}

    assert keyed == {each for each in calls if each[0] == "post"}
    for each in keyed:
        assert "Idempotency-Replayed" in calls[each]["responses"]["200"]["headers"]
