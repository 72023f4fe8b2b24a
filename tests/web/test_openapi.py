"""GET /openapi.json and /docs: every door is described, for machines and for people."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import Callers
from tests.database.wass import Wass
from tests.web.asking import ANY_DATABASE, Gate, Subsystem
from tests.web.doors import DOORS, ID, LOCKED, OTHER, Door, open_doors

ABOUT_ITSELF = {"/openapi.json", "/docs"}


@pytest.fixture
def document(http: FlaskClient) -> dict[str, Any]:
    """The OpenAPI document."""
    response = http.get("/openapi.json")
    assert (response.status_code, response.mimetype) == (200, "application/json")
    return dict(response.json)


def _routes(http: FlaskClient) -> set[tuple[str, str]]:
    """Every method and path the application answers, in OpenAPI's spelling."""
    return {
        (verb.lower(), re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule))
        for rule in http.application.url_map.iter_rules()
        for verb in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_door_is_documented_and_no_other(
    http: FlaskClient, document: dict[str, Any]
) -> None:
    documented = {
        (verb, path)
        for path, item in document["paths"].items()
        for verb in item
        if verb != "parameters"
    }

    assert document["openapi"].startswith("3.1")
    assert documented == {each for each in _routes(http) if each[1] not in ABOUT_ITSELF}


def test_every_call_says_what_it_does_and_how_it_may_fail(document: dict[str, Any]) -> None:
    calls = [(verb, c) for item in document["paths"].values() for verb, c in item.items()]

    assert all(call["summary"] for verb, call in calls if verb != "parameters")
    for path in ("/v1/logins", "/v1/rob-acceptances"):
        responses = document["paths"][path]["post"]["responses"]
        assert set(responses) >= {"200", "400", "401", "403", "413", "415", "422", "503"}
        assert "application/problem+json" in responses["503"]["content"]


def test_every_call_but_the_open_ones_needs_a_token_and_names_its_scope(
    document: dict[str, Any],
) -> None:
    calls = {path: next(iter(item.values())) for path, item in document["paths"].items()}

    locked = {path for path, call in calls.items() if call.get("security")}
    open_to_all = {"/healthz", "/readyz", "/v1/ledger/keys", "/.well-known/authzen-configuration"}
    assert locked == set(calls) - open_to_all
    assert all(calls[path]["x-scope"] for path in locked)
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_every_answer_has_a_documented_shape(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for call in (each for verb, each in item.items() if verb in ("get", "post", "put")):
            if path not in ("/healthz", "/readyz", "/metrics"):
                answer = call["responses"]["200"]
                assert answer["content"]["application/json"]["schema"]["$ref"], path
                assert answer["description"] not in ("", "OK"), path


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    references = set(re.findall(r"'\$ref': '#/([^']+)'", str(document)))

    assert references
    for reference in references:
        place: Any = document
        for step in reference.split("/"):
            place = place[step]
        assert place


def test_answers_have_no_field_that_is_not_documented(
    gate: Gate, document: dict[str, Any], wass: Wass, callers: Callers
) -> None:
    schemas = document["components"]["schemas"]
    user = wass.knows_a_user(rob_accepted_on="", properties=range(800000001, 800000510))

    login = gate.login(user)
    accepted = gate.accepts(user).json

    assert set(login) <= set(schemas["LoginAnswer"]["properties"])
    assert set(login["reasons"][0]) == set(schemas["Reason"]["properties"])
    assert set(login["refused_properties"][0]) == set(schemas["Refused"]["properties"])
    assert set(accepted) == set(schemas["AcceptanceAnswer"]["properties"])


def test_a_decision_has_no_field_that_is_not_documented(
    gate: Gate, document: dict[str, Any], callers: Callers
) -> None:
    made = gate.login("M77777")["decision_id"]

    shown = gate.http.get(f"/v1/decisions/{made}", headers=callers["auditor"]).json

    assert set(shown) <= set(document["components"]["schemas"]["DecisionAnswer"]["properties"])


def _undocumented(answer: Any, schema: dict[str, Any], document: dict[str, Any]) -> set[str]:
    """Every field within *answer* that *schema* does not name."""
    if "$ref" in schema:
        return _undocumented(answer, document["components"]["schemas"][_named(schema)], document)
    if isinstance(answer, list):
        return {n for each in answer for n in _undocumented(each, schema["items"], document)}
    if not isinstance(answer, dict):
        return set()
    known = schema.get("properties")
    if known is None:  # a mapping, such as from IDs to days
        assert schema["type"] == "object", schema
        of_each = schema["additionalProperties"]
        return {n for each in answer.values() for n in _undocumented(each, of_each, document)}
    within = (_undocumented(each, known[n], document) for n, each in answer.items() if n in known)
    return {name for name in answer if name not in known}.union(*within)


def _named(schema: dict[str, Any]) -> str:
    return str(schema["$ref"].rpartition("/")[2])


def _answer_of(door: Door, document: dict[str, Any]) -> dict[str, Any]:
    """The documented shape of the answer of *door*."""
    (path,) = {
        path
        for path, item in document["paths"].items()
        if door.verb.lower() in item
        and re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", path), door.path)
    }
    answer = document["paths"][path][door.verb.lower()]["responses"]["200"]
    return dict(answer["content"]["application/json"]["schema"])


@ANY_DATABASE
def test_no_door_of_the_subsystem_answers_with_a_field_that_is_not_documented(
    subsystem: Subsystem, document: dict[str, Any], wass: Wass
) -> None:
    open_doors(wass, subsystem)
    subsystem.posts("/v1/certifications", user_id=ID)
    several = Door(
        action="unlock", verb="POST", path="/v1/unlocks", body={"user_ids": [ID, OTHER, "M77777"]}
    )
    asked = [several, *DOORS.values()]

    answers = [
        (door, door.answer(subsystem.by(actor)))
        for actor in ("M90003", LOCKED, "M90001")
        for door in asked
    ]

    for door, answer in answers:
        assert _undocumented(answer, _answer_of(door, document), document) == set(), door.action
    assert {name for _, answer in answers for name in answer} >= {"actor_reasons", "refused"}


@ANY_DATABASE
def test_every_documented_field_of_a_door_of_the_subsystem_is_answered(
    subsystem: Subsystem, document: dict[str, Any], wass: Wass
) -> None:
    open_doors(wass, subsystem)
    beside = {"actor_reasons", "refused"}  # where it is refused

    for door in DOORS.values():
        shape = document["components"]["schemas"][_named(_answer_of(door, document))]
        answer = door.answer(subsystem)

        assert set(answer) == set(shape["properties"]) - beside, door.action
        assert set(shape["properties"]) >= beside


@ANY_DATABASE
def test_an_entry_of_a_management_call_has_no_field_that_is_not_documented(
    subsystem: Subsystem, document: dict[str, Any], wass: Wass, callers: Callers
) -> None:
    open_doors(wass, subsystem)
    known = document["components"]["schemas"]["DecisionAnswer"]["properties"]

    for door in DOORS.values():
        made = door.answer(subsystem)["decision_id"]
        shown = subsystem.http.get(f"/v1/decisions/{made}", headers=callers["auditor"]).json

        assert set(shown) <= set(known), door.action


def test_every_door_of_the_subsystem_tells_of_who_acts_and_of_its_parameters(
    document: dict[str, Any],
) -> None:
    calls = {
        (verb, path): {(each["in"], each["name"]) for each in call.get("parameters", ())}
        for path, item in document["paths"].items()
        for verb, call in item.items()
        if verb != "parameters" and "subsystem" in call.get("x-scope", "")
    }

    assert len(calls) == len(DOORS)
    assert all(("header", "Gatehouse-Actor") in each for each in calls.values())
    queries = {
        path: {name for place, name in each if place == "query"}
        for (_, path), each in calls.items()
        if any(place == "query" for place, _ in each)
    }
    assert queries == {
        "/v1/staff": {"search", "cursor", "limit", "coordinator_id"},
        "/v1/reports/last-logins": {"search", "cursor", "limit", "locked_only"},
    }


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [v or "" for name, v in attrs if name in ("href", "src", "action")]
        self.ids += [v or "" for name, v in attrs if name == "id"]


def test_the_page_for_people_needs_no_script_and_nothing_from_outside(http: FlaskClient) -> None:
    response = http.get("/docs")

    page = _Page(response.text)
    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert not page.tags & {"script", "iframe", "img", "object", "embed"}
    assert not re.search(r"(?:https?:)?//[a-z]", response.text)
    assert all(link.startswith(("/", "#")) for link in page.links)
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_the_page_for_people_shows_every_call_and_no_link_of_it_is_dead(
    http: FlaskClient, document: dict[str, Any]
) -> None:
    text = http.get("/docs").text

    page = _Page(text)
    assert not [path for path in document["paths"] if path not in text]
    assert {each[1:] for each in page.links if each.startswith("#")} <= set(page.ids)
