"""Whichever call to the database fails, nobody comes in and nothing is left behind.

The first call of a login is made to fail, then the second, and so on until none is left to fail.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from service.app import create_app
from service.ledger.receipts import Signer
from service.policy.active import Courts
from service.wiring import Wiring
from tests.conftest import Callers, Clock
from tests.database.wass import (
    BOTH,
    ELMS,
    IN_LAST_WINDOW,
    OAKS,
    PINES,
    Somebody,
    Wass,
    coordinator,
)
from tests.faults.failing import FailingCall, Fault, everything, is_gone, refuses

ALLOWED, LOCKED, UNREAD, UNKNOWN = "M10001", "M10002", "M10003", "M77777"
LOGIN, ACCEPTANCE = "/v1/logins", "/v1/rob-acceptances"
#: One read and one write, on a connection that is kept.
FEWEST_CALLS = 2


@dataclass(frozen=True, slots=True)
class Question:
    """A call, and what it is answered when nothing fails."""

    body: dict[str, Any]
    outcome: str
    reason: str
    path: str = LOGIN

    def asked(self, http: FlaskClient, headers: dict[str, str]) -> Any:
        """Whatever comes back."""
        return http.post(self.path, json=self.body, headers=headers)


def _login(user_id: str, outcome: str, reason: str, **more: Any) -> Question:
    return Question({"user_id": user_id, "entry": "tracs_menu", **more}, outcome, reason)


def _acceptance(user_id: str, outcome: str, reason: str) -> Question:
    return Question({"user_id": user_id}, outcome, reason, ACCEPTANCE)


QUESTIONS = {
    "an allowed login": _login(ALLOWED, "allow", "OK"),
    "a locked login": _login(LOCKED, "lock", "INACTIVE"),
    "a login of somebody unknown": _login(UNKNOWN, "lock", "USER_UNKNOWN"),
    "a property refused": _login(ALLOWED, "lock", "PROPERTY_NOT_ASSIGNED", property_id=PINES),
    "a property of a contract": _login(
        ALLOWED, "allow", "OK", property_id=OAKS, contract_number=BOTH
    ),
    "another system": Question(
        {"user_id": ALLOWED, "system": "FASSUB"}, "allow", "SYSTEM_NOT_GOVERNED"
    ),
    "an acceptance": _acceptance(UNREAD, "done", "OK"),
    "an acceptance refused": _acceptance(LOCKED, "refused", "INACTIVE"),
}


@pytest.fixture
def _people(wass: Wass) -> None:
    known = (
        Somebody(id=ALLOWED, properties=[OAKS], contracts=[BOTH]),
        Somebody(id=LOCKED, last_activity_on="2025-01-02"),
        Somebody(id=UNREAD, properties=[OAKS], rob_accepted_on=""),
    )
    wass.knows(
        *known,
        coordinator(bpr=(OAKS, ELMS, PINES)),
        contracts={BOTH: (OAKS, ELMS)},
        certified=[(each.id, "M90001", IN_LAST_WINDOW) for each in known],
    )


@pytest.fixture(params=[refuses, is_gone], ids=["refused", "gone"])
def failing(request: pytest.FixtureRequest, engine: Engine, callers: Callers) -> FailingCall:
    """The call that fails, and how."""
    fault: Fault = request.param
    return FailingCall(engine, fault)


def _assert_no_decision(response: Any) -> None:
    assert (response.status_code, response.mimetype) == (503, "application/problem+json")
    said = {name: response.json[name] for name in ("decision", "reason", "retryable")}
    assert said == {"decision": "lock", "reason": "ENGINE_UNAVAILABLE", "retryable": True}
    assert "decision_id" not in response.json


def _assert_decided(response: Any, question: Question) -> None:
    assert response.status_code == 200, response.text
    answer = response.json
    outcome = answer.get("decision") or answer["outcome"]
    assert (outcome, answer["reason"]) == (question.outcome, question.reason)


def _fail_each_call(
    question: Question,
    *,
    http: FlaskClient,
    headers: dict[str, str],
    failing: FailingCall,
    engine: Engine,
    clock: Clock,
    process: Callable[[], FlaskClient] | None = None,
) -> int:
    """Ask, with the first call failing, then the second ...; how many there were to fail.

    What fails is asked of a new *process* each time, if there is one; what follows of *http*.
    """
    for nth in itertools.count(1):
        clock.at += timedelta(days=1)  # so that an activity moved would be seen
        before = everything(engine)

        failing.set(nth)
        response = question.asked(process() if process else http, headers)
        if not failing.unset():
            _assert_decided(response, question)
            return nth - 1

        _assert_no_decision(response)
        assert everything(engine) == before, f"call {nth} left something behind"
        _assert_decided(question.asked(http, headers), question)
    raise AssertionError("unreachable")


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("name", QUESTIONS)
def test_whichever_call_fails_there_is_no_decision_and_no_trace(
    name: str,
    http: FlaskClient,
    callers: Callers,
    failing: FailingCall,
    engine: Engine,
    clock: Clock,
) -> None:
    calls = _fail_each_call(
        QUESTIONS[name],
        http=http,
        headers=callers["gate"],
        failing=failing,
        engine=engine,
        clock=clock,
    )

    assert calls >= FEWEST_CALLS


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("failing", [refuses], ids=["refused"], indirect=True)
def test_whichever_call_of_the_first_login_of_a_process_fails_it_is_the_same(
    http: FlaskClient,
    signer: Signer,
    callers: Callers,
    failing: FailingCall,
    engine: Engine,
    clock: Clock,
) -> None:
    def just_begun() -> FlaskClient:
        return create_app(Wiring(engine, clock, Courts()), signer).test_client()

    calls = _fail_each_call(
        QUESTIONS["an allowed login"],
        http=http,
        headers=callers["gate"],
        failing=failing,
        engine=engine,
        clock=clock,
        process=just_begun,
    )

    assert calls > FEWEST_CALLS
