"""Every door but the open ones refuses whoever comes without a token."""

import re

from flask.testing import FlaskClient

from service.clients import add_client
from service.core.api_facts import CALLS
from service.wiring import Wiring
from tests.conftest import Callers

#: The metrics are from loopback alone.
OPEN = {
    *("/healthz", "/readyz", "/openapi.json", "/docs", "/v1/ledger/keys", "/metrics"),
    "/.well-known/authzen-configuration",
}
ANY_ID = "01900000-0000-7000-8000-000000000000"


def _doors(http: FlaskClient) -> set[tuple[str, str]]:
    """Every method and path that is not open, with an ID where one is wanted."""
    url_map = http.application.url_map
    found = set()
    for rule in url_map.iter_rules():
        if rule.rule not in OPEN:
            values = dict.fromkeys(rule.arguments, ANY_ID)
            path = url_map.bind("localhost").build(rule.endpoint, values)
            found |= {(verb, path) for verb in rule.methods or () if verb != "OPTIONS"}
    return found


def test_without_a_token_every_door_is_closed(http: FlaskClient) -> None:
    doors = _doors(http)

    answers = {door: http.open(door[1], method=door[0]).status_code for door in doors}

    assert ("POST", "/v1/logins") in doors
    assert answers == dict.fromkeys(doors, 401)


def test_without_any_scope_every_door_is_closed(http: FlaskClient, callers: Callers) -> None:
    doors = _doors(http)

    answers = {
        (verb, path): http.open(path, method=verb, headers=callers["operator"]).status_code
        for verb, path in doors
    }

    assert answers == dict.fromkeys(doors, 403)


def test_every_door_is_the_call_it_is_documented_as_and_every_call_has_a_door(
    http: FlaskClient, parts: Wiring
) -> None:
    """What is asked of the rules is what the document says: the refusal names it."""
    with parts.engine.begin() as connection:
        token = add_client(connection, "nobody's", [], parts.clock())
    headers = {"Authorization": f"Bearer {token}"}
    documented = {
        (verb.upper(), path): operation["x-call"]
        for path, item in http.get("/openapi.json").json["paths"].items()
        for verb, operation in item.items()
        if verb != "parameters" and path not in OPEN
    }

    refused = {
        (verb, path): http.open(re.sub(r"{.*?}", ANY_ID, path), method=verb, headers=headers)
        for verb, path in documented
    }

    named = {door: f"`{call}` is opened by " for door, call in documented.items()}
    unnamed = {door for door, each in refused.items() if named[door] not in each.text}
    assert unnamed == set()
    assert {each.status_code for each in refused.values()} == {403}
    assert {*documented.values(), "metrics"} == set(CALLS)


def test_the_open_doors_are_open(http: FlaskClient) -> None:
    assert {http.get(path).status_code for path in OPEN} == {200}
