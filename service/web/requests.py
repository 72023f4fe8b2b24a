"""Reading a request: its id, and its body as strict JSON."""

import json
from typing import Any
from uuid import uuid4

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from service.login.asked import BadlyAskedError, Errors

LARGEST_BODY = 16 * 1024
#: Who acts in a management call.
ACTOR = "Gatehouse-Actor"
REQUEST_ID = "X-Request-ID"
_GIVEN = "HTTP_X_REQUEST_ID"
_KEY = "gatehouse.request_id"
_LONGEST_ID = 200
_JSON = "application/json"


def register_request_ids(app: Flask) -> None:
    """Give every request an id, the caller's own where it sent one, and echo it."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY

    @app.after_request
    def echo(response: Response) -> Response:
        response.headers.setdefault(REQUEST_ID, request_id())
        return response


def request_id() -> str:
    """The id of the present request."""
    return id_of(request.environ)


def id_of(environ: dict[str, Any]) -> str:
    """The id of the request that *environ* tells of."""
    if _KEY not in environ:
        given = environ.get(_GIVEN, "")
        good = given.isprintable() and 0 < len(given) <= _LONGEST_ID
        environ[_KEY] = given if good else str(uuid4())
    return str(environ[_KEY])


def read_object(*, largest: int = LARGEST_BODY) -> dict[str, Any]:
    """The JSON object of the body, which has at most *largest* bytes.

    Raises 415 for another media type or charset, 413 for a body too large, 400 for what is not
    JSON (NaN and twice the same key are not), BadlyAskedError for what is no object.
    """
    if request.environ.get("CONTENT_TYPE") != _JSON or request.content_encoding:
        _check_kind()
    request.max_content_length = largest
    raw = request.get_data()
    try:
        orjson.loads(raw)
        body = json.loads(raw, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"expected JSON in the body: {error}") from None
    if not isinstance(body, dict):
        raise BadlyAskedError({"": ["expected a JSON object"]})
    return body


def _check_kind() -> None:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != _JSON or charset != "utf-8" or request.content_encoding:
        raise UnsupportedMediaType("expected Content-Type: application/json, in UTF-8")


def read_query() -> tuple[dict[str, str], Errors]:
    """The parameters behind `?`, and the errors of those that stand more than once."""
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    return request.args.to_dict(), {name: ["expected once"] for name in twice}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    body = dict(pairs)
    if len(body) != len(pairs):
        raise ValueError("a key stands twice")
    return body
