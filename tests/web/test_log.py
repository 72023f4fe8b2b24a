"""The log: a line for each request, one JSON object whatever was sent, and nothing of what was."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
import structlog
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from service import logs
from service.clients import add_client
from service.wiring import Wiring
from tests.conftest import Callers
from tests.database.wass import OAKS, Somebody, Wass
from tests.web.asking import ANY_DATABASE, Gate, Subsystem, entries
from tests.web.doors import DOORS
from tests.web.policies import Office, edited

CANARY = "CANARY-7f3a"
ID = "MCANAR"  # the one that fits where an ID is wanted
LINE = {"timestamp", "level", "event", "request_id", "client", "door", "status", "duration_ms"}
ASK = {"user_id": ID, "entry": "tracs_menu"}
#: Each puts a canary where somebody may put something; what becomes of it is all one.
SENT: dict[str, dict[str, Any]] = {
    "an unknown token": {"headers": {"Authorization": f"Bearer {CANARY}"}, "json": ASK},
    "another kind of token": {"headers": {"Authorization": f"Basic {CANARY}"}, "json": ASK},
    "an ID": {"json": ASK},
    "no ID": {"json": {**ASK, "user_id": CANARY}},
    "an entry": {"json": {**ASK, "entry": CANARY}},
    "a contract": {"json": {**ASK, "contract_number": CANARY}},
    "an unknown field": {"json": {**ASK, CANARY: CANARY}},
    "wrong JSON": {"data": f'{{"user_id": "{CANARY}', "content_type": "application/json"},
    "no JSON": {"data": CANARY, "content_type": CANARY},
    "a query": {"json": ASK, "query_string": {CANARY: CANARY, "token": CANARY}},
    "a header": {"json": ASK, "headers": {"X-Token": CANARY, "Cookie": CANARY}},
    "a user agent": {"json": ASK, "headers": {"User-Agent": CANARY, "Referer": CANARY}},
    "a key": {"json": ASK, "headers": {"Idempotency-Key": CANARY}},
    "a path": {"path": f"/v1/{CANARY}"},
    "an ID in a path": {"path": f"/v1/users/{ID}/outlook", "method": "GET"},
    "a wrong ID in a path": {"path": f"/v1/users/{CANARY}/outlook", "method": "GET"},
    "another verb": {"path": f"/v1/logins?{CANARY}", "method": "PATCH"},
}


@dataclass(frozen=True, slots=True)
class Log:
    """What was logged."""

    capture: pytest.CaptureFixture[str]

    def text(self) -> str:
        """All of it since it was last read."""
        return self.capture.readouterr().err

    def lines(self) -> list[dict[str, Any]]:
        """Likewise, by lines, each of which is one JSON object."""
        return [orjson.loads(each) for each in self.text().splitlines()]


@pytest.fixture
def log(http: FlaskClient, callers: Callers, capfd: pytest.CaptureFixture[str]) -> Iterator[Log]:
    """The log of everything, from now on."""
    del http, callers
    logs.begin("debug")
    capfd.readouterr()
    yield Log(capfd)
    structlog.reset_defaults()
    logs.log.cache_clear()


def test_a_login_is_a_line_that_names_caller_door_and_decision(
    gate: Gate, wass: Wass, engine: Engine, log: Log
) -> None:
    user = wass.knows_a_user()
    log.text()

    response = gate.http.post(
        "/v1/logins",
        json={"user_id": user, "entry": "imax"},
        headers={**gate.headers, "X-Request-ID": "desk-7"},
    )

    (line,) = log.lines()
    assert line.keys() == LINE | {"decision_id"}
    assert (line["event"], line["level"]) == ("request", "info")
    assert (line["client"], line["door"]) == ("test gate", "POST /v1/logins")
    assert line["status"] == 200
    assert line["timestamp"].endswith("Z")
    assert line["request_id"] == response.headers["X-Request-ID"] == "desk-7"
    (entry,) = entries(engine, "login")
    assert (entry["id"], entry["request_id"]) == (line["decision_id"], "desk-7")


def _send(gate: Gate, sent: dict[str, Any]) -> TestResponse:
    headers = {**gate.headers, **sent.get("headers", {})}
    return gate.http.open(**{"path": "/v1/logins", "method": "POST", **sent, "headers": headers})


@ANY_DATABASE
def test_nothing_that_is_sent_gets_into_the_log(gate: Gate, log: Log) -> None:
    token = gate.headers["Authorization"].split()[1]

    for name, sent in SENT.items():
        response, told = _send(gate, sent), log.text()

        assert told.count("\n") == 1, name
        assert not [each for each in (CANARY, ID, token) if each in told], name
        assert token not in response.text, name


@ANY_DATABASE
def test_nor_when_the_database_fails_in_the_middle_of_it(
    gate: Gate, engine: Engine, log: Log
) -> None:
    with engine.begin() as connection:
        for table in ("standing", "idempotency"):
            connection.execute(text(f"ALTER TABLE {table} RENAME TO {table}_elsewhere"))
    failed = set()

    for name, sent in SENT.items():
        response, told = _send(gate, sent), log.text()

        assert not [each for each in (CANARY, ID) if each in told], name
        assert all(isinstance(orjson.loads(line), dict) for line in told.splitlines()), name
        if response.status_code == 503:
            assert not [each for each in (CANARY, ID) if each in response.text], name
            failed.add(name)

    assert {"an ID", "a key", "a header"} <= failed


@ANY_DATABASE
def test_what_failed_is_logged_by_its_kind_and_our_own_lines(
    gate: Gate, engine: Engine, log: Log
) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE standing RENAME TO elsewhere"))

    response = gate.asks(**ASK)

    failed, answered = log.lines()
    assert (failed["event"], failed["level"]) == ("no decision", "error")
    assert failed["error"] == "sqlalchemy.exc.OperationalError"
    assert failed["because"] == ["sqlite3.OperationalError"]
    assert failed["code"] == "SQLITE_ERROR"
    assert any(each.startswith("service/login/gather.py:gather") for each in failed["at"])
    assert failed["request_id"] == answered["request_id"] == response.json["request_id"]
    assert answered["status"] == 503
    assert "decision_id" not in answered


@ANY_DATABASE
def test_whom_a_coordinator_acts_for_is_not_in_the_log(
    subsystem: Subsystem, wass: Wass, log: Log
) -> None:
    wass.knows(Somebody(id="M10001", properties=[OAKS]))
    log.text()

    for door in DOORS.values():
        door.knock(subsystem)

        (line,) = log.lines()
        assert not [each for each in ("M1000", "M9000", str(OAKS)) if each in str(line)]


@ANY_DATABASE
def test_what_somebody_wants_to_publish_is_not_in_the_log(
    http: FlaskClient, parts: Wiring, log: Log
) -> None:
    office = Office(http, parts)

    refused = office.publishes("Ann", edited("deny, INACTIVE", f"deny, {CANARY}"), note=CANARY)

    assert refused.status_code == 422
    assert CANARY not in log.text()


@ANY_DATABASE
def test_who_sends_a_break_of_lines_writes_no_line_of_his_own(gate: Gate, log: Log) -> None:
    for break_ in ("\r\n", "\n", "\x1b[2J", "\x00", "\x85", '"}\n{"'):
        forged = f"x{break_}forged"
        environ = {
            "HTTP_X_REQUEST_ID": forged,
            "PATH_INFO": f"/v1/{forged}",
            "QUERY_STRING": forged,
            "HTTP_USER_AGENT": forged,
        }
        gate.http.get("/", environ_overrides=environ)

        told = log.text()
        assert told.count("\n") == 1
        assert isinstance(orjson.loads(told), dict)
        assert told.rstrip("\n").isprintable()
        assert "forged" not in told


@ANY_DATABASE
def test_the_name_of_a_client_stays_within_its_line(gate: Gate, parts: Wiring, log: Log) -> None:
    name = 'a "client", \\n; {"level": "error"}'
    with parts.engine.begin() as connection:
        token = add_client(connection, name, ["gate"], parts.clock())

    gate.http.post("/v1/logins", json=ASK, headers={"Authorization": f"Bearer {token}"})

    (line,) = log.lines()
    assert line["client"] == name


@ANY_DATABASE
def test_the_first_answer_given_again_is_no_decision_of_its_own(gate: Gate, log: Log) -> None:
    headers = {**gate.headers, "Idempotency-Key": "once"}

    for _ in range(2):
        gate.http.post("/v1/logins", json=ASK, headers=headers)

    first, again = log.lines()
    assert "decision_id" in first
    assert "decision_id" not in again
