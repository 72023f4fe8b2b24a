"""A request that gets no decision gets a problem document (RFC 9457) that says why."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.conftest import Callers
from tests.web.asking import Gate, entries

ASK = b'{"user_id": "M10001", "entry": "rob"}'
NOT_JSON = {
    "nothing": b"",
    "half an object": b'{"user_id": "M10001"',
    "two documents": ASK + ASK,
    "single quotes": b"{'user_id': 'M10001'}",
    "a key twice": b'{"user_id": "M10001", "user_id": "M10002", "entry": "rob"}',
    "a key twice within": b'{"user_id": {"a": 1, "a": 2}}',
    "NaN": b'{"user_id": "M10001", "entry": "tracs_menu", "property_id": NaN}',
    "Infinity": b'{"user_id": "M10001", "entry": "tracs_menu", "property_id": -Infinity}',
    "bad UTF-8": b'{"user_id": "M1000\xff", "entry": "rob"}',
    "UTF-16": ASK.decode().encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + ASK,
    "a lone surrogate": b'{"user_id": "M1000\\ud800", "entry": "rob"}',
    "a control character": b'{"user_id": "M10001\n", "entry": "rob"}',
    "deep lists": b"[" * 8000 + b"]" * 8000,
    "deep objects": b'{"a":' * 2000 + b"1" + b"}" * 2000,
    "an integer of 5,000 digits": b'{"property_id": ' + b"9" * 5000 + b"}",
}


def _post(gate: Gate, body: bytes, **more: Any) -> Any:
    whole = {"content_type": "application/json", "headers": gate.headers, **more}
    return gate.http.post("/v1/logins", data=body, **whole)


def _assert_problem(response: Any, status: int) -> None:
    assert (response.status_code, response.mimetype) == (status, "application/problem+json")
    problem = response.json
    assert problem["status"] == status
    assert problem["type"] == "about:blank"
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == response.headers["X-Request-ID"]


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_not_json_is_refused(gate: Gate, engine: Engine, body: bytes) -> None:
    response = _post(gate, body)

    _assert_problem(response, 400)
    assert entries(engine, "login") == []


def test_a_number_beyond_any_property_is_refused_whatever_its_length(gate: Gate) -> None:
    statuses = {
        digits: _post(gate, ASK[:-1] + b', "property_id": ' + b"9" * digits + b"}").status_code
        for digits in (11, 20, 100, 400, 4000)
    }

    assert set(statuses.values()) <= {400, 422}


@pytest.mark.parametrize(
    "media",
    ["text/plain", "application/x-www-form-urlencoded", "application/json5", "text/json", ""],
)
def test_another_media_type_is_refused(gate: Gate, media: str) -> None:
    _assert_problem(_post(gate, ASK, content_type=media), 415)


def test_json_may_name_its_charset(gate: Gate) -> None:
    assert _post(gate, ASK, content_type="application/json; charset=utf-8").status_code == 200


def test_a_compressed_body_is_refused(gate: Gate) -> None:
    headers = {**gate.headers, "Content-Encoding": "gzip"}

    _assert_problem(_post(gate, ASK, headers=headers), 415)


def test_a_body_too_large_is_refused(gate: Gate) -> None:
    _assert_problem(_post(gate, ASK + b" " * 16 * 1024), 413)


def test_a_body_just_small_enough_is_read(gate: Gate) -> None:
    assert _post(gate, ASK.ljust(16 * 1024)).status_code == 200


@pytest.mark.parametrize(
    ("verb", "path", "allowed"),
    [
        ("GET", "/v1/logins", "POST"),
        ("DELETE", "/v1/logins", "POST"),
        ("PUT", "/v1/rob-acceptances", "POST"),
        ("POST", "/healthz", "GET"),
        ("DELETE", "/v1/decisions/00000000-0000-0000-0000-000000000000", "GET"),
    ],
)
def test_another_method_is_told_which_are_allowed(
    http: FlaskClient, verb: str, path: str, allowed: str
) -> None:
    response = http.open(path, method=verb)

    _assert_problem(response, 405)
    assert allowed in response.headers["Allow"]


@pytest.mark.parametrize("path", ["/", "/v2/logins", "/v1/decisions/not-an-id", "/static/x"])
def test_what_is_not_there_is_not_found(http: FlaskClient, callers: Callers, path: str) -> None:
    _assert_problem(http.get(path, headers=callers["auditor"]), 404)


def test_a_problem_never_decides(gate: Gate) -> None:
    problems = [_post(gate, b""), _post(gate, b"{}"), gate.http.get("/v1/logins")]

    assert not [each for each in problems if "decision" in each.json]


def test_the_id_of_a_request_is_echoed(http: FlaskClient) -> None:
    response = http.get("/healthz", headers={"X-Request-ID": "trace-42"})

    assert response.headers["X-Request-ID"] == "trace-42"


@pytest.mark.parametrize("given", [None, "", "x" * 201, "a\tb"])
def test_a_request_without_a_usable_id_is_given_one(http: FlaskClient, given: str | None) -> None:
    headers = {} if given is None else {"X-Request-ID": given}

    first, second = (http.get("/healthz", headers=headers) for _ in range(2))

    ids = {UUID(each.headers["X-Request-ID"]) for each in (first, second)}
    assert len(ids) == 2
