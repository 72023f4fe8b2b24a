"""Every door but the open ones refuses whoever comes without a token."""

from flask.testing import FlaskClient

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


def test_the_open_doors_are_open(http: FlaskClient) -> None:
    assert {http.get(path).status_code for path in OPEN} == {200}
