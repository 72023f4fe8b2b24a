"""GET /healthz and /readyz: whether the process lives, and whether it can decide."""

from collections.abc import Callable
from datetime import timedelta

import orjson
from flask import Flask, Response, current_app
from flask_smorest import Blueprint

from models.durability import weakness
from models.schema import at_head
from service.ledger.delivery import waiting_since
from service.login.gather import active_court
from service.web.wired import sealer, wiring

_LATE = timedelta(seconds=60)
_STOPPING = "gatehouse_stopping"

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
@blueprint.doc(
    responses={
        "200": {"description": "Ready to decide"},
        "503": {"description": "Not ready, and what is wrong"},
    },
    security=[],
)
def ready() -> Response:
    """Whether a login could be decided now; if not, what is wrong and how to mend it."""
    wrong = _what_is_wrong()
    status, word = (503, "not ready") if wrong else (200, "ready")
    late = [] if wrong else _what_is_late()
    return _said(status, {"status": word, "wrong": wrong, **({"late": late} if late else {})})


def _what_is_wrong() -> list[str]:
    if (stopping := current_app.extensions.get(_STOPPING)) and stopping():
        return ["host: it was told to stop"]
    parts = wiring()
    try:
        with parts.reader.begin() as connection:
            if not at_head(connection):
                return ["database: the schema is not this version's; run `gatehouse db upgrade`"]
            if weak := weakness(connection):
                return [f"database: it may forget what was answered: {weak}"]
            active_court(connection, parts.courts)
            if (sealing := sealer()) and sealing.wrong:
                return [sealing.wrong]
    except LookupError as error:
        return [f"policy: {error}; run `gatehouse db upgrade`"]
    except Exception as error:  # whatever it is, it is what is wrong
        return [f"{type(error).__module__}: {type(error).__name__}"]
    return []


def _what_is_late() -> list[str]:
    """What should be mended although it keeps nobody from being decided about."""
    parts, sealing = wiring(), sealer()
    if sealing is None or not sealing.url:
        return []
    with parts.reader.begin() as connection:
        since = waiting_since(connection, sealing.url)
    if since is None or parts.clock() - since < _LATE:
        return []
    return [f"checkpoints: {sealing.url} was told none since {since.isoformat()}"]


def _said(status: int, body: dict[str, object]) -> Response:
    return Response(orjson.dumps(body), status, mimetype="application/json")
