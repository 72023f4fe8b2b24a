"""What holds at every door of the subsystem: who calls, who acts, done or refused, 422, 503."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from tests.conftest import Callers
from tests.database.wass import TODAY, Wass
from tests.web.asking import ANY_DATABASE, Gate, Subsystem, codes, entries, field_errors
from tests.web.doors import (
    ABROAD,
    DOORS,
    ID,
    LOCKED,
    NO_COORDINATOR,
    OTHER,
    UNREADY,
    WITHOUT_ROLE,
    open_doors,
    shape_of,
)

ACTIONS = tuple(DOORS)
ONLY_TCC = {"last_login_report", "unlock"}
GARBLED = ["", "M9000", "M900011", "X90001", "M9000!", "M90001, M90001", "M\xdf0001"]


@pytest.fixture
def _open(wass: Wass, subsystem: Subsystem) -> None:
    open_doors(wass, subsystem)


def _do(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(statement))


def _others(engine: Engine) -> list[dict[str, Any]]:
    """What was written but for the flag the world begins with."""
    kept = entries(engine, *ACTIONS)
    return [each for each in kept if each["call"]["items"] != ["IMAX"] or each["kind"] != "flag"]


@pytest.mark.usefixtures("_open")
def test_done_it_shows_what_was_asked_for_and_nothing_else(subsystem: Subsystem) -> None:
    for door in DOORS.values():
        answer = door.answer(subsystem)

        assert (answer["outcome"], answer["reason"]) == ("done", "OK"), door.action
        shape_of(door, answer)
        (reason,) = answer["reasons"]
        assert reason["code"] == "OK"
        assert (reason["remedy"], reason["contact"]) == ("", "")
        assert answer["as_of"] == f"{TODAY}T12:00:00-05:00"


@pytest.mark.usefixtures("_open")
@ANY_DATABASE
def test_refused_it_shows_why_and_nothing_else(subsystem: Subsystem) -> None:
    for door in DOORS.values():
        answer = door.answer(subsystem.by("M90003"))

        assert (answer["outcome"], answer["reason"]) == ("refused", "ROLE_MISSING"), door.action
        shape_of(door, answer)
        reason = answer["reasons"][0]
        assert set(reason) == {"code", "meaning", "remedy", "contact", "rule", "authority"}
        assert all(reason.values())
        assert reason["rule"].partition(":")[0] == f"rules/{door.action}.csv"


@pytest.mark.usefixtures("_open")
@ANY_DATABASE
def test_the_cure_of_a_missing_role_is_told_as_suits_who_acts(subsystem: Subsystem) -> None:
    for door in DOORS.values():
        said = {
            audience: door.answer(subsystem.by(actor))["reasons"][0]
            for audience, actor in WITHOUT_ROLE.items()
        }

        assert {each["code"] for each in said.values()} == {"ROLE_MISSING"}, door.action
        contacts = {audience: each["contact"] for audience, each in said.items()}
        assert contacts == {
            "external_coordinator": "Nobody else is needed",
            "external_user": "A TRACS coordinator of one of your properties",
            "internal": "Your supervisor, OTC or COR",
        }
        assert "Switch on TCC and TCR" in said["external_coordinator"]["remedy"]
        assert "DIAMS" in said["internal"]["remedy"]


@pytest.mark.usefixtures("_open")
@ANY_DATABASE
def test_whoever_holds_the_roles_but_is_no_coordinator_is_sent_to_one(
    subsystem: Subsystem,
) -> None:
    for door in DOORS.values():
        said = {
            audience: door.answer(subsystem.by(actor))["reasons"][0]
            for audience, actor in NO_COORDINATOR.items()
        }

        assert {each["code"] for each in said.values()} == {"NOT_COORDINATOR"}, door.action
        assert {audience: each["contact"] for audience, each in said.items()} == {
            "external_user": "A TRACS coordinator of one of your properties",
            "internal": "Your supervisor, OTC or COR",
        }
        assert all(each["remedy"].startswith("This is for") for each in said.values())


@pytest.mark.usefixtures("_open")
@ANY_DATABASE
@pytest.mark.parametrize("actor", ["M90006", "M90007"], ids=["TCC alone", "TCR alone"])
def test_report_and_unlock_need_tcc_and_the_rest_either(subsystem: Subsystem, actor: str) -> None:
    refused = {
        door.action
        for door in DOORS.values()
        if "ROLE_MISSING" in codes(door.answer(subsystem.by(actor)))
    }

    assert refused == (ONLY_TCC if actor == "M90007" else set())


@pytest.mark.usefixtures("_open")
@ANY_DATABASE
@pytest.mark.parametrize("actor", [LOCKED, UNREADY, "M77777", "H90002"])
def test_who_is_locked_out_of_tracs_hears_why_the_gate_keeps_him_out_and_no_other_reason(
    subsystem: Subsystem, gate: Gate, actor: str
) -> None:
    at_the_gate = gate.login(actor)

    assert at_the_gate["decision"] == "lock"
    for door in DOORS.values():
        answer = door.answer(subsystem.by(actor))

        assert answer.pop("actor_reasons") == at_the_gate["reasons"]
        shape_of(door, answer)
        assert (answer["outcome"], codes(answer)) == ("refused", ["ACTOR_LOCKED"])
        (reason,) = answer["reasons"]
        assert "actor_reasons" in reason["remedy"]
        assert reason["rule"].partition(":")[0] == "rules/open_subsystem.csv"


@pytest.mark.usefixtures("_open")
@ANY_DATABASE
def test_the_actor_may_be_written_in_small_letters(subsystem: Subsystem, engine: Engine) -> None:
    for door in DOORS.values():
        assert door.answer(subsystem.by("m90001"))["outcome"] == "done", door.action

    assert {each["call"]["actor_id"] for each in _others(engine)} == {"M90001"}


@pytest.mark.usefixtures("_open")
@ANY_DATABASE
def test_without_a_readable_actor_nothing_is_asked(subsystem: Subsystem, engine: Engine) -> None:
    for door in DOORS.values():
        nobody = subsystem.http.open(
            door.path,
            method=door.verb,
            json=door.body,
            query_string=door.query,
            headers=subsystem.headers,
        )
        garbled = [door.knock(subsystem.by(each)) for each in GARBLED]

        for response in (nobody, *garbled):
            assert field_errors(response) == {"Gatehouse-Actor"}, door.action

    assert _others(engine) == []


@pytest.mark.usefixtures("_open")
@ANY_DATABASE
def test_a_garbled_actor_is_named_together_with_all_else_that_is_wrong(
    subsystem: Subsystem,
) -> None:
    asks = subsystem.by("?").asks

    found = {
        "staff": field_errors(asks("GET", "/v1/staff?limit=0&x=1&search=%25")),
        "report": field_errors(asks("GET", "/v1/reports/last-logins?limit=x&cursor=?")),
        "assign": field_errors(asks("POST", "/v1/staff", json={"x": 1})),
        "unassign": field_errors(asks("DELETE", "/v1/staff/one/other")),
        "unlock": field_errors(asks("POST", "/v1/unlocks", json={"user_ids": []})),
        "roles": field_errors(asks("GET", "/v1/users/nobody/roles")),
        "flag": field_errors(asks("POST", "/v1/flags", json={"items": [], "confirm": "yes"})),
        "certify": field_errors(asks("POST", "/v1/certifications", json={})),
        "history": field_errors(asks("GET", "/v1/users/nobody/certifications")),
    }

    assert {name: each - {"Gatehouse-Actor"} for name, each in found.items()} == {
        "staff": {"limit", "x", "search"},
        "report": {"limit", "cursor"},
        "assign": {"user_id", "x"},
        "unassign": {"coordinator_id", "user_id"},
        "unlock": {"user_ids"},
        "roles": {"user_id"},
        "flag": {"user_id", "items", "confirm"},
        "certify": {"user_id"},
        "history": {"user_id"},
    }
    assert all("Gatehouse-Actor" in each for each in found.values()), found


@pytest.mark.usefixtures("_open")
@ANY_DATABASE
def test_a_parameter_that_stands_twice_is_named_together_with_all_else_that_is_wrong(
    subsystem: Subsystem,
) -> None:
    for path in ("/v1/staff", "/v1/reports/last-logins"):
        response = subsystem.by("?").asks("GET", f"{path}?limit=1&limit=2&search=%25&x=1")

        assert field_errors(response) == {"Gatehouse-Actor", "limit", "search", "x"}


@pytest.mark.usefixtures("_open")
@ANY_DATABASE
def test_a_parameter_nobody_knows_is_told_and_nothing_is_done(
    subsystem: Subsystem, engine: Engine
) -> None:
    found = {}
    for door in DOORS.values():
        query = {**door.query, "dry_run": "true"}
        response = subsystem.asks(door.verb, door.path, json=door.body, query_string=query)
        found[door.action] = response.status_code

    assert found == dict.fromkeys(DOORS, 422)
    assert _others(engine) == []


@pytest.mark.usefixtures("_open")
@ANY_DATABASE
def test_only_a_caller_of_the_subsystem_asks(
    http: FlaskClient, callers: Callers, subsystem: Subsystem, engine: Engine
) -> None:
    others = [scope for scope in callers.tokens if scope != "subsystem"]

    for door in DOORS.values():
        unknown = Subsystem(http, {"Authorization": "Bearer nonsense"})
        refused = [door.knock(Subsystem(http, callers[scope])) for scope in others]
        without = door.knock(Subsystem(http, {}))

        assert (without.status_code, door.knock(unknown).status_code) == (401, 401)
        assert {each.status_code for each in refused} == {403}
        assert all("subsystem" in each.json["detail"] for each in refused)
    assert _others(engine) == []


@pytest.mark.usefixtures("_open")
@ANY_DATABASE
def test_another_method_is_told_which_are_allowed(subsystem: Subsystem) -> None:
    allowed = {
        "/v1/staff": {"GET", "POST"},
        "/v1/staff/M90001/M10001": {"DELETE"},
        "/v1/reports/last-logins": {"GET"},
        "/v1/reports/single-coordinator-properties": {"GET"},
        "/v1/unlocks": {"POST"},
        "/v1/users/M10001/roles": {"GET"},
        "/v1/flags": {"POST"},
        "/v1/flags/1": {"DELETE"},
        "/v1/certifications": {"POST"},
        "/v1/users/M10001/certifications": {"GET"},
    }

    for path, verbs in allowed.items():
        for verb in {"GET", "POST", "PUT", "PATCH", "DELETE"} - verbs:
            response = subsystem.asks(verb, path)

            assert response.status_code == 405, (verb, path)
            named = set(response.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"}
            assert named == verbs, (verb, path)


@pytest.mark.usefixtures("_open")
def test_what_cannot_be_recorded_is_not_done_and_not_answered(
    subsystem: Subsystem, engine: Engine
) -> None:
    _do(engine, "ALTER TABLE entry RENAME TO elsewhere")
    failed = {door: DOORS[door].knock(subsystem) for door in DOORS}
    _do(engine, "ALTER TABLE elsewhere RENAME TO entry")

    for door, response in failed.items():
        assert (response.status_code, response.mimetype) == (503, "application/problem+json")
        problem = response.json
        assert (problem["decision"], problem["reason"]) == ("lock", "ENGINE_UNAVAILABLE")
        assert problem["retryable"] is True
        assert not problem.keys() & {"decision_id", "receipt", "outcome", *DOORS[door].shows}
    assert _others(engine) == []
    changed = subsystem.gets("/v1/staff")["people"], DOORS["view_roles"].answer(subsystem)
    assert changed[0] == [ID, OTHER, ABROAD]
    assert [each["flags"] == [] for each in changed[1]["roles"]] == [False, True]
    assert len(DOORS["view_history"].answer(subsystem)["certifications"]) == 1
    assert DOORS["unlock"].answer(subsystem)["outcome"] == "done"
