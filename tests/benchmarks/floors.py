"""The floors a login is measured against, under the same gunicorn."""

from collections.abc import Callable, Iterable
from typing import Any

import orjson
from flask import Flask, Response, request

_CONSTANT = b'{"decision":"allow"}'
_START = Callable[[str, list[tuple[str, str]]], Any]


def constant(_environ: dict[str, Any], start: _START) -> Iterable[bytes]:
    """A WSGI application that says the same to everybody."""
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(_CONSTANT)))]
    start("200 OK", headers)
    return [_CONSTANT]


echo = Flask("echo")


@echo.post("/v1/logins")
def _echo() -> Response:
    body = orjson.loads(request.get_data())
    return Response(orjson.dumps(body), mimetype="application/json")
