"""GET /healthz and /readyz: whether the process lives, and whether it can decide."""

from collections.abc import Callable

import orjson
from flask import Flask, Response, current_app
from flask_smorest import Blueprint

from service.checks.finding import first_bar
from service.checks.readiness import barring, mending
from service.failures import kind
from service.web.wired import sealer, wiring

_STOPPING = "gatehouse_stopping"

_LIST = {"type": "array", "items": {"type": "string"}}
_SHAPE = {
    "type": "object",
    "required": ["status", "wrong"],
    "properties": {
        "status": {"type": "string", "enum": ["ready", "not ready"]},
        "wrong": {**_LIST, "description": "What keeps logins from being decided, and the cure"},
        "late": {**_LIST, "description": "What else should be mended; absent when nothing should"},
    },
}
_BODY = {"application/json": {"schema": _SHAPE}}
_READY = {
    "200": {"description": "Ready to decide", "content": _BODY},
    "503": {"description": "Not ready, and what is wrong", "content": _BODY},
}
blueprint = Blueprint("health", __name__, description="Is it alive, can it decide?")


def stops_when(app: Flask, stopping: Callable[[], bool]) -> None:
    """Let *app* say that it is not ready once *stopping* does: its host was told to stop."""
    app.extensions[_STOPPING] = stopping


@blueprint.get("/healthz")
@blueprint.doc(responses={"200": {"description": "The process lives"}}, security=[])
def alive() -> Response:
    """The process lives."""
    return _said(200, {"status": "alive"})


@blueprint.get("/readyz")
@blueprint.doc(responses=_READY, security=[])
def ready() -> Response:
    """Whether a login could be decided now; if not, what is wrong and how to mend it.

    What is `late` should be mended too, but keeps nobody from being decided about: a feed that
    is older than three days, a receiver of checkpoints that is not told, entries nobody seals, a
    clock that is off.
    """
    wrong, late = _found()
    status, word = (503, "not ready") if wrong else (200, "ready")
    return _said(status, {"status": word, "wrong": wrong, **({"late": late} if late else {})})


def _found() -> tuple[list[str], list[str]]:
    """What is wrong and, where nothing is, what is late."""
    if (stopping := current_app.extensions.get(_STOPPING)) and stopping():
        return ["host: it was told to stop"], []
    parts, sealing = wiring(), sealer()
    try:
        with parts.reader.begin() as connection:
            if bar := first_bar(barring(connection, parts, sealing)):
                return [str(bar)], []
            late = [e for e in mending(connection, parts, sealing) if e.state == "wrong"]
    except Exception as error:  # whatever it is, it is what is wrong
        return [f"database: it does not answer ({kind(error)})"], []
    return [], [str(each) for each in late]


def _said(status: int, body: dict[str, object]) -> Response:
    return Response(orjson.dumps(body), status, mimetype="application/json")
