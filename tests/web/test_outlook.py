"""GET /v1/users/{id}/outlook: when and why each entry will lock if nothing is done."""

from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.conftest import Callers, Clock
from tests.database.wass import TODAY, Wass
from tests.web.asking import ANY_DATABASE, Gate, codes, entries, field_errors

pytestmark = ANY_DATABASE
_MENU = "tracs_menu"


@pytest.fixture
def asked(http: FlaskClient, callers: Callers) -> Any:
    """The outlook of a person, by entry."""

    def ask(user_id: str, **query: str) -> Mapping[str, Any]:
        path = f"/v1/users/{user_id}/outlook"
        response = http.get(path, query_string=query, headers=callers["gate"])
        assert response.status_code == 200, response.text
        return {**response.json, "at": {each["entry"]: each for each in response.json["entries"]}}

    return ask


def test_an_open_entry_tells_the_day_it_locks_and_what_would_cure_it(
    asked: Any, wass: Wass
) -> None:
    user = wass.knows_a_user(last_activity_on="2026-02-20")

    menu = asked(user)["at"][_MENU]

    assert (menu["decision"], menu["locks_on"], menu["reason"]) == (
        "allow",
        "2026-05-22",
        "INACTIVE",
    )
    assert codes(menu) == ["INACTIVE"]
    assert menu["reasons"][0]["remedy"]
    assert menu["turns"][0] == {"day": TODAY, "decision": "allow", "reasons": ["OK"]}


def test_the_gate_says_the_same_on_that_day_and_not_on_the_day_before(
    asked: Any, wass: Wass, gate: Gate, clock: Clock
) -> None:
    user = wass.knows_a_user(last_activity_on="2026-02-20", rob_accepted_on="2025-04-01")
    menu = asked(user)["at"][_MENU]
    assert menu["locks_on"] == "2026-04-01"

    clock.put("2026-04-01")
    on_the_day = gate.login(user, _MENU)
    clock.put("2026-03-31")
    before = gate.login(user, _MENU)

    assert (on_the_day["decision"], codes(on_the_day)) == ("lock", codes(menu))
    assert before["decision"] == "allow"


def test_every_later_turn_is_told(asked: Any, wass: Wass) -> None:
    user = wass.knows_a_user(last_activity_on="2026-02-20", rob_accepted_on="2025-04-01")

    turns = asked(user)["at"][_MENU]["turns"]

    assert [(each["day"], each["reasons"]) for each in turns] == [
        (TODAY, ["OK"]),
        ("2026-04-01", ["ROB_EXPIRED"]),
        ("2026-05-22", ["INACTIVE", "ROB_EXPIRED"]),
        ("2027-01-01", ["INACTIVE", "NOT_CERTIFIED", "ROB_EXPIRED"]),
    ]


def test_what_is_locked_already_locks_today(asked: Any, wass: Wass) -> None:
    user = wass.knows_a_user(last_activity_on="2025-11-01")

    menu = asked(user)["at"][_MENU]

    assert (menu["decision"], menu["locks_on"]) == ("lock", TODAY)


def test_an_entry_that_stays_open_up_to_the_last_day_names_no_day(asked: Any, wass: Wass) -> None:
    user = wass.knows_a_user(last_activity_on="2026-02-20")

    found = asked(user, until="2026-05-21")

    assert found["until"] == "2026-05-21"
    assert (found["at"][_MENU]["locks_on"], found["at"][_MENU]["reasons"]) == (None, [])


def test_nobody_is_nobody_on_every_day(asked: Any) -> None:
    found = asked("m77777")

    assert found["user_id"] == "M77777"
    assert {each["reason"] for each in found["entries"]} == {"USER_UNKNOWN"}


def test_looking_ahead_leaves_nothing_behind(asked: Any, wass: Wass, engine: Engine) -> None:
    user = wass.knows_a_user()
    asked(user)  # whoever calls is added with an entry
    before = len(entries(engine))

    asked(user)

    assert len(entries(engine)) == before


@pytest.mark.parametrize(
    ("path", "fields"),
    {
        "/v1/users/M1/outlook": {"user_id"},
        "/v1/users/M10001/outlook?until=tomorrow": {"until"},
        "/v1/users/M10001/outlook?until=2026-03-01": {"until"},
        "/v1/users/M10001/outlook?until=2926-03-01": {"until"},
        "/v1/users/M1/outlook?until=2026-02-30&by=me": {"user_id", "until", "by"},
    }.items(),
)
def test_a_badly_asked_question_is_told_every_error(
    http: FlaskClient, callers: Callers, path: str, fields: set[str]
) -> None:
    assert field_errors(http.get(path, headers=callers["gate"])) == fields


def test_only_the_gate_may_ask(http: FlaskClient, callers: Callers) -> None:
    path = "/v1/users/M10001/outlook"

    assert http.get(path).status_code == 401
    assert http.get(path, headers=callers["feed"]).status_code == 403
