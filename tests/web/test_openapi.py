"""GET /openapi.json and /docs: every door is described, for machines and for people."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.conftest import Callers
from tests.database.wass import Wass
from tests.web.asking import Gate

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
    assert locked == set(calls) - {"/healthz", "/readyz", "/v1/ledger/keys"}
    assert all(calls[path]["x-scope"] for path in locked)
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_every_answer_has_a_documented_shape(document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        for call in (each for verb, each in item.items() if verb in ("get", "post", "put")):
            if path not in ("/healthz", "/readyz"):
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
