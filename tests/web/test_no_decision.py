"""When no decision can be made or recorded, the answer is 503 and lets nobody in."""

from typing import Any

import pytest
from casbin.core_enforcer import CoreEnforcer
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from service.app import create_app
from service.ledger.receipts import Signer
from service.policy.active import Courts
from service.wiring import Wiring
from tests.conftest import Callers
from tests.database.wass import OAKS, PINES, TODAY, Somebody, Wass, coordinator
from tests.web.asking import Gate, activity_of, entries

LOGINS: list[dict[str, Any]] = [
    {"user_id": "M10001", "entry": "tracs_menu"},
    {"user_id": "M10001", "entry": "tracs_menu", "property_id": OAKS},
    {"user_id": "M10001", "entry": "tracs_menu", "property_id": PINES},
    {"user_id": "M10001", "entry": "imax"},
    {"user_id": "M10001", "entry": "rob"},
    {"user_id": "M90001", "entry": "tracs_menu"},
    {"user_id": "M10002", "entry": "imax_ws"},
    {"user_id": "H10001", "entry": "tracs_menu"},
    {"user_id": "M77777", "entry": "tracs_menu"},
    {"user_id": "M10001", "system": "FASSUB"},
    {"user_id": "M10001", "system": "TRACS1"},
]
NO_ROOM = {
    "sqlite": "CREATE TRIGGER no_room BEFORE INSERT ON entry "
    "BEGIN SELECT RAISE(ABORT, 'no room'); END",
    "postgresql": "CREATE TRIGGER no_room BEFORE INSERT ON entry "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
}


@pytest.fixture
def cold(parts: Wiring, callers: Callers, signer: Signer) -> Gate:
    """A door whose process has just begun: no row of any rule has been judged yet."""
    fresh = Wiring(parts.engine, parts.clock, Courts())
    return Gate(create_app(fresh, signer).test_client(), callers["gate"])


@pytest.fixture
def _people(wass: Wass) -> None:
    wass.knows(
        Somebody(id="M10001", properties=[OAKS, PINES]),
        Somebody(id="M10002", terminated=True),
        Somebody(id="H10001", population="hud_staff"),
        coordinator(),
        certified=[("M10001", "M90001", "2025-10-01")],
    )


@pytest.fixture
def _casbin_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("casbin is not well")

    monkeypatch.setattr(CoreEnforcer, "enforce_ex", fail)


def _do(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


def _assert_no_decision(response: TestResponse) -> None:
    assert (response.status_code, response.mimetype) == (503, "application/problem+json")
    problem = response.json
    assert problem["decision"] == "lock"
    assert problem["reason"] == "ENGINE_UNAVAILABLE"
    assert problem["retryable"] is True
    assert int(response.headers["Retry-After"]) > 0
    assert not problem.keys() & {"decision_id", "receipt", "refused_properties"}


@pytest.mark.usefixtures("_people", "_casbin_fails")
@pytest.mark.parametrize("login", LOGINS, ids=lambda each: " ".join(map(str, each.values())))
def test_without_casbin_nobody_comes_in_and_nothing_is_written(
    cold: Gate, engine: Engine, login: dict[str, Any]
) -> None:
    before = activity_of(engine, login["user_id"])

    response = cold.asks(**login)

    _assert_no_decision(response)
    assert entries(engine, "login") == []
    assert activity_of(engine, login["user_id"]) == before


@pytest.mark.usefixtures("_people", "_casbin_fails")
@pytest.mark.parametrize("user_id", ["M10001", "M10002", "H10001", "M77777"])
def test_without_casbin_nobody_accepts_the_rules_of_behavior(
    cold: Gate, engine: Engine, user_id: str
) -> None:
    response = cold.accepts(user_id)

    _assert_no_decision(response)
    assert entries(engine, "rob_acceptance") == []


@pytest.mark.usefixtures("_people")
def test_a_service_that_could_not_decide_decides_as_soon_as_it_can(
    cold: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.delattr(CoreEnforcer, "enforce_ex")
        _assert_no_decision(cold.asks(**LOGINS[0]))

    assert cold.asks(**LOGINS[0]).json["decision"] == "allow"


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("login", LOGINS, ids=lambda each: " ".join(map(str, each.values())))
def test_no_record_no_answer(cold: Gate, engine: Engine, login: dict[str, Any]) -> None:
    _do(engine, NO_ROOM[engine.dialect.name])
    before = activity_of(engine, login["user_id"])

    response = cold.asks(**login)

    _assert_no_decision(response)
    assert entries(engine, "login") == []
    assert activity_of(engine, login["user_id"]) == before


@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("table", ["entry", "activity", "standing", "active_revision", "client"])
def test_whatever_table_is_missing_no_answer_is_an_allow(
    gate: Gate, engine: Engine, table: str
) -> None:
    _do(engine, f"ALTER TABLE {table} RENAME TO elsewhere")

    _assert_no_decision(gate.asks(**LOGINS[0]))


def test_an_acceptance_that_cannot_be_recorded_is_not_made(
    gate: Gate, engine: Engine, wass: Wass
) -> None:
    user = wass.knows_a_user(rob_accepted_on="")
    _do(engine, "ALTER TABLE entry RENAME TO elsewhere")
    _assert_no_decision(gate.accepts(user))
    _do(engine, "ALTER TABLE elsewhere RENAME TO entry")

    answer = gate.login(user)

    assert answer["reason"] == "ROB_NOT_ACCEPTED"


@pytest.mark.as_served
@pytest.mark.usefixtures("_people")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_while_another_writes_without_end_nobody_comes_in(gate: Gate, engine: Engine) -> None:
    with engine.begin():
        response = gate.asks(**LOGINS[0])

    _assert_no_decision(response)


@pytest.mark.usefixtures("_people")
def test_without_an_active_policy_nobody_comes_in(gate: Gate, engine: Engine) -> None:
    _do(engine, "DELETE FROM active_revision")

    _assert_no_decision(gate.asks(**LOGINS[0]))


@pytest.mark.usefixtures("_people")
def test_what_went_wrong_inside_is_not_told_outside(cold: Gate, engine: Engine) -> None:
    _do(engine, "ALTER TABLE standing RENAME TO elsewhere")

    response = cold.asks(**LOGINS[0])

    assert not [word for word in ("standing", "sqlite", "SELECT") if word in response.text]


def test_the_door_opens_again_once_a_record_can_be_kept(
    gate: Gate, engine: Engine, wass: Wass
) -> None:
    user = wass.knows_a_user()
    _do(engine, "ALTER TABLE entry RENAME TO elsewhere")
    _assert_no_decision(gate.asks(**LOGINS[0]))
    _do(engine, "ALTER TABLE elsewhere RENAME TO entry")

    assert gate.login(user)["decision"] == "allow"
    assert activity_of(engine, user) == TODAY
