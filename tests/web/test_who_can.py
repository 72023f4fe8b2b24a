"""GET /v1/policy/who-can: who may do something today, as the gate and the subsystem say."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import Callers
from tests.database.wass import OAKS, PINES, Somebody, Wass, coordinator
from tests.web.asking import ANY_DATABASE, Gate, Subsystem, field_errors
from tests.web.doors import ID, open_doors

PATH = "/v1/policy/who-can"
#: Everybody of the world of open_doors, and the entries there are.
PEOPLE = [*(f"M1000{n}" for n in (1, 2, 3, 4, 8, 9)), *(f"M9000{n}" for n in range(1, 8))]
PEOPLE += ["H10009", "H90002", "H90003"]
ENTRIES = ("rob", "tracs_menu", "imax", "imax_admin", "imax_ws")


def _finds(http: FlaskClient, callers: Callers, **query: Any) -> list[dict[str, Any]]:
    """Everybody who can, of every page."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = {**query, **({"cursor": cursor} if cursor else {})}
        response = http.get(PATH, query_string=asked, headers=callers["auditor"])
        assert response.status_code == 200, response.text
        found += response.json["people"]
        cursor = response.json["next_cursor"]
    return found


def test_who_comes_in_is_whom_the_gate_lets_in(
    http: FlaskClient, callers: Callers, wass: Wass, subsystem: Subsystem, gate: Gate
) -> None:
    open_doors(wass, subsystem)

    found = _finds(http, callers, action="login")

    expected = {
        each: [e for e in ENTRIES if gate.login(each, e)["decision"] == "allow"]
        for each in sorted(PEOPLE)
    }
    assert {r["user_id"]: r["entries"] for r in found} == {i: e for i, e in expected.items() if e}
    assert 0 < len(found) < len(PEOPLE)


def test_who_acts_on_somebody_is_whose_call_is_done(
    http: FlaskClient, callers: Callers, wass: Wass, subsystem: Subsystem
) -> None:
    open_doors(wass, subsystem)

    found = _finds(http, callers, action="view_roles", user_id=ID.lower())

    path = f"/v1/users/{ID}/roles"
    done = [i for i in sorted(PEOPLE) if subsystem.by(i).gets(path)["outcome"] == "done"]
    assert [each["user_id"] for each in found] == done
    assert done


@ANY_DATABASE
def test_a_flag_is_taken_back_by_whoever_set_it(
    http: FlaskClient, callers: Callers, wass: Wass, subsystem: Subsystem
) -> None:
    open_doors(wass, subsystem)

    found = _finds(http, callers, action="withdraw_flag", user_id=ID)

    assert [each["user_id"] for each in found] == ["M90001"]


@ANY_DATABASE
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_everybody_stands_on_one_page_however_small_the_pages(
    http: FlaskClient, callers: Callers, wass: Wass, subsystem: Subsystem, limit: int
) -> None:
    open_doors(wass, subsystem)
    whole = _finds(http, callers, action="login", limit=100)

    assert _finds(http, callers, action="login", limit=limit) == whole


@ANY_DATABASE
def test_a_page_looks_at_five_hundred_people_and_may_find_nobody(
    http: FlaskClient, callers: Callers, wass: Wass
) -> None:
    crowd = [Somebody(id=f"M{n:05}", roles=()) for n in range(500)]
    wass.knows(*crowd, coordinator())

    first = http.get(PATH, query_string={"action": "login"}, headers=callers["auditor"]).json

    assert (first["people"], first["next_cursor"]) == ([], "M00499")
    assert [each["user_id"] for each in _finds(http, callers, action="login")] == ["M90001"]


WRONG: dict[str, tuple[dict[str, Any], set[str]]] = {
    "no action": ({}, {"action"}),
    "an unknown action": ({"action": "enter"}, {"action"}),
    "an unknown entry": ({"action": "login", "entry": "attic"}, {"entry"}),
    "an entry with a call": ({"action": "unlock", "entry": "rob"}, {"entry"}),
    "an unknown property": ({"action": "login", "property_id": PINES}, {"property_id"}),
    "a property with a call": ({"action": "unlock", "property_id": OAKS}, {"property_id"}),
    "a property at another entry": (
        {"action": "login", "entry": "imax", "property_id": OAKS},
        {"property_id"},
    ),
    "no property to open": ({"action": "open_property"}, {"property_id"}),
    "an unknown person": ({"action": "unlock", "user_id": "M77777"}, {"user_id"}),
    "a person at the gate": ({"action": "login", "user_id": "M10001"}, {"user_id"}),
    "a person in a report": ({"action": "view_staff", "user_id": "M10001"}, {"user_id"}),
    "everything at once": (
        {"action": "unlock", "user_id": "M77777", "property_id": OAKS, "entry": "attic"},
        {"user_id", "property_id", "entry"},
    ),
    "every shape at once": (
        {"user_id": "?", "property_id": "x", "cursor": "1", "limit": "0", "a": "b"},
        {"action", "user_id", "property_id", "cursor", "limit", "a"},
    ),
}


@ANY_DATABASE
@pytest.mark.parametrize(("query", "wrong"), WRONG.values(), ids=WRONG)
def test_each_parameter_that_is_wrong_is_named(
    http: FlaskClient, callers: Callers, wass: Wass, query: dict[str, Any], wrong: set[str]
) -> None:
    wass.knows_a_user()

    response = http.get(PATH, query_string=query, headers=callers["auditor"])

    assert field_errors(response) == wrong


@ANY_DATABASE
def test_it_is_for_auditors(http: FlaskClient, callers: Callers) -> None:
    asked = {"query_string": {"action": "login"}}

    by = {s: http.get(PATH, headers=callers[s], **asked).status_code for s in callers.tokens}

    assert http.get(PATH, **asked).status_code == 401
    assert by == {**dict.fromkeys(callers.tokens, 403), "auditor": 200}


@ANY_DATABASE
def test_the_answer_has_the_documented_fields(
    http: FlaskClient, callers: Callers, wass: Wass
) -> None:
    wass.knows_a_user()
    schemas = http.get("/openapi.json").json["components"]["schemas"]

    answer = http.get(PATH, query_string={"action": "login"}, headers=callers["auditor"]).json

    assert set(answer) == set(schemas["WhoCanAnswer"]["properties"])
    assert set(answer["people"][0]) == set(schemas["Able"]["properties"])
