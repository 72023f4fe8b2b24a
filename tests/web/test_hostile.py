"""Whatever is sent, it is told what is wrong, nobody comes in, and nothing is written."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.conftest import Callers
from tests.web.asking import Gate, entries

MENU = {"user_id": "M10001", "entry": "tracs_menu"}
NO_QUESTION: dict[str, Any] = {
    "null": None,
    "a list": [MENU],
    "a text": "M10001",
    "a number": 1,
    "an unknown field": {**MENU, "admin": True},
    "a thousand unknown fields": {**MENU, **{f"f{n}": 1 for n in range(1000)}},
    "a person who is a list": {**MENU, "user_id": ["M10001"]},
    "a person who is an object": {**MENU, "user_id": {"$ne": ""}},
    "a person who is null": {**MENU, "user_id": None},
    "a person with a line end": {**MENU, "user_id": "M10001\n"},
    "a person with a null byte": {**MENU, "user_id": "M1000\x00"},
    "a person in full width": {**MENU, "user_id": "\uff2d10001"},
    "a person with Arabic digits": {**MENU, "user_id": "M1000\u0661"},
    "a person with SQL": {**MENU, "user_id": "M10001' OR 1=1 --"},
    "an entry with a line end": {**MENU, "entry": "tracs_menu\n"},
    "an entry in capitals": {**MENU, "entry": "TRACS_MENU"},
    "an entry with a look-alike": {**MENU, "entry": "tr\u0430cs_menu"},
    "a property that is true": {**MENU, "property_id": True},
    "a property that is a text": {**MENU, "property_id": "800000001"},
    "a property in Arabic digits": {**MENU, "property_id": "\u0661"},
    "a property with a fraction": {**MENU, "property_id": 1.0},
    "a property that is too large for a float": {**MENU, "property_id": 10**400},
    "a property below one": {**MENU, "property_id": 0},
    "a property of 65 bits": {**MENU, "property_id": 2**64},
    "a contract with a line end": {**MENU, "contract_number": "DC39S931002\n"},
    "a contract of a path": {**MENU, "contract_number": "../../etc/passwd"},
    "a system with an entry": {**MENU, "system": "EIV"},
    "an empty object": {},
}


@pytest.mark.parametrize("body", NO_QUESTION.values(), ids=NO_QUESTION)
def test_what_is_no_question_is_told_so(gate: Gate, engine: Engine, body: Any) -> None:
    headers = {**gate.headers, "Content-Type": "application/json"}

    response = gate.http.post("/v1/logins", data=json.dumps(body), headers=headers)

    assert response.status_code in (400, 422)
    assert response.mimetype == "application/problem+json"
    assert "decision" not in response.json
    assert entries(engine, "login") == []


def test_300_000_keys_are_too_large_a_body_and_not_echoed(gate: Gate) -> None:
    body = {f"k{n}": n for n in range(300_000)}

    response = gate.http.post("/v1/logins", json=body, headers=gate.headers)

    assert response.status_code == 413
    assert len(response.data) < 1000


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "latin-1", "x"])
def test_json_in_another_charset_is_refused(gate: Gate, charset: str) -> None:
    headers = {**gate.headers, "Content-Type": f"application/json; charset={charset}"}

    response = gate.http.post("/v1/logins", data=b"{}", headers=headers)

    assert response.status_code == 415


@pytest.mark.parametrize(
    "path",
    ["/v1/decisions/%00", "/v1/decisions/%ff", "/v1/decisions/..%2f..%2fetc", "/v1/" + "x" * 9000],
)
def test_a_strange_path_is_not_found(http: FlaskClient, callers: Callers, path: str) -> None:
    response = http.get(path, headers=callers["auditor"])

    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic Z2F0ZTo=",
        "Bearer gh_",
        "Bearer \u00e9",
        "Bearer " + "x" * 8000,
    ],
)
def test_a_strange_token_is_nobodys(http: FlaskClient, authorization: str) -> None:
    headers = {"Authorization": authorization.encode().decode("latin-1")}

    response = http.post("/v1/logins", json=MENU, headers=headers)

    assert response.status_code == 401
