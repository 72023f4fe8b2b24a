"""GET /v1/decisions/{id}: one decision, with everything it was made of."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.conftest import Callers
from tests.database.wass import ELMS, OAKS, PINES, TODAY, Wass
from tests.web.asking import Gate, codes, entries


def _shown(http: FlaskClient, callers: Mapping[str, dict[str, str]], decision_id: str) -> Any:
    response = http.get(f"/v1/decisions/{decision_id}", headers=callers["auditor"])
    assert response.status_code == 200, response.text
    return response.json


def test_a_decision_shows_the_question_and_the_outcome_it_was_answered_with(
    gate: Gate, http: FlaskClient, callers: Callers, wass: Wass
) -> None:
    user = wass.knows_a_user(last_activity_on="2025-11-01")
    answer = gate.login(user, property_id=PINES)

    shown = _shown(http, callers, answer["decision_id"])

    assert shown["inquiry"]["user_id"] == user
    assert shown["inquiry"]["entry"] == "tracs_menu"
    assert shown["inquiry"]["property_id"] == PINES
    assert (shown["kind"], shown["outcome"], shown["reason"]) == ("login", "lock", "INACTIVE")
    assert codes(shown) == codes(answer)
    assert shown["digest"] == answer["policy_digest"]
    assert (shown["caller"], shown["id"]) == ("test gate", answer["decision_id"])


def test_the_evidence_is_raw_dates_as_they_were_before_the_login(
    gate: Gate, http: FlaskClient, callers: Callers, wass: Wass
) -> None:
    user = wass.knows_a_user()
    answer = gate.login(user)

    evidence = _shown(http, callers, answer["decision_id"])["evidence"]

    assert evidence["last_activity_on"] == "2026-02-20"
    standing = evidence["standing"]
    assert standing["rob_accepted_on"] == "2025-12-01"
    assert standing["wass_spoke_on"] == TODAY
    assert sorted(standing["properties"]) == [OAKS, ELMS]
    assert [each[0] for each in standing["requests"]] == ["M90001"]


def test_the_facts_are_shown_by_group_as_the_rules_saw_them(
    gate: Gate, http: FlaskClient, callers: Callers, wass: Wass
) -> None:
    user = wass.knows_a_user()
    answer = gate.login(user, property_id=OAKS)

    facts = _shown(http, callers, answer["decision_id"])["facts"]

    assert set(facts) == {"today", "entry", "user", "window", "contract", "property"}
    assert (facts["today"], facts["entry"]) == (TODAY, "tracs_menu")
    assert facts["user"]["days_idle"] == 10
    assert facts["window"]["closed_opens_on"] == "2025-09-01"
    assert facts["property"] == {
        "named": True,
        "assigned": True,
        "own_bpr": False,
        "role_removed": False,
        "certified_on": "2025-10-01",
    }


def test_each_reason_is_kept_with_its_row_and_authority(
    gate: Gate, http: FlaskClient, callers: Callers
) -> None:
    answer = gate.login("M77777")

    (kept,) = _shown(http, callers, answer["decision_id"])["reasons"]

    (said,) = answer["reasons"]
    assert (kept["rule"], kept["authority"]) == (said["rule"], said["authority"])


def test_a_decision_about_a_system_outside_shows_that_nobody_was_looked_up(
    gate: Gate, http: FlaskClient, callers: Callers, wass: Wass
) -> None:
    user = wass.knows_a_user()
    answer = gate.asks(user_id=user, system="EIV").json

    shown = _shown(http, callers, answer["decision_id"])

    assert shown["evidence"] == {"standing": None, "last_activity_on": ""}
    assert shown["facts"] == {"system": {"outside": True, "test_environment": False}}


def test_the_id_of_the_request_is_kept_with_the_decision(
    gate: Gate, http: FlaskClient, callers: Callers
) -> None:
    headers = {**gate.headers, "X-Request-ID": "trace 7"}
    body = {"user_id": "M77777", "entry": "rob"}
    answer = http.post("/v1/logins", json=body, headers=headers).json

    assert _shown(http, callers, answer["decision_id"])["request_id"] == "trace 7"


def test_a_decision_id_tells_when_it_was_made(gate: Gate) -> None:
    made = UUID(gate.login("M77777")["decision_id"])

    assert made.version == 7
    assert made.int >> 80 == 1772470800000


def test_a_decision_that_never_was_is_not_found(http: FlaskClient, callers: Callers) -> None:
    response = http.get(f"/v1/decisions/{uuid4()}", headers=callers["auditor"])

    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"


def test_only_an_auditor_reads_decisions(gate: Gate, http: FlaskClient, callers: Callers) -> None:
    made = gate.login("M77777")["decision_id"]

    others = [scope for scope in callers.tokens if scope != "auditor"]
    statuses = {
        scope: http.get(f"/v1/decisions/{made}", headers=callers[scope]).status_code
        for scope in others
    }

    assert statuses == dict.fromkeys(others, 403)


def test_what_is_shown_does_not_change_with_what_came_after(
    gate: Gate, http: FlaskClient, callers: Callers, wass: Wass, engine: Engine
) -> None:
    user = wass.knows_a_user()
    made = gate.login(user)["decision_id"]
    before = _shown(http, callers, made)

    wass.knows_a_user(terminated=True, properties=())
    gate.login(user)

    assert _shown(http, callers, made) == before


def test_an_entry_that_is_no_decision_is_not_found(
    http: FlaskClient, callers: Callers, engine: Engine
) -> None:
    headers = callers["auditor"]
    added = entries(engine, "client_added")[0]["id"]

    response = http.get(f"/v1/decisions/{added}", headers=headers)

    assert response.status_code == 404
